"""Every fix of every rule page and every fixture, applied: it does what it says, and nothing else."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from threatline.analysis.page_run import page_of
from threatline.analysis.snapshot import Snapshot
from threatline.analysis.workspace import analyze_texts
from threatline.fixes.edit import Fix, apply_edits
from threatline.fixes.offers import fixes_for
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.model import Knowledge
from threatline.threats.finding import Finding

FIXTURES = Path(__file__).parents[2] / "fixtures"
LEAST_RULES = 67
"""How many rules have a fix that an example shows."""

COMES_TO_LIGHT = {"ctl-arg-list-subprocess": {"option-injection"}}
"""What a fix may bring: with a command line that comes whole, no shell reads it any more, and that a program does becomes worth a note."""

KNOWLEDGE: Knowledge = load_knowledge()


@cache
def workspaces() -> dict[str, dict[str, str]]:
    """Give the texts of all workspaces by name: the sections of the pages, and the fixtures."""
    found = {
        f"{rule}: {example.title}": dict(example.files)
        for rule in sorted(KNOWLEDGE.pages)
        for example in page_of(rule, KNOWLEDGE).examples  # type: ignore[union-attr]
    }
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc")
        found[folder.name] = {path.relative_to(folder).as_posix(): path.read_text("utf-8", "replace") for path in files}
    return found


def applied(snapshot: Snapshot, texts: dict[str, str], fix: Fix) -> dict[str, str]:
    changed = {edit.file for edit in fix.edits}
    return texts | {file: apply_edits(file, snapshot.files[file].text, fix.edits).decode() for file in changed}


def open_findings(snapshot: Snapshot) -> list[Finding]:
    return [finding for finding in snapshot.findings if finding.status == "open"]


def faults(snapshot: Snapshot, texts: dict[str, str], finding: Finding, fix: Fix) -> Iterator[str]:
    """Say what a fix does that it must not, or does not and must."""
    after = applied(snapshot, texts, fix)
    for file in {edit.file for edit in fix.edits}:
        yield from spoiled(file, texts[file], after[file])
        yield from touched(snapshot, file, after[file].encode(), fix)
    seen = analyze_texts(after, knowledge=KNOWLEDGE)
    left = next((one for one in seen.findings if one.fingerprint == finding.fingerprint), None)
    before, now = (Counter(one.rule for one in open_findings(reading)) for reading in (snapshot, seen))
    gone = left is None and now[finding.rule] < before[finding.rule]
    fewer = left is not None and len(left.controls) < len(finding.controls)
    if not gone and not fewer:
        yield f"{finding.rule} stays"
    come = set(now - before)
    notes = {one.rule for one in seen.findings if one.severity == "info"} & COMES_TO_LIGHT.get(fix.control, set())
    if come - notes:
        yield f"{', '.join(sorted(come - notes))} comes"


def spoiled(file: str, before: str, after: str) -> Iterator[str]:
    if file.endswith(".py"):
        try:
            ast.parse(before)
        except SyntaxError:
            return
        try:
            ast.parse(after)
        except SyntaxError as error:
            yield f"{file} does not parse: {error}"


def touched(snapshot: Snapshot, file: str, after: bytes, fix: Fix) -> Iterator[str]:
    """Look at the text around the edits, which must be there as it was, and in its order."""
    text = snapshot.files[file].text
    edits = sorted((edit for edit in fix.edits if edit.file == file), key=lambda edit: edit.span)
    ends = [0, *(edit.span.end for edit in edits)]
    kept = [text[start:end] for start, end in zip(ends, [*(edit.span.start for edit in edits), len(text)], strict=True)]
    if sum(map(len, kept)) + sum(len(edit.text.encode()) for edit in edits) != len(after):
        yield f"{file} has lost or gained text outside the edits"
    if not after.startswith(kept[0]) or not after.endswith(kept[-1]):
        yield f"{file} is changed outside the edits"
    changed = sum(text[edit.span.start : edit.span.end].count(b"\n") for edit in edits)
    if changed > 4:
        yield f"{file}: {changed} lines are replaced"


@pytest.mark.parametrize("name", sorted(workspaces()))
def test_a_fix_puts_its_control_in_and_changes_nothing_else(name: str) -> None:
    texts = workspaces()[name]
    snapshot = analyze_texts(texts, knowledge=KNOWLEDGE)
    found = [
        f"{finding.rule} at {finding.value.file}, {fix.title!r}: {fault}"
        for finding in open_findings(snapshot)
        for fix in fixes_for(snapshot, finding, KNOWLEDGE)
        for fault in faults(snapshot, texts, finding, fix)
    ]
    assert not found, "\n".join(found)


def test_fixes_are_offered_for_most_rules() -> None:
    mended: set[str] = set()
    for texts in workspaces().values():
        snapshot = analyze_texts(texts, knowledge=KNOWLEDGE)
        mended |= {finding.rule for finding in snapshot.findings if finding.rule not in mended and fixes_for(snapshot, finding, KNOWLEDGE)}
    assert len(mended) >= LEAST_RULES, sorted(mended)


def test_half_typed_code_behind_a_fix_does_not_spoil_it() -> None:
    """Every page again with a line below that is not typed to its end: fixes are the same, or none."""
    for name, texts in workspaces().items():
        for file, text in texts.items():
            if not file.endswith(".py") or ":" not in name:
                continue
            broken = text + "\n\ndef half(value:\n    return [value.\n"
            snapshot = analyze_texts(texts | {file: broken}, knowledge=KNOWLEDGE)
            for finding in open_findings(snapshot):
                for fix in fixes_for(snapshot, finding, KNOWLEDGE):
                    result = applied(snapshot, texts | {file: broken}, fix)[file]
                    assert result.endswith("\n\ndef half(value:\n    return [value.\n"), (name, fix.title)
