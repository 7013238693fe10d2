"""Write arguments of a Python call: add, set and remove them, keeping the layout of the list."""

from __future__ import annotations

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import indent_at, insert, line_end, line_start, newline_of, replace, starts_line, text_of
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

_MEANS_NOTHING = frozenset({"None", "{}", '{"__builtins__":{}}', '{"__builtins__":None}', "dict()"})


def put_argument(tree: SyntaxTree, call: Node, name: str, value: str) -> tuple[TextEdit, ...]:
    """Set a keyword argument, or add it behind the last one.

    Gives nothing where it is there already with this value, or where `**options` may hold it.
    """
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return ()
    given = argument_named(tree, arguments, name)
    if given is not None:
        return () if text_of(tree, given) == value else (replace(tree, given, value),)
    if any(child.type == "dictionary_splat" for child in arguments.children):
        return ()
    return add_to_list(tree, arguments, f"{name}={value}")


def put_position(tree: SyntaxTree, call: Node, position: int, value: str) -> tuple[TextEdit, ...]:
    """Set the positional argument at `position`; gives nothing where there is none."""
    given = argument_at(call, position)
    return () if given is None or text_of(tree, given) == value else (replace(tree, given, value),)


def put_item(tree: SyntaxTree, call: Node, name: str, item: str) -> tuple[TextEdit, ...]:
    """Add an item to the list that is passed by keyword, or pass one that holds it; nothing where the list is made elsewhere."""
    arguments = call.child_by_field_name("arguments")
    given = None if arguments is None else argument_named(tree, arguments, name)
    if given is None:
        return put_argument(tree, call, name, f"[{item}]")
    return add_to_list(tree, given, item) if given.type == "list" else ()


def surplus(tree: SyntaxTree, call: Node, takes: int) -> tuple[TextEdit, ...] | None:
    """Drop the arguments behind the first ones; None where one of them means something."""
    arguments = call.child_by_field_name("arguments")
    given = [] if arguments is None else items(arguments)
    extra = given[takes:]
    values = [child.child_by_field_name("value") if child.type == "keyword_argument" else child for child in extra]
    if any(value is None or "".join(text_of(tree, value).split()).replace("'", '"') not in _MEANS_NOTHING for value in values):
        return None
    return (TextEdit(tree.source.id, Span(given[takes - 1].end_byte, extra[-1].end_byte), ""),) if extra and takes else ()


def pass_rest(tree: SyntaxTree, call: Node, method: str) -> tuple[TextEdit, ...]:
    """Hand all arguments but the first to a method of what the call gives."""
    arguments = call.child_by_field_name("arguments")
    given = [] if arguments is None else items(arguments)
    if not given or any(child.type == "comment" for child in (arguments.children if arguments else ())):
        return ()
    end = given[1].start_byte if len(given) > 1 else given[0].end_byte
    return (TextEdit(tree.source.id, Span(given[0].end_byte, end), f").{method}("),)


def drop_argument(tree: SyntaxTree, call: Node, name: str) -> tuple[TextEdit, ...]:
    """Remove a keyword argument and its comma; gives nothing where it is not there."""
    arguments = call.child_by_field_name("arguments")
    given = None if arguments is None else argument_named(tree, arguments, name)
    if arguments is None or given is None or given.parent is None:
        return ()
    return (TextEdit(tree.source.id, _with_comma(tree.source.text, arguments, given.parent), ""),)


def argument_named(tree: SyntaxTree, arguments: Node, name: str) -> Node | None:
    """Find the value of a keyword argument."""
    for child in arguments.children:
        if child.type == "keyword_argument":
            keyword, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if keyword is not None and value is not None and text_of(tree, keyword) == name:
                return value
    return None


def argument_at(call: Node, position: int) -> Node | None:
    """Find a positional argument by its place; None behind a `*spread`."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or position < 0:
        return None
    if arguments.type == "generator_expression":
        return arguments if position == 0 else None
    for index, child in enumerate(items(arguments)):
        if child.type in {"keyword_argument", "list_splat", "dictionary_splat"}:
            return None
        if index == position:
            return child
    return None


def items(listing: Node) -> list[Node]:
    """Return the members of a bracketed list, without brackets, commas and comments."""
    return [child for child in listing.children if child.is_named and child.type not in {"comment", "line_continuation"}]


def add_to_list(tree: SyntaxTree, listing: Node, item: str) -> tuple[TextEdit, ...]:
    """Add a member behind the last one of a bracketed list, laid out as the others are."""
    if listing.type == "generator_expression":
        return insert(tree, listing.start_byte, "("), insert(tree, listing.end_byte, f", {item})")
    members = items(listing)
    if not members:
        return (insert(tree, listing.start_byte + 1, item),)
    return add_behind(tree, listing, members[-1], item)


def add_behind(tree: SyntaxTree, listing: Node, last: Node, item: str) -> tuple[TextEdit, ...]:
    """Add a member behind `last`, the last one of a list that ends with a bracket."""
    text = tree.source.text
    comma = next((child for child in reversed(listing.children) if child.type == "," and child.start_byte >= last.end_byte), None)
    reached = last.end_byte if comma is None else comma.end_byte
    closing = listing.end_byte - 1
    own_line = starts_line(text, last.start_byte) and line_end(text, reached) < closing
    if not own_line:
        # A comment between the last member and the bracket would swallow what is written behind it.
        if comma is None:
            return (insert(tree, reached, f", {item}"),)
        return (insert(tree, reached, f" {item},"),)
    line = newline_of(tree) + indent_at(text, last.start_byte) + item
    if comma is not None:
        return (insert(tree, line_end(text, reached), line + ","),)
    end = line_end(text, reached)
    if not text[reached:end].strip():
        return (insert(tree, reached, "," + line),)
    return insert(tree, reached, ","), insert(tree, end, line)


def without_member(tree: SyntaxTree, listing: Node, member: Node) -> Span:
    """Give the span that goes when a member of a bracketed list goes."""
    return _with_comma(tree.source.text, listing, member)


def _with_comma(text: bytes, arguments: Node, member: Node) -> Span:
    """Give the span that goes when a member of a list goes: with the comma before it, or the one behind it when it is the first."""
    before = [child for child in arguments.children if child.end_byte <= member.start_byte]
    behind = [child for child in arguments.children if child.start_byte >= member.end_byte]
    comma = behind[0] if behind and behind[0].type == "," else None
    end = line_end(text, member.end_byte if comma is None else comma.end_byte)
    if comma is not None and starts_line(text, member.start_byte) and not text[comma.end_byte : end].strip():
        return Span(line_start(text, member.start_byte), end + (2 if text[end : end + 2] == b"\r\n" else 1))
    previous = before[-1] if before else None
    if previous is not None and previous.type == ",":
        return Span(previous.start_byte, member.end_byte)
    if comma is not None:
        rest = text[comma.end_byte :]
        return Span(member.start_byte, comma.end_byte + len(rest) - len(rest.lstrip(b" ")))
    return Span(member.start_byte, member.end_byte)


def argument_of(call: Node, inner: Node | None) -> Node | None:
    """Find the argument of a call that holds a node; the value, where it is passed by name."""
    arguments = call.child_by_field_name("arguments")
    node = inner
    while node is not None and node != call:
        if node.parent == arguments:
            return node.child_by_field_name("value") if node.type == "keyword_argument" else node
        node = node.parent
    return None
