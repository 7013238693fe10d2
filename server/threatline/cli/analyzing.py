"""Paths on the command line to a snapshot of their workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from threatline.cli.interrupt import stoppable
from threatline.cli.progress import progress
from threatline.source.roots import find_root

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.analysis.workspace import Workspace
    from threatline.knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: a root, how it is shown (as it was given, never made absolute), and the paths in it, absolute."""

    root: Path
    shown: str
    paths: tuple[Path, ...]

    def inside(self, file: str) -> bool:
        """Tell whether a file (relative to the root) lies in one of the paths."""
        place = Path(os.path.abspath(self.root / file))
        return any(path == place or path in place.parents for path in self.paths)


def target_of(paths: Sequence[str], workspace: str | None) -> Target:
    """Find the one workspace that these paths belong to.

    Raises click.UsageError where they belong to several.
    """
    given = [Path(path) for path in paths] or [Path(workspace or ".")]
    roots = {Path(os.path.abspath(find_root(path, workspace))) for path in given}
    if len(roots) > 1:
        raise click.UsageError(
            "these paths belong to different workspaces: " + ", ".join(sorted(map(str, roots))) + "; say --workspace DIR"
        )
    root = roots.pop()
    absolute = tuple(Path(os.path.abspath(path)) for path in given)
    outside = next((path for path in absolute if path != root and root not in path.parents), None)
    if outside is not None:
        raise click.UsageError(f"{outside} lies outside the workspace {root}")
    return Target(root, workspace or _as_given(root, given[0]), absolute)


def _as_given(root: Path, path: Path) -> str:
    if path.is_absolute():
        return str(root)
    try:
        return Path(os.path.relpath(root)).as_posix()
    except ValueError:  # another drive
        return str(root)


@contextmanager
def analyzed(target: Target, knowledge: Knowledge, *, cache: bool = True) -> Iterator[tuple[Workspace, Snapshot]]:
    """Give the workspace of a target, and what the analysis finds in it. Raises KeyboardInterrupt when it is stopped."""
    from threatline.analysis.workspace import Workspace

    workspace = Workspace(target.root, knowledge, cache=cache)
    try:
        with stoppable() as stopped, progress() as tell:
            snapshot = workspace.refresh(target.paths, progress=tell, cancelled=stopped)
        for problem in snapshot.problems:
            if problem.kind == "design":
                _complain(problem.message)
        yield workspace, snapshot
    finally:
        workspace.close()


def analyze(target: Target, knowledge: Knowledge, *, cache: bool = True) -> Snapshot:
    """Analyze the workspace of a target, shown under the name it was given."""
    with analyzed(target, knowledge, cache=cache) as (_, snapshot):
        return replace(snapshot, root=target.shown)


def load() -> Knowledge:
    """Load the rules, and say on standard error which of their files could not be used."""
    from threatline.knowledge.loading import load_knowledge

    knowledge = load_knowledge()
    for problem in knowledge.problems:
        at = f"{problem.file}:{problem.line}" if problem.line else problem.file
        _complain(f"{at}: {problem.message}")
    return knowledge


def _complain(message: str) -> None:
    from threatline.report.escaping import for_terminal

    click.echo(for_terminal(message), err=True)
