"""Turn a query built from text and values into one with placeholders, its values bound by the driver."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.fixes.arguments import items
from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import insert, text_of
from threatline.fixes.names import assigned_once
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

_VALUE_AHEAD = re.compile(
    rb"(?is)(?:[=<>]|\b(?:like|ilike|limit|offset|between|then|else)\s|\bbetween\s+\S+\s+and\s|\b(?:values|in)\s*\([^()]*[(,]|\bvalues\s*\(|\bin\s*\()\s*$"
)
"""What stands before a value in a query; in any other place a table, a column or a keyword may be meant."""

_STRINGS = frozenset({"string", "concatenated_string"})


def bind_values(tree: SyntaxTree, call: Node, placeholder: str) -> tuple[TextEdit, ...]:
    """Replace the values inside a call's query by placeholders and pass them beside it.

    `placeholder` is what the driver takes: `?`, `%s`, or `$` for numbered ones that are passed one by one. Reads f-strings as the first
    argument, or as the one assignment of a name in the same function. Gives nothing where the call has parameters already, or where a value
    stands in the place of a table, a column or a keyword, which no driver can bind.
    """
    arguments = call.child_by_field_name("arguments")
    given = [] if arguments is None else items(arguments)
    if len(given) != 1:
        return ()
    query = _text_of_query(tree, given[0])
    if query is None:
        return ()
    bound = _bind(tree, query, placeholder)
    if bound is None:
        return ()
    edits, values = bound
    return *edits, insert(tree, given[0].end_byte, f", {_passed(values, placeholder)}")


def _text_of_query(tree: SyntaxTree, argument: Node) -> Node | None:
    query = argument if argument.type != "identifier" else assigned_once(tree, argument, read_elsewhere=False)
    return query if query is not None and query.type in _STRINGS else None


def _bind(tree: SyntaxTree, query: Node, placeholder: str) -> tuple[list[TextEdit], list[str]] | None:
    """Give the edits inside the strings of a query, and its values in order; None where one cannot be bound."""
    edits: list[TextEdit] = []
    values: list[str] = []
    before = b""
    for string in query.children if query.type == "concatenated_string" else [query]:
        if string.type != "string":
            continue
        bound = _bind_string(tree, string, placeholder, before, values)
        if bound is None:
            return None
        edits += bound
        before += tree.source.text[string.children[0].end_byte : string.children[-1].start_byte]
    return (edits, values) if values else None


def _bind_string(tree: SyntaxTree, string: Node, placeholder: str, before: bytes, values: list[str]) -> list[TextEdit] | None:
    text, file = tree.source.text, tree.source.id
    start, end = string.children[0], string.children[-1]
    opening = text[start.start_byte : start.end_byte].decode()
    if end.type != "string_end":
        return None
    formatted = "f" in opening.lower()
    edits = [TextEdit(file, Span(start.start_byte, start.end_byte), re.sub("[fF]", "", opening))] if formatted else []
    reached = start.end_byte
    for node in (child for child in string.children if child.type == "interpolation"):
        expression = node.child_by_field_name("expression")
        span = _quoted(text, node, start.end_byte, end.start_byte)
        plain = not any(child.type in {"format_specifier", "type_conversion", "="} for child in node.children)
        if expression is None or span is None or not plain or not _VALUE_AHEAD.search(before + text[start.end_byte : span.start]):
            return None
        values.append(text_of(tree, expression))
        edits += _plain(tree, reached, span.start, placeholder, formatted)
        edits.append(TextEdit(file, span, f"${len(values)}" if placeholder == "$" else placeholder))
        reached = span.end
    return edits + _plain(tree, reached, end.start_byte, placeholder, formatted)


def _quoted(text: bytes, node: Node, start: int, end: int) -> Span | None:
    """Widen a value's span over the quotes around it; None where quotes hold more than the value."""
    before, behind = text[start : node.start_byte], text[node.end_byte : end]
    if not before.count(b"'") % 2:
        return Span(node.start_byte, node.end_byte)
    if before.endswith(b"'") and behind.startswith(b"'"):
        return Span(node.start_byte - 1, node.end_byte + 1)
    return None


def _plain(tree: SyntaxTree, start: int, end: int, placeholder: str, formatted: bool) -> list[TextEdit]:
    """Turn an f-string's literal text into a plain string's: braces single again, percent signs doubled where `%s` gives them a meaning."""
    text = tree.source.text[start:end]
    pattern = b"|".join(([rb"\{\{", rb"\}\}"] if formatted else []) + ([b"%"] if placeholder == "%s" else [])) or rb"(?!)"
    plain = {b"{{": "{", b"}}": "}", b"%": "%%"}
    return [TextEdit(tree.source.id, Span(start + m.start(), start + m.end()), plain[m[0]]) for m in re.finditer(pattern, text)]


def _passed(values: list[str], placeholder: str) -> str:
    if placeholder == "$":
        return ", ".join(values)
    return f"({values[0]},)" if len(values) == 1 else f"({', '.join(values)})"
