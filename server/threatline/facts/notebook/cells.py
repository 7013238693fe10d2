"""A notebook's cells → one Python text, and where each piece of it stands in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from threatline.facts.documents.values import Mapping, Sequence, Text, Written

_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_COMMAND = re.compile(rb"[ \t]*[%!]|[ \t]*\?|.*\?[ \t]*$")
_OTHER_LANGUAGES = re.compile(rb"[ \t]*%%(?!time|timeit|capture|prun|memit)")
MOST_OUTPUTS = 2_000
"""Texts of outputs that are kept: what is longer is a table or a log."""

_NAMED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


class Cells:
    """The text of all code cells, and its way back into the notebook. Lines for the shell or the notebook itself are blank."""

    def __init__(self, file: bytes) -> None:
        self.file = file
        self.text = bytearray()
        self._starts: list[int] = []
        self._pieces: list[tuple[int, int, bool]] = []

    def add(self, span: tuple[int, int]) -> None:
        """Append one JSON string of the file, its quotes included in `span`."""
        start, end = span[0] + 1, span[1] - 1
        while start < end:
            escape = _ESCAPE.search(self.file, start, end)
            until = escape.start() if escape else end
            if until > start:
                self._piece(self.file[start:until], start, until - start, True)
            if escape is None:
                return
            self._piece(_meant(escape.group()), escape.start(), len(escape.group()), False)
            start = escape.end()

    def _piece(self, text: bytes, at: int, length: int, literal: bool) -> None:
        self._starts.append(len(self.text))
        self._pieces.append((at, length, literal))
        self.text += text

    def end_cell(self, start: int) -> None:
        """Close a cell that began at `start` of the text: take out what is no Python, and end its last line."""
        cell = bytes(self.text[start:])
        if _OTHER_LANGUAGES.match(cell):
            self.text[start:] = re.sub(rb"[^\n]", b" ", cell)
        elif b"%" in cell or b"!" in cell or b"?" in cell:
            self.text[start:] = b"".join(_python_only(cell))
        if not self.text.endswith(b"\n"):
            self.text += b"\n"

    def place(self, span: tuple[int, int]) -> tuple[int, int]:
        """Give the place in the notebook of a span of the text."""
        if not self._starts:
            return 0, 0
        start = self._at(span[0], False)
        return start, max(start, self._at(span[1] - 1, True) if span[1] > span[0] else start)

    def _at(self, offset: int, end: bool) -> int:
        index = max(bisect_right(self._starts, offset) - 1, 0)
        at, length, literal = self._pieces[index]
        inside = offset - self._starts[index]
        if literal:
            return at + min(inside + end, length)
        return at + length if end else at


def code_cells(notebook: Written | None) -> Iterator[list[Text]]:
    """Give the strings of each Python cell, in order."""
    if not isinstance(notebook, Mapping) or not _is_python(notebook):
        return
    cells = notebook.get("cells")
    for cell in cells.items if isinstance(cells, Sequence) else ():
        kind, source = (cell.get("cell_type"), cell.get("source")) if isinstance(cell, Mapping) else (None, None)
        if isinstance(kind, Text) and kind.value == "code":
            written = source.items if isinstance(source, Sequence) else [source]
            yield [text for text in written if isinstance(text, Text) and isinstance(text.value, str)]


def output_texts(notebook: Written | None) -> Iterator[Text]:
    """Give the texts that the notebook's cells printed, as they stand in the file, up to a bound; pictures are none."""
    cells = notebook.get("cells") if isinstance(notebook, Mapping) else None
    found = (text for cell in _members(cells) if isinstance(cell, Mapping) for text in _printed(cell))
    yield from islice(found, MOST_OUTPUTS)


def _printed(cell: Mapping) -> Iterator[Text]:
    for output in _members(cell.get("outputs")):
        data = output.get("data") if isinstance(output, Mapping) else None
        shown = [pair.value for pair in data.pairs if str(pair.key.value).startswith("text/")] if isinstance(data, Mapping) else []
        told = [output.get("text"), output.get("traceback")] if isinstance(output, Mapping) else []
        for written in [*told, *shown]:
            lines = written.items if isinstance(written, Sequence) else [written]
            yield from (line for line in lines if isinstance(line, Text) and isinstance(line.value, str))


def _members(value: Written | None) -> list[Written]:
    return value.items if isinstance(value, Sequence) else []


def _is_python(notebook: Mapping) -> bool:
    found: Written | None = notebook
    for key in ("metadata", "kernelspec", "language"):
        found = found.get(key) if isinstance(found, Mapping) else None
    return not isinstance(found, Text) or str(found.value).lower() in {"python", "none", ""}


def _python_only(cell: bytes) -> Iterator[bytes]:
    for line in cell.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        # A question mark at a line's end asks the notebook for help, unless it ends a comment or a text.
        commanded = _COMMAND.match(bare) and not (bare.rstrip().endswith(b"?") and re.search(rb"[#\"']", bare))
        yield (b" " * len(bare) + line[len(bare) :]) if commanded else line


def _meant(escape: bytes) -> bytes:
    if escape[1:2] != b"u":
        return _NAMED.get(escape[1:2], escape[1:2])
    units = b"".join(bytes.fromhex(escape[at + 2 : at + 6].decode()) for at in range(0, len(escape), 6))
    return units.decode("utf-16-be", "replace").encode()
