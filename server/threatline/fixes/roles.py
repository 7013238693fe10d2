"""Move what was put into a system message into a user message of its own."""

from __future__ import annotations

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import enclosing, indent_at, insert, newline_of, replace, starts_line, text_of, walk
from threatline.fixes.texts import parts_of
from threatline.syntax import SyntaxTree

_SYSTEM = frozenset({"system", "developer"})
_CONSTANT = frozenset({"string", "concatenated_string"})


def move_to_role(tree: SyntaxTree, place: Node) -> tuple[TextEdit, ...]:
    """Take the values out of a system message's text and put each into a user message behind it.

    Reads messages that are written as dictionaries; `place` is such a message, stands in one, or holds them. Gives nothing for a text that
    is put together elsewhere and passed whole: where it comes from is not seen here.
    """
    message = _message_around(tree, place) or next((node for node in walk(place) if _role(tree, node) is not None), None)
    content = None if message is None else _pair(tree, message, "content")
    if message is None or content is None:
        return ()
    parts = [part for part in parts_of(tree, content) if part.node != content]
    # Constants are written in capitals; which of a text's values are not ours is not seen here.
    if not parts or any(text_of(tree, part.node).isupper() for part in parts):
        return ()
    kept = _constant_text(tree, content)
    if kept is None:
        return ()
    line = newline_of(tree) + indent_at(tree.source.text, message.start_byte) if starts_line(tree.source.text, message.start_byte) else " "
    values = [f"str({text_of(tree, part.node)})" if part.formatted else text_of(tree, part.node) for part in parts]
    added = "".join(f',{line}{{"role": "user", "content": {value}}}' for value in values)
    return replace(tree, content, kept), insert(tree, message.end_byte, added)


def _message_around(tree: SyntaxTree, node: Node) -> Node | None:
    found = enclosing(node, "dictionary")
    while found is not None and _role(tree, found) is None:
        found = enclosing(found.parent, "dictionary")
    return found


def _role(tree: SyntaxTree, node: Node) -> Node | None:
    """Return the role of a system message; None for any other node."""
    role = _pair(tree, node, "role") if node.type == "dictionary" else None
    return role if role is not None and text_of(tree, role).strip("\"'") in _SYSTEM else None


def _pair(tree: SyntaxTree, dictionary: Node, key: str) -> Node | None:
    for pair in dictionary.named_children:
        name = pair.child_by_field_name("key") if pair.type == "pair" else None
        if name is not None and text_of(tree, name).strip("\"'") == key:
            return pair.child_by_field_name("value")
    return None


def _constant_text(tree: SyntaxTree, content: Node) -> str | None:
    """Write a text without its values; None where it is more than constants and values side by side."""
    if content.type == "parenthesized_expression" and len(content.named_children) == 1:
        inner = _constant_text(tree, content.named_children[0])
        return None if inner is None else f"({inner})"
    if content.type == "string":
        return _without_values(tree, content)
    if content.type == "concatenated_string":
        written = text_of(tree, content)
        for child in reversed(content.named_children):
            start, end = child.start_byte - content.start_byte, child.end_byte - content.start_byte
            raw = written.encode()
            written = (raw[:start] + _without_values(tree, child).encode() + raw[end:]).decode()
        return written
    if content.type != "binary_operator":
        return None
    left, operator, right = (content.child_by_field_name(name) for name in ("left", "operator", "right"))
    if left is None or right is None or operator is None or text_of(tree, operator) != "+":
        return None
    sides = [_constant_text(tree, side) if side.type in {*_CONSTANT, "binary_operator"} else "" for side in (left, right)]
    return None if None in sides else " + ".join(side for side in sides if side)


def _without_values(tree: SyntaxTree, string: Node) -> str:
    """Write a string without what is put into it, as a plain one."""
    text = text_of(tree, string).encode()
    interpolations = [child for child in string.children if child.type == "interpolation"]
    if "f" not in text_of(tree, string.children[0]).lower():
        return text.decode()
    pieces: list[bytes] = []
    reached = string.children[0].end_byte
    for node in interpolations:
        pieces.append(tree.source.text[reached : node.start_byte])
        reached = node.end_byte
    pieces.append(tree.source.text[reached : string.end_byte])
    opening = text_of(tree, string.children[0]).replace("f", "").replace("F", "")
    return opening + b"".join(pieces).decode().replace("{{", "{").replace("}}", "}")
