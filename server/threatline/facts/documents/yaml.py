"""YAML. An alias is the value that its anchor names, never a copy, so no document grows by reading it."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT
from threatline.facts.documents.json import number, unescaped
from threatline.facts.documents.values import Mapping, Pair, Scalar, Sequence, Text, Written

_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NUMBER = re.compile(r"[-+]?(?:\d[\d_]*)(?:\.\d*)?(?:[eE][-+]?\d+)?$")


def read_yaml(root: Node, text: bytes) -> Written | None:
    """Read a stream: its document, or a sequence of them where there are several; None for an empty one."""
    reader = _Reader(text)
    documents = [value for node in _documents(root) if (value := reader.value(node, 0)) is not None]
    if len(documents) > 1:
        return Sequence(root.byte_range, documents)
    return documents[0] if documents else None


def _documents(root: Node) -> list[Node]:
    return [root] if root.type == "ERROR" else [child for child in root.named_children if child.type in {"document", "ERROR"}]


class _Reader:
    """Reads nodes of one stream, keeping what anchors name."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.anchors: dict[str, Written] = {}

    def value(self, node: Node, depth: int) -> Written | None:
        """Read a node; None where nothing is written."""
        kind = node.type
        if depth > NESTING_LIMIT:
            return Text(None, node.byte_range)
        if kind in {"document", "block_node", "flow_node"}:
            return self._content(node, depth)
        if kind in {"block_mapping", "flow_mapping"} or (kind == "ERROR" and any(c.type in _PAIRS for c in node.named_children)):
            return self._mapping(node, depth)
        if kind in {"block_sequence", "flow_sequence"}:
            return self._sequence(node, depth)
        if kind == "alias":
            return self.anchors.get(self._source(node)[1:], Text(None, node.byte_range))
        return Text(self._scalar(node), node.byte_range) if kind in _SCALARS else None

    def _content(self, node: Node, depth: int) -> Written | None:
        anchor, found = "", None
        for child in node.named_children:
            if child.type == "anchor":
                anchor = self._source(child)[1:]
            elif found is None and child.type not in {"comment", "tag"}:
                found = self.value(child, depth)
        if anchor:
            self.anchors[anchor] = found or Text(None, node.byte_range)
        return found

    def _mapping(self, node: Node, depth: int) -> Mapping:
        mapping = Mapping(node.byte_range)
        for child in node.named_children:
            if child.type not in _PAIRS:
                continue
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is None:
                continue
            name = Text(_key(self._source(key)), key.byte_range)
            found = self.value(value, depth + 1) if value is not None else None
            mapping.pairs.append(Pair(name, found if found is not None else Text(None, key.byte_range), name.value == "<<"))
        return mapping

    def _sequence(self, node: Node, depth: int) -> Sequence:
        sequence = Sequence(node.byte_range)
        for child in node.named_children:
            inner = next((c for c in child.named_children if c.type != "comment"), None) if child.type == "block_sequence_item" else child
            found = self.value(inner, depth + 1) if inner is not None and child.type != "comment" else None
            if found is not None:
                sequence.items.append(found)
        return sequence

    def _source(self, node: Node) -> str:
        start, end = node.byte_range
        return self.text[start:end].decode("utf-8", "replace")

    def _scalar(self, node: Node) -> Scalar:
        written = self._source(node)
        if node.type == "double_quote_scalar":
            return unescaped(written[1:-1])
        if node.type == "single_quote_scalar":
            return written[1:-1].replace("''", "'")
        if node.type == "block_scalar":
            return _block(written)
        return plain(written)


def plain(written: str) -> Scalar:
    """Give what a scalar without quotes stands for."""
    if written.lower() in _CONSTANTS:
        return _CONSTANTS[written.lower()]
    return number(written) if _NUMBER.match(written) else written


def _key(written: str) -> str:
    return written[1:-1] if len(written) > 1 and written[0] in "\"'" and written[-1] == written[0] else written


def _block(written: str) -> str:
    """Give the text of a `|` or `>` block, its indentation taken away."""
    _, _, body = written.partition("\n")
    lines = body.splitlines()
    depth = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[depth:] for line in lines)


_PAIRS = frozenset({"block_mapping_pair", "flow_pair"})
_SCALARS = frozenset({"plain_scalar", "double_quote_scalar", "single_quote_scalar", "block_scalar"})
