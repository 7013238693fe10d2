"""Files of a folder that no repository describes, its `.gitignore` files respected."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from threatline.source.file import Problem
from threatline.source.globs import compile_globs

if TYPE_CHECKING:
    import pathspec

_MAX_IGNORE_BYTES: Final = 200_000
ENVIRONMENT_MARK: Final = "pyvenv.cfg"
"""Stands in every virtual environment, whatever its name."""


class _Ignore(NamedTuple):
    """The patterns of one `.gitignore` and the folder, as a prefix, that they are relative to."""

    prefix: str
    spec: pathspec.GitIgnoreSpec


def walk(root: str, start: str, skipped: Collection[str], problems: list[Problem]) -> Iterator[str]:
    """List the files under `start` (an id, "" for the root), links to files among them, links to folders never followed.

    Leaves out what `.gitignore` files from `start` downward name, folders named in `skipped`, and virtual environments. A folder that
    cannot be read is added to `problems`.
    """
    waiting: list[tuple[str, tuple[_Ignore, ...]]] = [(start, ())]
    while waiting:
        folder, ignores = waiting.pop()
        try:
            with os.scandir(os.path.join(root, folder)) as found:
                entries = list(found)
        except OSError as error:
            problems.append(Problem(folder, "unreadable", error.strerror or type(error).__name__))
            continue
        names = {entry.name for entry in entries}
        if ENVIRONMENT_MARK in names and folder != start:
            continue
        prefix = f"{folder}/" if folder else ""
        if ".gitignore" in names:
            ignores = (*ignores, _Ignore(prefix, _read_patterns(os.path.join(root, folder, ".gitignore"))))
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in skipped and not _is_ignored(f"{path}/", ignores):
                    waiting.append((path, ignores))
            elif not _is_ignored(path, ignores):
                yield path


def _is_ignored(path: str, ignores: tuple[_Ignore, ...]) -> bool:
    """Ask the nearest `.gitignore` first; the first that speaks of the path decides."""
    for prefix, spec in reversed(ignores):
        decision = spec.check_file(path[len(prefix) :]).include
        if decision is not None:
            return decision
    return False


def _read_patterns(path: str) -> pathspec.GitIgnoreSpec:
    try:
        if os.path.islink(path) or not os.path.isfile(path):  # as git does, which reads no links here
            return compile_globs([])
        with open(path, "rb") as file:
            lines = file.read(_MAX_IGNORE_BYTES).decode("utf-8", "replace").splitlines()
    except OSError:
        return compile_globs([])
    return compile_globs(lines)
