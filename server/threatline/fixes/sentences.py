"""Take sentences out of a text: those in which something stands that must not be there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import node_at, walk
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

Found = Callable[[str], bool]

_BLOCK = re.compile(r"(?is)(?:\n[ \t]*)*<\s*(\w+)\s*>.*?<\s*/\s*\1\s*>|(?:\n[ \t]*)*<!--.*?-->")
_SENTENCE = re.compile(r"[ \t]*[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*(?:[.!?]+|(?=\n)|$)", re.MULTILINE)
_ABOUT_IT = re.compile(r"(?i)^\s*(?:never|do not|don't|keep)\b.*\b(?:it|this|that|them|these)\b")
"""A sentence that speaks of the one before it has no meaning without that one."""


def remove_sentences(tree: SyntaxTree, span: Span, found: Found) -> tuple[TextEdit, ...]:
    """Remove the blocks and sentences of a string in which something is found; nothing where that does not clean it."""
    node = node_at(tree, span)
    if node is None:
        return ()
    edits: list[TextEdit] = []
    for string in (child for child in walk(node) if child.type == "string"):
        cut = _cut(tree, string, found)
        if cut is None:
            return ()
        edits += cut
    return tuple(edits)


def _cut(tree: SyntaxTree, string: Node, found: Found) -> list[TextEdit] | None:
    start, end = string.children[0].end_byte, string.children[-1].start_byte
    text = tree.source.text[start:end].decode("utf-8", "replace")
    if not found(text):
        return []
    if "\ufffd" in text:
        return None
    spans = list(_removed(text, found))
    left = text
    for first, last in reversed(spans):
        left = left[:first] + left[last:]
    if found(left) or not left.strip():
        return None
    return [TextEdit(tree.source.id, Span(start + len(text[:a].encode()), start + len(text[:b].encode())), "") for a, b in spans]


def _removed(text: str, found: Found) -> Iterator[tuple[int, int]]:
    blocks = [match.span() for match in _BLOCK.finditer(text) if found(match[0])]
    after = -1
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        inside = next((block for block in blocks if block[0] < end and start < block[1]), None)
        if inside is not None or start == end:
            continue
        if found(match[0]) or (after == start and _ABOUT_IT.search(match[0])):
            blocks.append((start, end) if start else (start, end + len(text[end:]) - len(text[end:].lstrip(" "))))
            after = end
    yield from sorted(blocks)
