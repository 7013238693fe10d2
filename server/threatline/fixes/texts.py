"""Wrap what is put into a text: an escaping function goes around the values, never around the markup that the program itself wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from threatline.fixes.arguments import items
from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import import_of, spell
from threatline.fixes.locate import insert, text_of
from threatline.fixes.names import assigned_once
from threatline.fixes.values import wrap_value
from threatline.syntax import SyntaxTree

ESCAPES = ("escape", "quote", "quote_plus")
"""Last words of functions that clean one value for the text it goes into."""

_CONSTANTS = frozenset({"string", "integer", "float", "true", "false", "none"})


class Part(NamedTuple):
    """A value in a text. `formatted` ones may be of any type: the text makes a string of them."""

    node: Node
    formatted: bool


def wrap(tree: SyntaxTree, value: Node, function: str, statement: str) -> tuple[TextEdit, ...]:
    """Wrap a value; for a function that escapes, the values in a text that is put together here or in the same function."""
    if function.rpartition(".")[2] not in ESCAPES:
        return wrap_value(tree, value, function, statement)
    given = assigned_once(tree, value, read_elsewhere=True) if value.type == "identifier" else None
    text = given if given is not None and _is_text(tree, given) else value
    if not _is_text(tree, text):
        return wrap_value(tree, value, function, statement)
    reference = spell(tree, function, statement or import_of(function))
    if reference is None:
        return ()
    edits = [edit for part in parts_of(tree, text) for edit in _wrapped(tree, part, reference.text)]
    return (*reference.edits, *edits) if edits else ()


def _wrapped(tree: SyntaxTree, part: Part, function: str) -> tuple[TextEdit, ...]:
    node = part.node
    if node.type in _CONSTANTS or text_of(tree, node).startswith(f"{function}("):
        return ()
    opening, closing = (f"{function}(str(", "))") if part.formatted else (f"{function}(", ")")
    return insert(tree, node.start_byte, opening), insert(tree, node.end_byte, closing)


def _is_text(tree: SyntaxTree, node: Node) -> bool:
    """Tell whether a text is put together here from constant text and values."""
    while node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    return any(part.node != node for part in parts_of(tree, node))


def parts_of(tree: SyntaxTree, node: Node) -> Iterator[Part]:
    """Give the values that a text is put together from; a value that is none gives itself."""
    match node.type:
        case "string":
            yield from _interpolated(node)
        case "concatenated_string" | "parenthesized_expression":
            for child in node.named_children:
                yield from parts_of(tree, child)
        case "binary_operator":
            yield from _operands(tree, node)
        case "call":
            yield from _format_arguments(tree, node)
        case _:
            yield Part(node, formatted=False)


def _interpolated(node: Node) -> Iterator[Part]:
    for child in node.children:
        expression = child.child_by_field_name("expression") if child.type == "interpolation" else None
        if expression is not None:
            yield Part(expression, formatted=True)


def _operands(tree: SyntaxTree, node: Node) -> Iterator[Part]:
    left, operator, right = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
    if left is None or operator is None or right is None:
        return
    word = text_of(tree, operator)
    if word == "+":
        yield from parts_of(tree, left)
        yield from parts_of(tree, right)
    elif word == "%" and left.type in {"string", "concatenated_string"}:
        yield from (Part(value, formatted=True) for value in (items(right) if right.type == "tuple" else [right]))
    else:
        yield Part(node, formatted=False)


def _format_arguments(tree: SyntaxTree, node: Node) -> Iterator[Part]:
    """Give the arguments of `"…".format(…)`; any other call is a value itself."""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    receiver = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
    method = callee.child_by_field_name("attribute") if callee is not None and callee.type == "attribute" else None
    if arguments is None or receiver is None or receiver.type != "string" or method is None or text_of(tree, method) != "format":
        yield Part(node, formatted=False)
        return
    for argument in items(arguments):
        value = argument.child_by_field_name("value") if argument.type == "keyword_argument" else argument
        if value is not None and value.type not in {"list_splat", "dictionary_splat"}:
            yield Part(value, formatted=True)
