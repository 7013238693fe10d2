"""TOML: tables by their dotted headers become nested mappings."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT
from threatline.facts.documents.json import number, unescaped
from threatline.facts.documents.values import Mapping, Pair, Scalar, Sequence, Text, Written


def read_toml(root: Node, text: bytes) -> Written | None:
    """Read a document; one without a pair is an empty mapping."""
    top = Mapping(root.byte_range)
    for child in root.named_children:
        if child.type == "pair":
            _put(top, child, text, 0)
        elif child.type in {"table", "table_array_element"}:
            inner = _table(top, child, text)
            for pair in child.named_children:
                if pair.type == "pair":
                    _put(inner, pair, text, 0)
    return top


def _table(top: Mapping, node: Node, text: bytes) -> Mapping:
    keys = _keys(node.named_children[0], text) if node.named_children else []
    if not keys:
        return top
    inside = _descend(top, keys[:-1])
    last, repeated = keys[-1], node.type == "table_array_element"
    there = inside.get(str(last.value))
    if repeated:
        made = Mapping(node.byte_range)
        if isinstance(there, Sequence):
            there.items.append(made)
        else:
            inside.pairs.append(Pair(last, Sequence(node.byte_range, [made])))
        return made
    return _descend(inside, [last])


def _descend(mapping: Mapping, keys: list[Text]) -> Mapping:
    for key in keys[:NESTING_LIMIT]:
        there = mapping.get(str(key.value))
        if isinstance(there, Sequence) and there.items and isinstance(there.items[-1], Mapping):
            there = there.items[-1]
        if not isinstance(there, Mapping):
            there = Mapping(key.span)
            mapping.pairs.append(Pair(key, there))
        mapping = there
    return mapping


def _put(mapping: Mapping, node: Node, text: bytes, depth: int) -> None:
    named = node.named_children
    keys = _keys(named[0], text) if len(named) > 1 else []
    if keys:
        _descend(mapping, keys[:-1]).pairs.append(Pair(keys[-1], _value(named[1], text, depth + 1)))


def _keys(node: Node, text: bytes) -> list[Text]:
    if node.type == "dotted_key":
        return [key for child in node.named_children for key in _keys(child, text)]
    written = _source(node, text)
    return [Text(written[1:-1] if node.type == "quoted_key" else written, node.byte_range)]


def _value(node: Node, text: bytes, depth: int) -> Written:
    if depth > NESTING_LIMIT:
        return Text(None, node.byte_range)
    if node.type == "array":
        return Sequence(node.byte_range, [_value(child, text, depth + 1) for child in node.named_children if child.type != "comment"])
    if node.type == "inline_table":
        table = Mapping(node.byte_range)
        for child in node.named_children:
            if child.type == "pair":
                _put(table, child, text, depth)
        return table
    return Text(_scalar(node, text), node.byte_range)


def _scalar(node: Node, text: bytes) -> Scalar:
    written = _source(node, text)
    match node.type:
        case "string":
            return _string(written)
        case "boolean":
            return written == "true"
        case "integer" | "float":
            return number(written)
    return written


def _string(written: str) -> str:
    for quotes in ('"""', "'''", '"', "'"):
        if written.startswith(quotes):
            inner = written[len(quotes) : -len(quotes)]
            return unescaped(inner) if quotes[0] == '"' else inner
    return written


def _source(node: Node, text: bytes) -> str:
    start, end = node.byte_range
    return text[start:end].decode("utf-8", "replace")
