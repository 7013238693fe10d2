"""Read a command line of a script as a program and its arguments."""

from __future__ import annotations

import json
from typing import NamedTuple

from tree_sitter import Node

from threatline.fixes.commands import words_of
from threatline.fixes.locate import text_of
from threatline.fixes.pieces import Piece
from threatline.syntax import SyntaxTree


class ScriptCommand(NamedTuple):
    """A command: the source text of its words, and the values that begin one, with how they are written as a string."""

    members: tuple[str, ...]
    leading: tuple[tuple[Node, str], ...]


def command_of(tree: SyntaxTree, text: Node) -> ScriptCommand | None:
    """Read the words of a command line that is put together here; None where a shell is needed, or the program is not named."""
    pieces = _pieces(tree, text)
    words = None if pieces is None else words_of(pieces)
    if not words:
        return None
    members = tuple(_member(tree, word) for word in words)
    leading = tuple((word[0].value, f"String({text_of(tree, word[0].value)})") for word in words if word[0].value is not None)
    return ScriptCommand(tuple(member for member in members if member), leading) if all(members) else None


def _pieces(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    match node.type:
        case "parenthesized_expression":
            return _pieces(tree, node.named_children[0])
        case "string":
            return None if b"\\" in tree.source.text[node.start_byte : node.end_byte] else [Piece(text_of(tree, node)[1:-1])]
        case "template_string":
            return _of_template(tree, node)
        case "binary_expression":
            left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
            if left is None or right is None or operator is None or text_of(tree, operator) != "+":
                return None
            first, second = _pieces(tree, left), _pieces(tree, right)
            return None if first is None or second is None else first + second
        case _:
            return [Piece("", node, formatted=True)]


def _of_template(tree: SyntaxTree, node: Node) -> list[Piece] | None:
    found: list[Piece] = []
    reached = node.start_byte + 1
    for child in (*(child for child in node.children if child.type == "template_substitution"), None):
        end = node.end_byte - 1 if child is None else child.start_byte
        raw = tree.source.text[reached:end].decode("utf-8", "replace")
        if "\\" in raw:
            return None
        found.append(Piece(raw))
        if child is not None:
            found.append(Piece("", child.named_children[0], formatted=True))
            reached = child.end_byte
    return found


def _member(tree: SyntaxTree, word: list[Piece]) -> str:
    """Write one word; "" where that cannot be done plainly."""
    if len(word) == 1:
        value = word[0].value
        return json.dumps(word[0].text, ensure_ascii=False) if value is None else f"String({text_of(tree, value)})"
    written = ""
    for piece in word:
        text = piece.text if piece.value is None else text_of(tree, piece.value)
        if "`" in text or "\\" in text or (piece.value is None and "${" in text):
            return ""
        written += text if piece.value is None else f"${{{text}}}"
    return f"`{written}`"
