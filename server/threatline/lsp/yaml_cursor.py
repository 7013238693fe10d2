"""Where a position lies in a half-typed YAML text: the path of keys above it, and what is being written there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

Path = tuple[str | int, ...]

_KEY = re.compile(r"([\"']?)([^\s\"'#{}\[\],:&*!|>%@`-][^\"'#:{}\[\],]*|[A-Za-z0-9_.:-]+)\1\s*:(?=\s|$)\s*")


class Cursor(NamedTuple):
    """`path` leads to the mapping or value; `key` is true where a key is written, `typed` what stands before the position."""

    path: Path
    key: bool
    typed: str
    item: bool = False


class _Level(NamedTuple):
    indent: int
    part: str | int


def cursor_at(lines: Sequence[str], line: int, column: int) -> Cursor:
    """Find where a position lies. `column` counts characters."""
    levels: list[_Level] = []
    for text in lines[:line]:
        _enter(levels, text)
    before = lines[line][:column] if line < len(lines) else ""
    indent, rest, item = _opened(levels, before)
    if not rest.strip() and not item:
        indent = column
    while levels and (levels[-1].indent > indent or (levels[-1].indent == indent and not isinstance(levels[-1].part, int))):
        levels.pop()
    path = tuple(level.part for level in levels)
    key = _KEY.match(rest)
    if key is None and not rest.startswith(("{", "[")):
        return Cursor(path, key=True, typed=rest.strip().strip("\"'"), item=item)
    return _in_flow((*path, key[2].strip()) if key else path, rest[key.end() :] if key else rest)


def _opened(levels: list[_Level], text: str) -> tuple[int, str, bool]:
    """Step into the list items that a line opens. Returns the indent and text of what follows, and whether there was an item."""
    rest = text.lstrip(" ")
    indent, item = len(text) - len(rest), False
    while rest == "-" or rest.startswith("- "):
        while levels and (levels[-1].indent > indent or (levels[-1].indent == indent and isinstance(levels[-1].part, int))):
            last = levels.pop()
            if last.indent == indent and isinstance(last.part, int):
                levels.append(_Level(indent, last.part + 1))
                break
        else:
            levels.append(_Level(indent, 0))
        body = rest[1:].lstrip(" ")
        indent += len(rest) - len(body)
        rest, item = body, True
    return indent, rest, item


def _enter(levels: list[_Level], text: str) -> None:
    if not text.strip() or text.lstrip().startswith("#"):
        return
    indent, rest, _ = _opened(levels, text)
    while levels and (levels[-1].indent > indent or (levels[-1].indent == indent and not isinstance(levels[-1].part, int))):
        levels.pop()
    key = _KEY.match(rest)
    if key is not None:
        levels.append(_Level(indent, key[2].strip()))


def _in_flow(path: Path, text: str) -> Cursor:
    """Follow brackets on one line: `{control: x, fix: [a, b`."""
    stack: list[tuple[str, Path]] = []
    here, word = path, ""
    for letter in text:
        if letter in "{[":
            stack.append((letter, here))
            word = ""
        elif letter in "}]" and stack:
            here, word = stack.pop()[1], ""
        elif letter == "," and stack:
            here, word = stack[-1][1], ""
        elif letter == ":" and stack and stack[-1][0] == "{" and here == stack[-1][1]:
            here, word = (*here, word.strip().strip("\"'")), ""
        else:
            word += letter
    in_map = bool(stack) and stack[-1][0] == "{" and here == stack[-1][1]
    return Cursor(here, key=in_map, typed=word.strip().strip("\"'"), item=bool(stack) and stack[-1][0] == "[")
