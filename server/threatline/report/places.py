"""Places of a snapshot as people and tools read them: files, lines and columns from 1, and the masked lines of source around them."""

from __future__ import annotations

from typing import NamedTuple

from threatline.analysis.snapshot import Snapshot
from threatline.report import masking
from threatline.source.file import Span
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


class Places:
    """Finds ranges and lines of one snapshot. Lines it gives are masked (`masking`); nothing else of a file's text leaves it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lines: dict[tuple[str, int], str] = {}
        self._secrets = _secret_spans(snapshot)
        self._written = _written(snapshot, self._secrets)

    def range(self, value: Value | None) -> Range | None:
        """Find where a value stands now; None for no value, or one whose file is gone."""
        if value is None:
            return None
        place = self._snapshot.place(value)
        if place.file not in self._snapshot.files:
            return None
        index = self._snapshot.line_index(place.file)
        start, end = (index.position(offset, "utf-32") for offset in place.span)
        return Range(place.file, Position(start.line + 1, start.column + 1), Position(end.line + 1, end.column + 1))

    def line(self, file: str, number: int) -> str:
        """Give line `number` (from 1) of a file, masked, without its end; "" where there is none."""
        known = self._lines.get((file, number))
        if known is None:
            known = self._lines[file, number] = masking.mask_line(_without(self._read(file, number), self._written))
        return known

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
        return self._snapshot.line_index(file).count if file in self._snapshot.files else 0

    def _read(self, file: str, number: int) -> str:
        """Read a line; on those that a finding about a secret covers, every string is masked."""
        if not 0 < number <= self.line_count(file):
            return ""
        index = self._snapshot.line_index(file)
        for span in self._secrets.get(file, ()):
            first, last = index.line_of(span.start) + 1, index.line_of(span.end) + 1
            if first <= number <= last:
                block = "\n".join(self._decoded(file, each) for each in range(first, last + 1))
                return masking.mask_literals(block).split("\n")[number - first]
        return self._decoded(file, number)

    def _decoded(self, file: str, number: int) -> str:
        span = self._snapshot.line_index(file).line(number - 1)
        return self._snapshot.files[file].text[slice(*span)].decode("utf-8", "replace")


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
