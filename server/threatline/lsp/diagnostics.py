"""Findings as diagnostics: pushed, or pulled, and sent only when they are not what the editor has already."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import msgspec

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.capabilities import SOURCE
from threatline.lsp.client import Json
from threatline.lsp.configuration import LEVELS, Settings
from threatline.lsp.convert import Ranges
from threatline.report.addresses import rule_page
from threatline.report.json import silenced
from threatline.report.places import Places
from threatline.source.file import Problem, SourceFile
from threatline.threats.finding import Finding
from threatline.vocabulary import SEVERITIES as WORST_FIRST

TOLD = frozenset({"silence-without-reason", "unknown-directive", "design", "expired"})
"""Problems that their author sees where they stand; the others say what could not be read."""

WITHOUT_EFFECT = frozenset({"silence-without-reason"})
"""Problems of text that does nothing; an editor that knows tags fades it."""

_UNNECESSARY = 1
_WARNING = LEVELS["warning"]
_LINE = re.compile(r"(?:[^:]+:|line )([1-9][0-9]*): ")


class Reports:
    """The diagnostics of one root's files, by file id. What a new snapshot leaves as it was is not made again."""

    def __init__(self, root: Path, ranges: Ranges, *, related: bool, tags: bool = False, settings: Settings | None = None) -> None:
        self._root = root
        self._ranges = ranges
        self._related = related
        self._tags = tags
        self._settings = settings or Settings()
        self._made: dict[str, _Made] = {}

    def take(self, snapshot: Snapshot) -> dict[str, FileReport]:
        """Return the reports of all files that have findings as severe as the settings ask for, or words of ours that cannot be read."""
        least = self._settings.minimumSeverity
        findings: defaultdict[str, list[Finding]] = defaultdict(list)
        problems: defaultdict[str, list[Problem]] = defaultdict(list)
        for finding in snapshot.findings:
            if not silenced(finding) and WORST_FIRST.index(finding.severity) <= WORST_FIRST.index(least):
                findings[finding.value.file].append(finding)
        for problem in snapshot.problems:
            if problem.kind in TOLD:
                problems[problem.file].append(problem)
        places = Places(snapshot)
        files = sorted(findings.keys() | problems.keys())
        self._made = {file: self._report(snapshot, places, file, tuple(findings[file]), tuple(problems[file])) for file in files}
        return {file: made.report for file, made in self._made.items()}

    def _report(self, snapshot: Snapshot, places: Places, file: str, findings: tuple[Finding, ...], problems: tuple[Problem, ...]) -> _Made:
        names = {file, *(step.value.file for finding in findings for step in finding.evidence)}
        sources = [snapshot.files.get(name) for name in sorted(names)]
        before = self._made.get(file)
        if before is not None and (before.findings, before.problems) == (findings, problems) and _same(before.sources, sources):
            return before
        items = [self._diagnostic(snapshot, places, finding) for finding in findings]
        return _Made(findings, problems, sources, FileReport.of([*items, *map(self._problem, problems)]))

    def _diagnostic(self, snapshot: Snapshot, places: Places, finding: Finding) -> Json:
        place = snapshot.place(finding.value)
        diagnostic: Json = {
            "range": self._ranges.range(snapshot, place.file, place.span),
            "severity": LEVELS[self._settings.severityMapping[finding.severity]],
            "code": finding.rule,
            "codeDescription": {"href": rule_page(finding.rule)},
            "source": SOURCE,
            "message": places.masked(finding.message),
            "data": {"fingerprint": finding.fingerprint},
        }
        if self._related and finding.evidence:
            diagnostic["relatedInformation"] = [
                {
                    "location": self._ranges.location(snapshot, self._root, snapshot.place(step.value)),
                    "message": f"{step.role}: {places.masked(step.note)}",
                }
                for step in finding.evidence
            ]
        return diagnostic

    def _problem(self, problem: Problem) -> Json:
        """Make the diagnostic of a problem; its line, where it names one, is shown."""
        found = _LINE.match(problem.message)
        line = int(found[1]) - 1 if found else 0
        diagnostic: Json = {
            "range": {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 200}},
            "severity": _WARNING,
            "code": problem.kind,
            "source": SOURCE,
            "message": problem.message[found.end() :] if found else problem.message,
        }
        if self._tags and problem.kind in WITHOUT_EFFECT:
            diagnostic["tags"] = [_UNNECESSARY]
        return diagnostic


def _same(before: list[SourceFile | None], now: list[SourceFile | None]) -> bool:
    return len(before) == len(now) and all(old is new for old, new in zip(before, now, strict=True))


class FileReport(msgspec.Struct, frozen=True):
    """The diagnostics of one file; `result_id` is equal exactly when they are."""

    items: list[Json]
    result_id: str

    @classmethod
    def of(cls, items: Iterable[Json]) -> FileReport:
        """Make a report."""
        listed = list(items)
        return cls(listed, blake2b(msgspec.json.encode(listed), digest_size=8).hexdigest())


@dataclass(frozen=True, slots=True)
class _Made:
    """A report and what it was made of."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    sources: list[SourceFile | None]
    report: FileReport


EMPTY = FileReport.of([])


def full_or_unchanged(report: FileReport, previous: str | None) -> Json:
    """Return a document's pull report: in full, or that nothing has changed since `previous`."""
    if report.result_id == previous:
        return {"kind": "unchanged", "resultId": report.result_id}
    return {"kind": "full", "resultId": report.result_id, "items": report.items}
