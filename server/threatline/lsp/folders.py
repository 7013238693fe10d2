"""The roots that are analyzed: those of the editor's folders, and those of files that are open outside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from threatline.source.roots import DESIGN_FILE, MANIFESTS, find_root


@dataclass(frozen=True, slots=True)
class Root:
    """A root. Of a `loose` one only what is open is read: a home folder, a whole disk, a folder that nothing marks as a project."""

    path: Path
    loose: bool


class Folders:
    """The editor's folders and the roots they stand for. A file belongs to the deepest root that holds it."""

    def __init__(self) -> None:
        self._folders: dict[Path, Root] = {}
        self._guests: dict[Path, Root] = {}

    def replace(self, added: Iterable[Path], removed: Iterable[Path] = ()) -> None:
        """Add and remove folders."""
        for folder in removed:
            self._folders.pop(folder, None)
        for folder in added:
            path = find_root(folder)
            self._folders[folder] = Root(path, _is_wide(path))

    def roots(self) -> tuple[Root, ...]:
        """List the roots, each once."""
        return tuple({root.path: root for root in (*self._guests.values(), *self._folders.values())}.values())

    def root_of(self, path: Path) -> Root | None:
        """Find the deepest root that holds a path."""
        holding = [root for root in self.roots() if path.is_relative_to(root.path)]
        return max(holding, key=lambda root: len(root.path.parts), default=None)

    def adopt(self, path: Path) -> Root:
        """Return the root of a file, and take up one of its own where no folder holds it."""
        root = self.root_of(path)
        if root is None:
            found = find_root(path)
            root = self._guests[found] = Root(found, _is_wide(found) or not _is_marked(found))
        return root

    def drop_guests(self, still_open: Iterable[Path]) -> None:
        """Let go of roots that were taken up for files which are no longer open."""
        files = list(still_open)
        self._guests = {path: root for path, root in self._guests.items() if any(file.is_relative_to(path) for file in files)}


def _is_wide(path: Path) -> bool:
    """Tell whether a folder is a home or a whole disk: what lies below is no one project."""
    return path.parent == path or path == Path.home() or path in Path.home().parents


def _is_marked(path: Path) -> bool:
    return any((path / name).exists() for name in (".git", DESIGN_FILE, *MANIFESTS))
