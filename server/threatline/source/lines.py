"""Byte offsets to lines and columns, and back. Done once, at the edge."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final, Literal, NamedTuple

from threatline.source.file import Span

Units = Literal["utf-8", "utf-16", "utf-32"]
"""What a column counts: bytes, UTF-16 code units (most editors) or code points (reports)."""

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class Position(NamedTuple):
    """A line and a column, both from 0."""

    line: int
    column: int


class LineIndex:
    r"""The lines of one text, ended by `\n`, `\r\n` or `\r` and by nothing else, as LSP has it.

    Offsets are bytes; out of range ones are clamped to the text, columns to their line. An offset inside a character counts as the
    character's start. Bytes that are no UTF-8 count as the replacement characters that an editor shows for them.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts = [0]
        self._ends: list[int] = []
        for end in _LINE_END.finditer(text):
            self._ends.append(end.start())
            self._starts.append(end.end())
        self._ends.append(len(text))
        self._ascii = text.isascii()

    @property
    def count(self) -> int:
        """Count the lines; an empty text has one."""
        return len(self._starts)

    def line_of(self, offset: int) -> int:
        """Give the line, from 0, that holds an offset."""
        return bisect_right(self._starts, min(max(offset, 0), len(self._text))) - 1

    def line(self, line: int) -> Span:
        """Give the bytes of a line, from 0, without its end. Raises IndexError where there is no such line."""
        if not 0 <= line < len(self._starts):
            raise IndexError(line)
        return Span(self._starts[line], self._ends[line])

    def position(self, offset: int, units: Units = "utf-16") -> Position:
        """Turn an offset into a line and a column, counted in `units`."""
        line = self.line_of(offset)
        start, end = self._starts[line], self._ends[line]
        offset = min(max(offset, start), end)
        if self._ascii or units == "utf-8":
            return Position(line, (offset if self._ascii else self._character_start(offset, start)) - start)
        before = self._text[start : self._character_start(offset, start)]
        return Position(line, len(before) if before.isascii() else _length(before.decode("utf-8", "replace"), units))

    def offset(self, line: int, column: int, units: Units = "utf-16") -> int:
        """Turn a line and a column, counted in `units`, into an offset."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self._text)
        start, end = self._starts[line], self._ends[line]
        column = max(column, 0)
        if self._ascii:
            return min(start + column, end)
        if units == "utf-8":
            return self._character_start(min(start + column, end), start)
        return start + _prefix(self._text[start:end], column, units)

    def _character_start(self, offset: int, floor: int) -> int:
        """Step back over at most three continuation bytes to the start of a character."""
        text = self._text
        for at in range(offset, max(floor, offset - 3) - 1, -1):
            if at >= len(text) or text[at] & 0xC0 != 0x80:
                return at
        return offset


def _length(text: str, units: Units) -> int:
    """Count UTF-16 code units or code points."""
    return len(text) if units == "utf-32" else len(text.encode("utf-16-le")) // 2


def _prefix(line: bytes, column: int, units: Units) -> int:
    """Count the bytes of the characters that end at or before a column."""
    if line.isascii():
        return min(column, len(line))
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _broken_prefix(line, column, units)
    if units == "utf-32":
        return len(text[:column].encode())
    # Cutting a pair in two leaves half a character at the end, which "ignore" drops.
    return len(text.encode("utf-16-le")[: 2 * column].decode("utf-16-le", "ignore").encode())


def _broken_prefix(line: bytes, column: int, units: Units) -> int:
    """Do the same for a line that is no UTF-8, a run of good characters and a broken one at a time."""
    size = 0
    while column > 0 and size < len(line):
        try:
            line[size:].decode()
        except UnicodeDecodeError as error:
            good = line[size : size + error.start]
            length = _length(good.decode(), units)
            if length >= column:
                return size + _prefix(good, column, units)
            size += error.end
            column -= length + 1
        else:
            return size + _prefix(line[size:], column, units)
    return size
