"""JSON, with the comments and trailing commas that editors' configuration has."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT
from threatline.facts.documents.values import Mapping, Pair, Scalar, Sequence, Text, Written

_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def read_json(root: Node, text: bytes) -> Written | None:
    """Read the first value of a document; None where it has none."""
    return next((_value(child, text, 0) for child in root.named_children if child.type in _VALUES), None)


def _value(node: Node, text: bytes, depth: int) -> Written:
    if depth > NESTING_LIMIT:
        return Text(None, node.byte_range)
    if node.type == "object":
        return Mapping(node.byte_range, [pair for child in node.named_children if (pair := _pair(child, text, depth)) is not None])
    if node.type == "array":
        items = [_value(child, text, depth + 1) for child in node.named_children if child.type in _VALUES and not child.is_missing]
        return Sequence(node.byte_range, items)
    return Text(_scalar(node, text), node.byte_range)


def _pair(node: Node, text: bytes, depth: int) -> Pair | None:
    if node.type != "pair":
        return None
    key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
    if key is None:
        return None
    name = Text(str(_scalar(key, text)), key.byte_range)
    return Pair(name, Text(None, key.byte_range) if value is None else _value(value, text, depth + 1))


def _scalar(node: Node, text: bytes) -> Scalar:
    start, end = node.byte_range
    written = text[start:end].decode("utf-8", "replace")
    if node.type == "string":
        return unescaped(written[1:-1] if len(written) > 1 else "")
    if node.type == "number":
        return number(written)
    return _CONSTANTS.get(written)


def unescaped(text: str) -> str:
    """Give the text that a JSON string without its quotes stands for."""
    if "\\" not in text:
        return text
    found = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _NAMED.get(match[2], match[2]), text)
    # Two escapes together may be one character; a lone half stands for nothing.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(text: str) -> int | float | str:
    """Read a number; one that no 64-bit integer or float can hold stays text."""
    try:
        value = int(text.replace("_", "")) if len(text) < 30 else float(text)
    except ValueError:
        try:
            value = float(text.replace("_", ""))
        except ValueError:
            return text
    return value if isinstance(value, float) or -(2**63) <= value < 2**63 else text


_VALUES = frozenset({"object", "array", "string", "number", "true", "false", "null"})
