"""Changes on the disk: told by the editor where it watches files, else seen by a watcher of our own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from lsprotocol import types

from threatline.lsp.client import Json
from threatline.lsp.paths import path_of
from threatline.lsp.session import Session
from threatline.source.languages import LANGUAGES
from threatline.source.listing import SKIPPED, list_files

log = logging.getLogger(__name__)

GLOBS = (
    "**/*.{" + ",".join(sorted(suffix[1:] for suffix in LANGUAGES)) + "}",
    "**/*.{yaml,yml,json,toml,ini,cfg,env,lock,md}",
    "**/{Dockerfile,Containerfile,requirements.txt,.gitignore,.env,.env.*,.cursorrules,.windsurfrules,.clinerules,*.mdc}",
)
"""What the editor is asked to watch: programs, and the files that say how they run."""

QUIET = 0.1
"""Seconds without a change before the disk is looked at: a branch switch is one change."""

MOST_FOLDERS = 4000
"""Folders watched by ourselves; beyond that, files are looked at when they are saved."""


class Watcher:
    """Looks at a root's disk again when something has changed there."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timers: dict[Path, asyncio.TimerHandle] = {}
        self._tasks: dict[Path, asyncio.Task[None]] = {}
        session.changed.append(self._watch)

    def registration(self) -> Json:
        """Return what the editor is to watch."""
        return {
            "id": "threatline-files",
            "method": types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
            "registerOptions": {"watchers": [{"globPattern": glob} for glob in GLOBS]},
        }

    def told(self, uris: list[str]) -> None:
        """Take note that files have changed, appeared or gone."""
        paths = [path for path in map(path_of, uris) if path is not None]
        for root in self._session.folders.roots():
            if not root.loose and any(path.is_relative_to(root.path) for path in paths):
                self.soon(root.path)

    def soon(self, root: Path) -> None:
        """Look at a root once it has been quiet for a moment."""
        timer = self._timers.pop(root, None)
        if timer is not None:
            timer.cancel()
        self._timers[root] = asyncio.get_running_loop().call_later(QUIET, self._look, root)

    def close(self) -> None:
        """Stop watching."""
        for task in self._tasks.values():
            task.cancel()

    def _look(self, root: Path) -> None:
        self._timers.pop(root, None)
        if any(known.path == root and not known.loose for known in self._session.folders.roots()):
            self._session.rescan(root)

    def _watch(self, root: Path) -> None:
        """Begin to watch a root that has been read, or stop when it is gone."""
        task = self._tasks.get(root)
        if root not in self._session.readings:
            if task is not None:
                self._tasks.pop(root).cancel()
            return
        known = next((known for known in self._session.folders.roots() if known.path == root), None)
        if (
            task is None
            and known is not None
            and not known.loose
            and not self._session.client.watches_files
            and self._session.settings.watchFiles
        ):
            self._tasks[root] = asyncio.get_running_loop().create_task(self._own(root))

    async def _own(self, root: Path) -> None:
        """Watch the folders that hold a root's files, and no others: those of packages and builds cost watches and tell nothing."""
        new: set[Path] = set()
        while True:
            folders = await asyncio.to_thread(folders_of, root, frozenset(new))
            if len(folders) > MOST_FOLDERS:
                log.info("%s has %d folders: not watched", root, len(folders))
                return
            news: asyncio.Queue[list[str]] = asyncio.Queue()
            stop = threading.Event()
            loop = asyncio.get_running_loop()
            # A thread that ends with the process: one that must be waited for would keep a server alive that nobody needs.
            threading.Thread(target=_watch_folders, args=(folders, stop, loop, news.put_nowait), daemon=True).start()
            try:
                while not (made := new_folders(await news.get())):
                    self.soon(root)
            finally:
                stop.set()
            self.soon(root)
            new |= made


def _watch_folders(folders: list[Path], stop: threading.Event, loop: asyncio.AbstractEventLoop, tell: Callable[[list[str]], None]) -> None:
    from watchfiles import watch

    with contextlib.suppress(RuntimeError):  # the event loop has ended
        try:
            for changes in watch(*folders, stop_event=stop, recursive=False, debounce=400, step=400, rust_timeout=60_000):
                loop.call_soon_threadsafe(tell, [path for _, path in changes])
        except OSError as error:
            log.warning("cannot watch: %s", error)


def folders_of(root: Path, new: frozenset[Path] = frozenset()) -> list[Path]:
    """List the folders that hold a root's files, the root among them, and those of `new` that are still there."""
    names = {file.rpartition("/")[0] for file in list_files(root).files}
    above = {"/".join(parts[:count]) for name in names for parts in [name.split("/")] for count in range(len(parts) + 1)}
    listed = {root / name for name in names | above | {""}}
    return sorted(folder for folder in listed | new if folder.is_dir())


def new_folders(changed: Iterable[str]) -> set[Path]:
    """List the folders among changed paths, and those in them: their files may have come before anybody watched them."""
    found: set[Path] = set()
    for path in map(Path, changed):
        if path.name not in SKIPPED and path.is_dir() and not path.is_symlink():
            for folder, inner, _ in os.walk(path):
                inner[:] = [name for name in inner if name not in SKIPPED]
                found.add(Path(folder))
                if len(found) > MOST_FOLDERS:
                    return found
    return found
