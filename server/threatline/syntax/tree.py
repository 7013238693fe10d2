"""Concrete syntax trees, and how an edit makes the next one from the last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import tree_sitter_json
import tree_sitter_python
import tree_sitter_toml
import tree_sitter_typescript
import tree_sitter_yaml
from tree_sitter import Language, Parser, Tree

from threatline.source.file import SourceFile

_PYTHON = Language(tree_sitter_python.language())
_TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())
_TSX = Language(tree_sitter_typescript.language_tsx())

PROGRAMS = frozenset({"python", "typescript", "tsx", "javascript"})
"""Languages whose files are written by fixes."""

GRAMMARS: dict[str, Language] = {
    "python": _PYTHON, "typescript": _TYPESCRIPT, "tsx": _TSX, "javascript": _TSX, "json": Language(tree_sitter_json.language()),
    "yaml": Language(tree_sitter_yaml.language()), "toml": Language(tree_sitter_toml.language()),
}  # fmt: skip
"""The grammar of each `SourceFile.language` that has one. JavaScript, with or without JSX, is read by the TSX grammar."""


@dataclass(frozen=True, slots=True)
class SyntaxTree:
    """A file and its concrete syntax tree; node offsets are bytes of `source.text`."""

    source: SourceFile
    tree: Tree


class Edit(NamedTuple):
    """One replaced range of a text, in bytes; points are (row, byte column)."""

    start: int
    old_end: int
    new_end: int
    start_point: tuple[int, int]
    old_end_point: tuple[int, int]
    new_end_point: tuple[int, int]


def parse(source: SourceFile) -> SyntaxTree:
    """Parse a file from scratch.

    Any bytes give a tree; what cannot be read stands in ERROR nodes. Raises ValueError for a language without a grammar.
    """
    return SyntaxTree(source, _parser(source).parse(source.text))


def reparse(old: SyntaxTree, source: SourceFile, edits: Iterable[Edit]) -> SyntaxTree:
    """Parse a file that came from `old` by `edits`, sharing what did not change.

    Each edit's offsets hold in the text that the edits before it made. `old` stays as it was.
    """
    tree = old.tree.copy()
    for edit in edits:
        tree.edit(edit.start, edit.old_end, edit.new_end, edit.start_point, edit.old_end_point, edit.new_end_point)
    return SyntaxTree(source, _parser(source).parse(source.text, tree))


def edit_between(old: bytes, new: bytes) -> Edit | None:
    """Find the smallest single edit that makes `new` from `old`; None when they are equal."""
    if old == new:
        return None
    limit = min(len(old), len(new))
    start = _common(old, new, limit)
    tail = _common(old[start:][::-1], new[start:][::-1], limit - start)
    old_end, new_end = len(old) - tail, len(new) - tail
    return Edit(start, old_end, new_end, _point(old, start), _point(old, old_end), _point(new, new_end))


def _parser(source: SourceFile) -> Parser:
    # A parser costs two microseconds and keeps state: a fresh one each time needs no lock.
    grammar = GRAMMARS.get(source.language)
    if grammar is None:
        raise ValueError(f"no grammar for the language {source.language!r} of {source.id}")
    return Parser(grammar)


def _common(left: bytes, right: bytes, limit: int) -> int:
    """Count the bytes that two texts share at their beginning, at most `limit`, by halving."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _point(text: bytes, offset: int) -> tuple[int, int]:
    line_start = text.rfind(b"\n", 0, offset) + 1
    return text.count(b"\n", 0, offset), offset - line_start
