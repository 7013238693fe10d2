"""Find nodes by their place, and read the layout of the lines around them."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

_CALLS = frozenset({"call", "call_expression", "new_expression"})
_STATEMENTS = frozenset({"decorator", "block", "module", "function_definition", "class_definition", "statement_block", "program"})
"""A call around one of these has nothing to do with what stands in it."""


def node_at(tree: SyntaxTree, span: Span) -> Node | None:
    """Find the smallest named node that covers a span; None where the text is broken there."""
    node = tree.tree.root_node.named_descendant_for_byte_range(*span)
    return None if node is None or node.is_error else node


def call_at(tree: SyntaxTree, span: Span) -> Node | None:
    """Find the innermost call that covers a span and is typed to its end."""
    node = node_at(tree, span)
    while node is not None and node.type not in _CALLS:
        if node.type in _STATEMENTS:
            return None
        node = node.parent
    if node is None:
        return None
    arguments = node.child_by_field_name("arguments")
    return node if arguments is not None and not arguments.is_missing and not _unfinished(arguments) else None


def enclosing(node: Node | None, *types: str) -> Node | None:
    """Find the innermost node of these types that holds `node` or is it."""
    while node is not None and node.type not in types:
        node = node.parent
    return node


def statement_of(node: Node) -> Node:
    """Find the statement of a block or module that holds a node."""
    while node.parent is not None and node.parent.type not in {"block", "module", "statement_block", "program"}:
        node = node.parent
    return node


def docstring_of(name: Node) -> Node | None:
    """Find the docstring of the function or class that a node is the name of."""
    definition = name.parent
    body = None if definition is None or definition.child_by_field_name("name") != name else definition.child_by_field_name("body")
    first = next((child for child in body.named_children if child.type != "comment"), None) if body is not None else None
    text = first.named_children[0] if first is not None and first.type == "expression_statement" and first.named_children else None
    return text if text is not None and text.type in {"string", "concatenated_string"} else None


def decorators_of(name: Node) -> list[Node]:
    """List what decorates the function or class that a node is the name of, without the `@`."""
    definition = name.parent
    around = definition.parent if definition is not None and definition.child_by_field_name("name") == name else None
    if around is None or around.type != "decorated_definition":
        return []
    return [child.named_children[0] for child in around.children if child.type == "decorator" and child.named_children]


def walk(node: Node) -> Iterator[Node]:
    """Go through a node and everything below it, in the order of the text."""
    cursor = node.walk()
    while True:
        found = cursor.node
        if found is not None:
            yield found
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def text_of(tree: SyntaxTree, node: Node) -> str:
    """Return a node's text."""
    return tree.source.text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def newline_of(tree: SyntaxTree) -> str:
    """Return the line end that a file uses."""
    text = tree.source.text
    place = text.find(b"\n")
    return "\r\n" if place > 0 and text[place - 1] == 0x0D else "\n"


def line_start(text: bytes, offset: int) -> int:
    r"""Find where the line of an offset begins; lines end with ``\n``, ``\r\n`` or ``\r`` only."""
    return max(text.rfind(b"\n", 0, offset), text.rfind(b"\r", 0, offset)) + 1


def line_end(text: bytes, offset: int) -> int:
    """Find where the line of an offset ends, before its line end."""
    places = [place for place in (text.find(b"\n", offset), text.find(b"\r", offset)) if place >= 0]
    return min(places, default=len(text))


def indent_at(text: bytes, offset: int) -> str:
    """Return the white space that the line of an offset begins with."""
    start = line_start(text, offset)
    line = text[start : line_end(text, offset)]
    return line[: len(line) - len(line.lstrip(b" \t\f"))].decode()


def starts_line(text: bytes, offset: int) -> bool:
    """Tell whether only white space stands before an offset on its line."""
    return not text[line_start(text, offset) : offset].strip(b" \t\f")


def insert(tree: SyntaxTree, offset: int, text: str) -> TextEdit:
    """Make an edit that inserts text."""
    return TextEdit(tree.source.id, Span(offset, offset), text)


def replace(tree: SyntaxTree, node: Node, text: str) -> TextEdit:
    """Make an edit that replaces a node."""
    return TextEdit(tree.source.id, Span(node.start_byte, node.end_byte), text)


def _unfinished(arguments: Node) -> bool:
    """Tell whether an argument list lacks its end, or holds text that could not be read."""
    last = arguments.children[-1] if arguments.children else None
    return last is None or last.is_missing or any(child.is_error or child.is_missing for child in arguments.children)
