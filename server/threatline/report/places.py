"""Places of a snapshot as people and tools read them: files, lines and columns from 1, and the masked lines of source around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from threatline.analysis.snapshot import Snapshot
from threatline.report import masking
from threatline.source.file import Span
from threatline.source.lines import LineIndex
from threatline.system.model import Value


class Position(NamedTuple):
    """A line and a column, both from 1; columns count Unicode code points."""

    line: int
    column: int


class Range(NamedTuple):
    """From `start` up to, not including, `end`."""

    file: str
    start: Position
    end: Position


@dataclass(slots=True)
class _Text:
    """One file as it is shown: its lines decoded and masked."""

    index: LineIndex
    lines: list[str]


class Places:
    """Finds ranges and lines of one snapshot. Lines it gives are masked (`masking`); nothing else of a file's text leaves it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._texts: dict[str, _Text | None] = {}
        self._secrets = _secret_spans(snapshot)
        self._written = _written(snapshot, self._secrets)

    def range(self, value: Value | None) -> Range | None:
        """Find where a value stands now; None for no value, or one whose file is gone."""
        if value is None:
            return None
        place = self._snapshot.place(value)
        text = self._text(place.file)
        if text is None:
            return None
        start, end = (text.index.position(offset, "utf-32") for offset in place.span)
        return Range(place.file, Position(start.line + 1, start.column + 1), Position(end.line + 1, end.column + 1))

    def line(self, file: str, number: int) -> str:
        """Give line `number` (from 1) of a file, masked, without its end; "" where there is none."""
        text = self._text(file)
        return text.lines[number - 1] if text and 0 < number <= len(text.lines) else ""

    def masked(self, text: str) -> str:
        """Mask the secrets in a text that speaks of the workspace: those of a known shape, and those that a finding is about."""
        return masking.mask(_without(text, self._written))

    def attribute(self, name: str, value: str | float | bool | None) -> str | float | bool | None:
        """Mask the value of a component's attribute, whole where its name says that it is a secret."""
        if not isinstance(value, str):
            return value
        return masking.MASK * len(value) if masking.names_secret(name) else self.masked(value)

    def line_count(self, file: str) -> int:
        """Count the lines of a file."""
        text = self._text(file)
        return len(text.lines) if text else 0

    def _text(self, file: str) -> _Text | None:
        if file not in self._texts:
            source = self._snapshot.files.get(file)
            self._texts[file] = _read(source.text, self._secrets.get(file, []), self._written) if source else None
        return self._texts[file]


def _read(text: bytes, secrets: list[Span], written: list[str]) -> _Text:
    index = LineIndex(text)
    lines = [text[slice(*index.line(number))].decode("utf-8", "replace") for number in range(index.count)]
    for span in secrets:
        first, last = index.line_of(span.start), index.line_of(span.end)
        lines[first : last + 1] = masking.mask_literals("\n".join(lines[first : last + 1])).split("\n")
    return _Text(index, [masking.mask_line(_without(line, written)) for line in lines])


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, masking.MASK * len(secret))
    return text


def _secret_spans(snapshot: Snapshot) -> dict[str, list[Span]]:
    """Find the spans of findings about written-down secrets, by file."""
    spans: dict[str, list[Span]] = {}
    for finding in filter(masking.tells_of_secret, snapshot.findings):
        for value in (finding.value, *(step.value for step in finding.evidence)):
            place = snapshot.place(value)
            spans.setdefault(place.file, []).append(place.span)
    return {file: sorted(set(found)) for file, found in spans.items()}


def _written(snapshot: Snapshot, spans: dict[str, list[Span]]) -> list[str]:
    """List the secrets that findings are about, the longest first."""
    texts = [snapshot.files[file].text[slice(*span)] for file, found in spans.items() if file in snapshot.files for span in found]
    secrets = {secret for text in texts for secret in masking.written_secrets(text.decode("utf-8", "replace"))}
    return sorted(secrets, key=lambda secret: (-len(secret), secret))
