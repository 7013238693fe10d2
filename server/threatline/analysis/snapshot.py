"""One consistent reading of a workspace, which never changes: what reports and editors see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from threatline.facts.model import BODIES, NAMES, SpanTable
from threatline.fixes.edit import Fix, TextEdit
from threatline.source.file import Problem, SourceFile, Span
from threatline.source.lines import LineIndex
from threatline.system.model import Component, DataFlow, SystemMap, Value
from threatline.threats.finding import Finding

__all__ = ["Fix", "Place", "Snapshot", "TextEdit"]


class Place(NamedTuple):
    """A span in a file, by workspace-relative path."""

    file: str
    span: Span


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an analysis found, as of `revision`.

    `findings` are ordered by file, line, column, rule and hold silenced and accepted ones too (see `status`). `listed` counts the files
    of the workspace, `analyzed` those that were read for facts. `complete` is False where the analysis was cut short. `spans` are the
    span tables by file, `definitions` the definition paths in the order of the tables' names. `entries` are the catalog names at calls.
    """

    root: str
    revision: str
    rules_digest: str
    files: dict[str, SourceFile] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    map: SystemMap = field(default_factory=SystemMap)
    problems: tuple[Problem, ...] = ()
    listed: int = 0
    analyzed: int = 0
    complete: bool = True
    spans: dict[str, SpanTable] = field(default_factory=dict)
    definitions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entries: dict[Value, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, LineIndex] = field(default_factory=dict, repr=False, compare=False)

    def place(self, value: Value) -> Place:
        """Give the span of a value as the workspace is now; ordinal -1 is its definition's name. An unknown value is the file's start."""
        table = self.spans.get(value.file, {})
        if value.ordinal < 0:
            return Place(value.file, self._listed_span(value, NAMES))
        spans = table.get(value.definition, [])
        return Place(value.file, Span(*spans[value.ordinal]) if value.ordinal < len(spans) else Span(0, 0))

    def definition_span(self, file: str, definition: str) -> Span:
        """Give the whole span of a definition, decorators included."""
        return self._listed_span(Value(file, definition, -1), BODIES)

    def _listed_span(self, value: Value, table: str) -> Span:
        paths = self.definitions.get(value.file, ())
        if value.definition in paths:
            return Span(*self.spans[value.file][table][paths.index(value.definition)])
        return Span(0, 0)

    def line_index(self, file: str) -> LineIndex:
        """Give the lines of a file, made once."""
        index = self.lines.get(file)
        if index is None:
            source = self.files.get(file)
            index = self.lines[file] = LineIndex(source.text if source else b"")
        return index

    def findings_in(self, file: str) -> tuple[Finding, ...]:
        """List the findings shown in a file."""
        return tuple(finding for finding in self.findings if finding.value.file == file)

    def finding(self, fingerprint: str) -> Finding | None:
        """Find a finding by its fingerprint, or an unambiguous beginning of it."""
        found = [finding for finding in self.findings if finding.fingerprint.startswith(fingerprint)]
        return found[0] if len(found) == 1 or (found and found[0].fingerprint == fingerprint) else None

    def component(self, component_id: str) -> Component | None:
        """Find a component by its id."""
        return next((component for component in self.map.components if component.id == component_id), None)

    def component_at(self, file: str, offset: int) -> Component | None:
        """Find the component made at an offset: the one with the smallest span around it."""
        best: tuple[int, Component] | None = None
        for component in self.map.components:
            if component.value.file != file:
                continue
            span = self.place(component.value).span
            if span.start <= offset <= span.end and (best is None or span.end - span.start < best[0]):
                best = (span.end - span.start, component)
        return best[1] if best else None

    def flows_through(self, component_id: str) -> tuple[DataFlow, ...]:
        """List the data flows that begin or end at a component."""
        return tuple(flow for flow in self.map.flows if component_id in {flow.source, flow.target})

    def entry_names(self, value: Value) -> tuple[str, ...]:
        """List the catalog's canonical names of the call at a value."""
        return self.entries.get(value, ())
