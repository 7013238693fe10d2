"""Rule pages run as tests: each example is a workspace in memory, and its comments say what must be found in it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from threatline.analysis.snapshot import Snapshot
from threatline.analysis.workspace import analyze_texts
from threatline.fixes.edit import apply_edits
from threatline.fixes.offers import fixes_for
from threatline.knowledge.model import Knowledge
from threatline.knowledge.pages import Example, Expected, Page, parse_page, unmarked
from threatline.threats.finding import Finding


@dataclass(frozen=True, slots=True)
class PageResult:
    """What a page's examples came to. `faults` break the page's word; `others` were found by other rules."""

    faults: tuple[str, ...]
    others: tuple[str, ...]


def page_of(rule: str, knowledge: Knowledge) -> Page | None:
    """Read the page of a rule; None where it has none."""
    place = knowledge.pages.get(rule)
    if place is None or not Path(place).is_file():
        return None
    return parse_page(Path(place).read_text("utf-8"))


def run_page(page: Page, rule: str, knowledge: Knowledge) -> PageResult:
    """Analyze every example of a rule's page.

    Findings of the rule itself, and of rules that a comment in the example names, must match the comments one to one; a section without
    comments must stay silent. Where a `diff` stands, one of the offered fixes must bring just these lines.
    """
    faults: list[str] = []
    others: list[str] = []
    if not any(example.expected for example in page.examples):
        faults.append(f"no example shows a finding of {rule}")
    for example in page.examples:
        snapshot = analyze_texts(example.files, knowledge=knowledge)
        told = [finding for finding in snapshot.findings if finding.status in ("open", "declared")]
        found = Counter(_at(finding, snapshot) for finding in told)
        named = {rule, *(expected.rule for expected in (*example.expected, *example.todo))}
        faults += [f"{example.title}: {fault}" for fault in _compared(example, found, named)]
        others += [f"{example.title}: {_said(one)} is found too" for one in sorted(found) if one.rule not in named]
        if example.diff and not _is_offered(example, told, snapshot, knowledge):
            faults.append(f"{example.title}: no fix brings the lines of the diff")
    return PageResult(tuple(faults), tuple(others))


def _at(finding: Finding, snapshot: Snapshot) -> Expected:
    place = snapshot.place(finding.value)
    return Expected(place.file, snapshot.line_index(place.file).line_of(place.span.start) + 1, finding.rule)


def _compared(example: Example, found: Counter[Expected], named: set[str]) -> Iterator[str]:
    expected, missed = Counter(example.expected), set(example.todo)
    for one in sorted(expected - found):
        yield f"{_said(one)} is not found"
    for one in sorted(found - expected):
        if one in missed:
            yield f"{_said(one)} is found now; its comment still says todo"
        elif one.rule in named:
            yield f"{_said(one)} is found, and nothing says so"


def _said(one: Expected) -> str:
    return f"{one.file}:{one.line} {one.rule}"


def _is_offered(example: Example, findings: list[Finding], snapshot: Snapshot, knowledge: Knowledge) -> bool:
    wanted = _changes(example.diff.splitlines())
    for finding in findings:
        for fix in fixes_for(snapshot, finding, knowledge):
            lines: list[str] = []
            for file in sorted({edit.file for edit in fix.edits}):
                before = snapshot.files[file].text
                after = apply_edits(file, before, fix.edits)
                lines += difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), lineterm="")
            if _changes(lines) == wanted:
                return True
    return False


def _changes(lines: list[str]) -> Counter[str]:
    """Count the lines that a diff takes away and brings; where they stand, what is around them, and their markers are not compared."""
    changed = (unmarked(line).rstrip() for line in lines if line[:1] in ("-", "+") and not line.startswith(("---", "+++")))
    return Counter(line for line in changed if len(line) > 1)
