"""`threatline:` comments and the definitions they belong to."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Directive
from threatline.syntax import SyntaxTree

_DIRECTIVE = re.compile(
    rb"(?:\#|//|/\*)[ \t]*threatline:[ \t]*(?P<kind>[A-Za-z-]+)[ \t]*(?:\[(?P<ids>[^\]\r\n]*)\])?[ \t]*(?P<reason>(?:(?!\*/)[^\r\n])*)"
)
_LEADING = re.compile(rb"[ \t\f]*(?:#|//|/\*|\*|\r?\n|\r|$)")
"""A line that a comment may be separated by from the definition it stands above: blank, or itself a comment."""

DIRECTIVE_LIMIT = 1_000
"""Directives of one file that are read; placing each costs time for each definition."""


def directives(tree: SyntaxTree, b: Builder) -> list[tuple[Directive, tuple[int, int]]]:
    """Find the directives of a file, in order, with their spans; only comments count, not strings."""
    text = tree.source.text
    if b"threatline:" not in text:
        return []
    found: list[tuple[Directive, tuple[int, int]]] = []
    for match in _DIRECTIVE.finditer(text):
        if len(found) >= DIRECTIVE_LIMIT:
            b.truncated = b.truncated or "directives"
            break
        comment = _comment(tree, match.start())
        if comment is not None:
            found.append((_directive(match, _owner(b, text, match.start())), (match.start(), comment.end_byte)))
    return found


def line_directives(text: bytes) -> list[tuple[Directive, tuple[int, int]]]:
    """Find the directives of a file whose comments are lines of their own that begin with `#`."""
    found: list[tuple[Directive, tuple[int, int]]] = []
    for match in _DIRECTIVE.finditer(text) if b"threatline:" in text else ():
        begins_line = not text[text.rfind(b"\n", 0, match.start()) + 1 : match.start()].strip() and match.group().startswith(b"#")
        if begins_line and len(found) < DIRECTIVE_LIMIT:
            found.append((_directive(match, ""), match.span()))
    return found


def _comment(tree: SyntaxTree, offset: int) -> Node | None:
    node = tree.tree.root_node.descendant_for_byte_range(offset, offset + 1)
    return node if node is not None and node.type == "comment" else None


def _directive(match: re.Match[bytes], definition: str) -> Directive:
    ids = (match["ids"] or b"").decode("utf-8", "replace").split(",")
    reason = match["reason"].decode("utf-8", "replace").strip()
    return Directive(match["kind"].decode(), tuple([i.strip() for i in ids if i.strip()]), reason, definition)


def _owner(b: Builder, text: bytes, offset: int) -> str:
    """Return the path of the definition that a comment stands above, on the first line of, or in."""
    named = [index for index in range(1, len(b.names)) if _is_named(b, index)]
    start = text.rfind(b"\n", 0, offset) + 1
    behind_code = _code_in(text, start, offset)
    if behind_code is None:
        below = _next_code(text, offset)
        exact = [index for index in named if b.bodies[index][0] == below]
    else:
        end = _line_end(text, offset)
        exact = [index for index in named if start <= b.names[index][0] < end]
    if exact:
        return _path(b, exact[0])
    if behind_code is not None:
        return _path(b, _innermost(b, behind_code))
    return _path(b, _innermost(b, offset) or _indented_under(b, text, start, offset))


def _innermost(b: Builder, offset: int) -> int:
    """Return the smallest definition around a place, as an index; 0 is the module."""
    inside = [index for index, (start, end) in enumerate(b.bodies) if start <= offset < end]
    return min(inside, key=lambda index: b.bodies[index][1] - b.bodies[index][0], default=0)


def _indented_under(b: Builder, text: bytes, line: int, offset: int) -> int:
    """Return the definition that a comment behind its last statement is indented under.

    Where a block ends is a matter of indentation, which the tree does not keep for comments.
    """
    place = line
    while place > 0:
        end, place = place - 1, text.rfind(b"\n", 0, place - 1) + 1
        if not _LEADING.match(text, place, end + 1):
            break
    code = _code_in(text, place, line)
    if code is None:
        return 0
    around = [index for index, (start, end) in enumerate(b.bodies) if start <= code < end and _column(text, start) < offset - line]
    return max(around, key=lambda index: _column(text, b.bodies[index][0]) if index else -1, default=0)


def _code_in(text: bytes, start: int, end: int) -> int | None:
    """Return where the first character that is no white space stands."""
    stripped = text[start:end].lstrip()
    return end - len(stripped) if stripped else None


def _column(text: bytes, offset: int) -> int:
    return offset - text.rfind(b"\n", 0, offset) - 1


def _is_named(b: Builder, index: int) -> bool:
    definition = b.definitions[index]
    return definition is not None and definition.kind != "lambda"


def _path(b: Builder, index: int) -> str:
    definition = b.definitions[index]
    return definition.path if definition is not None else ""


def _line_end(text: bytes, offset: int) -> int:
    end = text.find(b"\n", offset)
    return len(text) if end == -1 else end


def _next_code(text: bytes, offset: int) -> int:
    """Return where the first line below that is neither blank nor a comment begins, behind its indentation."""
    place = _line_end(text, offset) + 1
    while place < len(text) and _LEADING.match(text, place):
        place = _line_end(text, place) + 1
    while place < len(text) and text[place] in b" \t\f":
        place += 1
    return place
