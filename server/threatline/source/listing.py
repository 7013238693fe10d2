"""Which files a workspace has."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from threatline.source import git
from threatline.source.file import Problem
from threatline.source.languages import language_of
from threatline.source.walking import ENVIRONMENT_MARK, walk

SKIPPED: Final = frozenset(
    {".git", ".hg", ".svn", "node_modules", "site-packages", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
)
"""Folders that tools fill, never people. `build` and `dist` are not among them: they may be packages of the project's own."""

_MAX_NESTING: Final = 4


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a workspace, by id, sorted. `chosen` are those that the call asked for by path; all of them where it named none."""

    files: tuple[str, ...]
    chosen: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def list_files(root: str | os.PathLike[str], paths: Iterable[str] | None = None) -> Listing:
    """List the files of a workspace that are not ignored, and those at `paths` (ids of files or folders) even if they are.

    Git says what is ignored where there is a repository; elsewhere the `.gitignore` files do. Folders in `SKIPPED`, virtual environments
    and links that lead to folders or out of the root are left out; a link to a listed file counts once, as that file. Problems are of
    kind `outside`, `missing` or `unreadable`.
    """
    place = os.fspath(root)
    problems: list[Problem] = []
    files = _keep(place, _all_files(place, problems), problems)
    if paths is None:
        return _listing(files, files, problems)
    chosen: set[str] = set()
    for path in paths:
        wanted = os.path.normpath(path).replace(os.sep, "/")
        under = files if wanted == "." else {file for file in files if file == wanted or file.startswith(f"{wanted}/")}
        chosen |= under or _keep(place, _given_files(place, wanted, problems), problems)
    return _listing(files | chosen, chosen, problems)


def _listing(files: set[str], chosen: set[str], problems: list[Problem]) -> Listing:
    return Listing(tuple(sorted(files)), tuple(sorted(chosen)), tuple(sorted(set(problems), key=lambda one: (one.file, one.kind))))


def _all_files(root: str, problems: list[Problem], depth: int = 0) -> Iterator[str]:
    """List what git lists, repositories inside the repository too; walk where git has no answer."""
    listed = git.list_files(root)
    if listed is None:
        yield from walk(root, "", SKIPPED, problems)
        return
    environments = {path.removesuffix(ENVIRONMENT_MARK) for path in listed if path.endswith(f"/{ENVIRONMENT_MARK}")}
    real_folders = _RealFolders(root)
    for path in listed:
        if not SKIPPED.isdisjoint(path.split("/")) or any(path.startswith(prefix) for prefix in environments):
            continue
        # Git lists what the index names, even where a link now stands in a folder's place.
        if not real_folders.holds(path):
            continue
        name = path.rstrip("/")
        if not _is_folder(os.path.join(root, name)):
            yield path
        elif depth < _MAX_NESTING:
            yield from (f"{name}/{file}" for file in _all_files(os.path.join(root, name), problems, depth + 1))


def _given_files(root: str, wanted: str, problems: list[Problem]) -> Iterator[str]:
    """List what a path given by hand names, ignored or not."""
    if wanted.startswith("../") or wanted == ".." or os.path.isabs(wanted):
        problems.append(Problem(wanted, "outside", "leads out of the workspace"))
    elif os.path.isdir(os.path.join(root, wanted)):
        if _RealFolders(root).holds(f"{wanted}/"):
            yield from walk(root, wanted, SKIPPED, problems)
        else:
            problems.append(Problem(wanted, "outside", "is reached through a link"))
    elif os.path.lexists(os.path.join(root, wanted)):
        yield wanted
    else:
        problems.append(Problem(wanted, "missing", "no such file or folder"))


class _RealFolders:
    """The folders of a root that are reached without a link."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known = {"": True}

    def holds(self, path: str) -> bool:
        """Tell whether every folder on the way to a path is a real one."""
        folder = path.rpartition("/")[0]
        known = self._known.get(folder)
        if known is None:
            known = self.holds(folder) and not os.path.islink(os.path.join(self._root, folder))
            self._known[folder] = known
        return known


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def _keep(root: str, found: Iterable[str], problems: list[Problem]) -> set[str]:
    """Keep ordinary files that exist, and links to files inside the root that are not listed themselves."""
    files: set[str] = set()
    links: list[str] = []
    for path in found:
        try:
            mode = os.lstat(os.path.join(root, path)).st_mode
            path.encode()
        except OSError:
            continue  # tracked, but deleted in the work tree
        except UnicodeEncodeError:
            problems.append(Problem(os.fsencode(path).decode("utf-8", "backslashreplace"), "unreadable", "its name is no UTF-8"))
            continue
        if stat.S_ISREG(mode):
            files.add(path)
        elif stat.S_ISLNK(mode):
            links.append(path)
    for path in sorted(links):
        _follow(root, path, files, problems)
    return files


def _follow(root: str, path: str, files: set[str], problems: list[Problem]) -> None:
    """Add a link if it leads to a file in the root that is not there under its own name."""
    inside, real = os.path.realpath(root), os.path.realpath(os.path.join(root, path))
    if not real.startswith(inside.rstrip(os.sep) + os.sep):
        if language_of(path):
            problems.append(Problem(path, "outside", "is a link that leads out of the workspace"))
    elif os.path.isfile(real) and os.path.relpath(real, inside).replace(os.sep, "/") not in files:
        files.add(path)
