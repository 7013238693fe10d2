"""Take a text apart into what is constant and what is put in."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from tree_sitter import Node

from threatline.fixes.arguments import items
from threatline.fixes.locate import text_of
from threatline.syntax import SyntaxTree

_PLACEHOLDER = "%s"


class Piece(NamedTuple):
    """A constant part (`value` None), or a value. `formatted` values may be of any type: the text makes a string of them."""

    text: str
    value: Node | None = None
    formatted: bool = False


def pieces_of(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    """Give the pieces of a text in order; None where it is put together in a way that is not read here.

    Reads literals, f-strings without format words, `+`, `%` with `%s` alone, and `"…".format(…)` with bare places.
    """
    match node.type:
        case "parenthesized_expression" if len(node.named_children) == 1:
            return pieces_of(tree, node.named_children[0])
        case "string":
            return _of_string(tree, node)
        case "concatenated_string":
            return _joined(_of_string(tree, child) for child in node.named_children if child.type == "string")
        case "binary_operator":
            return _of_operator(tree, node)
        case "call":
            return _of_format(tree, node) or [Piece("", node)]
        case _:
            return [Piece("", node)]


def constant_of(tree: SyntaxTree, string: Node) -> str | None:
    """Return the text of a string literal without values; None for any other node, and for bytes."""
    if string.type != "string" or any(child.type == "interpolation" for child in string.children):
        return None
    try:
        value = ast.literal_eval(text_of(tree, string))
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def _of_string(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    opening, closing = text_of(tree, node.children[0]), text_of(tree, node.children[-1])
    if "f" not in opening.lower():
        text = constant_of(tree, node)
        return None if text is None else [Piece(text)]
    found: list[Piece] = []
    reached = node.children[0].end_byte
    for child in [*(child for child in node.children if child.type == "interpolation"), None]:
        end = node.children[-1].start_byte if child is None else child.start_byte
        plain = _plain(tree.source.text[reached:end].decode("utf-8", "replace"), opening, closing)
        if plain is None:
            return None
        found.append(Piece(plain))
        if child is None:
            break
        expression = child.child_by_field_name("expression")
        if expression is None or any(part.type in {"format_specifier", "type_conversion", "="} for part in child.children):
            return None
        found.append(Piece("", expression, formatted=True))
        reached = child.end_byte
    return found


def _plain(raw: str, opening: str, closing: str) -> str | None:
    """Read the constant part of an f-string."""
    try:
        value = ast.literal_eval(opening.replace("f", "").replace("F", "") + raw.replace("{{", "{").replace("}}", "}") + closing)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def _of_operator(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
    if left is None or operator is None or right is None:
        return None
    word = text_of(tree, operator)
    if word == "+":
        return _joined(pieces_of(tree, side) for side in (left, right))
    if word == "%":
        return _filled(tree, left, items(right) if right.type == "tuple" else [right], _PLACEHOLDER)
    return [Piece("", node)]


def _of_format(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or callee.type != "attribute":
        return None
    template, method = callee.child_by_field_name("object"), callee.child_by_field_name("attribute")
    if template is None or method is None or text_of(tree, method) != "format":
        return None
    given = items(arguments)
    if any(argument.type in {"keyword_argument", "list_splat", "dictionary_splat"} for argument in given):
        return None
    return _filled(tree, template, given, "{}")


def _filled(tree: SyntaxTree, template: Node, values: list[Node], placeholder: str) -> list[Piece] | None:
    text = constant_of(tree, template)
    parts = [] if text is None else text.split(placeholder)
    special = "%" if placeholder == _PLACEHOLDER else "{}"
    if len(parts) != len(values) + 1 or any(mark in part for part in parts for mark in special):
        return None
    found = [Piece(parts[0])]
    for value, part in zip(values, parts[1:], strict=True):
        found += [Piece("", value, formatted=True), Piece(part)]
    return found


def _joined(lists: Iterable[list[Piece] | None]) -> list[Piece] | None:
    found: list[Piece] = []
    for pieces in lists:
        if pieces is None:
            return None
        found += pieces
    return found
