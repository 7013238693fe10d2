"""Safe fixes put into the files, one after the other, each seen through the analysis before the next."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from threatline.cli.output import replace
from threatline.source.reading import read

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.analysis.workspace import Workspace
    from threatline.fixes.edit import Fix, TextEdit
    from threatline.knowledge.model import Knowledge
    from threatline.threats.finding import Finding

_MOST_ROUNDS: Final = 50
_BOM: Final = b"\xef\xbb\xbf"


def apply_safe_fixes(snapshot: Snapshot, workspace: Workspace, knowledge: Knowledge, wanted: Callable[[Finding], bool]) -> Snapshot:
    """Fix what can be fixed safely among the findings that are wanted, write the files, and give the snapshot of what is left.

    Each round takes fixes that do not touch one another, and the analysis looks at the result before the next round.
    """
    original, done = snapshot, set[tuple[str, str]]()
    for _ in range(_MOST_ROUNDS):
        taken = list(_apart(_safe_fixes(snapshot, knowledge, wanted, done)))
        if not taken:
            break
        done |= {(fix.fingerprint, fix.control) for fix in taken}
        for file in sorted({edit.file for fix in taken for edit in fix.edits}):
            workspace.overlay(file, _fixed(snapshot, file, taken))
        gc.collect()  # The program of the last round, which nobody collects otherwise.
        snapshot = workspace.analyze()
    _write_all(original, snapshot, workspace.root)
    if done:
        click.echo(f"threatline: applied {len(done)} safe fix{'es' if len(done) > 1 else ''}", err=True)
    return snapshot


def _safe_fixes(snapshot: Snapshot, knowledge: Knowledge, wanted: Callable[[Finding], bool], done: set[tuple[str, str]]) -> Iterator[Fix]:
    """Give the first safe fix of each open finding that has not been tried."""
    from threatline.fixes.offers import fixes_for

    for finding in snapshot.findings:
        if finding.status == "open" and wanted(finding):
            fixes = fixes_for(snapshot, finding, knowledge)
            yield from [fix for fix in fixes if fix.safe and fix.edits and (fix.fingerprint, fix.control) not in done][:1]


def _apart(fixes: Iterator[Fix]) -> Iterator[Fix]:
    """Give the fixes whose edits touch no edit of one given before, unless the two are equal."""
    taken: set[TextEdit] = set()
    for fix in fixes:
        if all(edit in taken or not any(_touch(edit, other) for other in taken) for edit in fix.edits):
            taken.update(fix.edits)
            yield fix


def _touch(one: TextEdit, other: TextEdit) -> bool:
    return one.file == other.file and one.span.start <= other.span.end and other.span.start <= one.span.end


def _fixed(snapshot: Snapshot, file: str, fixes: list[Fix]) -> bytes:
    from threatline.fixes.edit import apply_edits

    return apply_edits(file, snapshot.files[file].text, [edit for fix in fixes for edit in fix.edits])


def _write_all(before: Snapshot, after: Snapshot, root: Path) -> None:
    """Write the files that differ, unless they have changed on the disk meanwhile. Never through a link."""
    for file, source in sorted(after.files.items()):
        was = before.files.get(file)
        if was is None or was.text == source.text:
            continue
        place = root / file
        now = read(root, file)
        if place.resolve() != root.resolve() / file or getattr(now, "text", None) != was.text:
            click.echo(f"threatline: {file}: changed meanwhile, or reached through a link; left as it is", err=True)
            continue
        mark = _BOM if place.read_bytes().startswith(_BOM) else b""
        replace(place, mark + source.text)
