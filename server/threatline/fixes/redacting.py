"""Take a secret out of what is written or sent: out of a text, out of the arguments of a call, out of a dictionary."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from threatline.fixes.arguments import without_member
from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import enclosing, node_at, replace, text_of, walk
from threatline.fixes.names import assigned_once, given_at_top
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

MASK = "[redacted]"


def redact(tree: SyntaxTree, place: Node, secret: Span) -> tuple[TextEdit, ...]:
    """Write `[redacted]` where a text or an argument holds a secret; nothing where it comes in some other way.

    `secret` is where the secret is read. A name counts that is given this reading, once, and nothing else.
    """
    written = assigned_once(tree, place, read_elsewhere=True) if place.type == "identifier" else None
    edits = list(_masked(tree, place, secret))
    if not edits and written is not None and not _covers(written, secret):
        edits = list(_masked(tree, written, secret))
    return tuple(edits)


def drop_pair(tree: SyntaxTree, secret: Span) -> tuple[TextEdit, ...]:
    """Remove the pair of a dictionary whose value is a secret that is read there, or a name that is given it."""
    read = node_at(tree, secret)
    pair = enclosing(read, "pair")
    if pair is None and read is not None:
        root = enclosing(read, "function_definition", "module") or read
        pairs = [node for node in walk(root) if node.type == "pair" and _is_secret(tree, node.child_by_field_name("value"), secret)]
        pair = pairs[0] if len(pairs) == 1 else None
    value = None if pair is None else pair.child_by_field_name("value")
    if pair is None or value is None or pair.parent is None or not _is_secret(tree, value, secret):
        return ()
    return (TextEdit(tree.source.id, without_member(tree, pair.parent, pair), ""),)


def _masked(tree: SyntaxTree, place: Node, secret: Span) -> Iterator[TextEdit]:
    reached = -1
    for node in walk(place):
        if node.start_byte < reached or not _is_secret(tree, node, secret):
            continue
        reached = node.end_byte
        around = node.parent
        if around is not None and around.type == "interpolation":
            yield replace(tree, around, MASK)
        elif around is not None and _is_label(around, node):
            continue
        else:
            yield replace(tree, node, f'"{MASK}"')


def _is_secret(tree: SyntaxTree, node: Node | None, secret: Span) -> bool:
    if node is None:
        return False
    if node.type == "identifier":
        given = assigned_once(tree, node, read_elsewhere=True) or given_at_top(tree, text_of(tree, node))
        return given is not None and Span(*given.byte_range) == secret
    # A literal that holds a secret may be a whole document; which words of it are the secret is not seen here.
    return node.type not in {"interpolation", "string", "concatenated_string"} and Span(*node.byte_range) == secret


def _covers(node: Node, span: Span) -> bool:
    return node.start_byte <= span.start and span.end <= node.end_byte


def _is_label(around: Node, node: Node) -> bool:
    """Tell whether a node is what something is called or what is called, not a value that is handed over."""
    fields = {"keyword_argument": "name", "call": "function", "attribute": "object", "subscript": "value"}
    field = fields.get(around.type)
    return field is not None and around.child_by_field_name(field) == node
