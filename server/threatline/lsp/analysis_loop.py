"""The one thread that analyzes. It takes the newest changes, and what it finds out of date it does not tell.

The event loop never waits for this thread: it hands over changes and gets events. A change of text cancels the analysis that runs,
because its result would be dropped; a look at the disk waits its turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from threatline.analysis.snapshot import Snapshot

log = logging.getLogger(__name__)


class Workspace(Protocol):
    """What is analyzed: `analysis.workspace.Workspace`, or a small stand-in in tests."""

    def refresh(
        self, paths: Sequence[Path] = (), *, progress: Callable[[str, int, int], None] | None = None, cancelled: Callable[[], bool] = ...
    ) -> Snapshot:
        """Look at the disk and analyze."""
        ...

    def overlay(self, file: str, text: bytes | None) -> None:
        """Put unsaved text over a file; None takes it away."""
        ...

    def analyze(self, *, cancelled: Callable[[], bool] = ...) -> Snapshot:
        """Analyze what is known."""
        ...

    def close(self) -> None:
        """Write down what is worth keeping, and let go."""
        ...


@dataclass(frozen=True, slots=True)
class Analyzed:
    """A reading of a root that holds every change up to `revision`."""

    root: Path
    revision: int
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Failed:
    """The analysis of a root broke down; changes up to `revision` were not read."""

    root: Path
    revision: int
    error: BaseException


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a look at the disk is: a phase in words, and steps done of all (0 where unknown)."""

    root: Path
    phase: str
    done: int
    total: int


Event = Analyzed | Failed | Progressed


class Token:
    """Says whether an analysis is still wanted."""

    def __init__(self, root: Path, revision: int) -> None:
        self.root = root
        self.revision = revision
        self._event = threading.Event()

    def cancel(self) -> None:
        """Say that the result is wanted no more."""
        self._event.set()

    def cancelled(self) -> bool:
        """Tell whether somebody said so."""
        return self._event.is_set()


@dataclass(slots=True)
class _Root:
    """A root: its workspace once it was needed, the unsaved texts, and what nobody has read yet."""

    workspace: Workspace | None = None
    texts: dict[str, bytes] = field(default_factory=dict)
    overlays: set[str] = field(default_factory=set)
    looks: int = 0
    looked: int = 0
    again: bool = False
    edited: int = 0
    failures: int = 0
    paused: bool = False

    @property
    def waits(self) -> bool:
        return not self.paused and (bool(self.overlays) or self.looks > self.looked or self.again)


_FAILURES = 2
"""Failures in a row after which a workspace is made anew."""


class AnalysisLoop:
    """Runs workspaces on one thread. All methods may be called from anywhere; `tell` is called on the thread."""

    def __init__(self, open_workspace: Callable[[Path], Workspace], tell: Callable[[Event], None]) -> None:
        self._open_workspace = open_workspace
        self._tell = tell
        self._condition = threading.Condition()
        self._roots: dict[Path, _Root] = {}
        self._running: Token | None = None
        self._revision = 0
        self._stopped = False
        self._leaving: list[Workspace] = []
        self._thread = threading.Thread(target=self._run, name="threatline-analysis", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """Cancel what runs and wait a moment for the thread to end."""
        with self._condition:
            self._stopped = True
            if self._running is not None:
                self._running.cancel()
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def edit(self, root: Path, file: str, text: bytes | None) -> int:
        """Hand over an editor's text, None for the disk's. Returns the revision that will hold it."""
        with self._condition:
            waiting = self._roots.setdefault(root, _Root())
            if text is None:
                waiting.texts.pop(file, None)
            else:
                waiting.texts[file] = text
            waiting.overlays.add(file)
            self._revision += 1
            waiting.edited = self._revision
            if self._running is not None:
                self._running.cancel()
            self._condition.notify()
            return self._revision

    def rescan(self, root: Path) -> int:
        """Ask for a look at the disk. Returns the revision that will hold it."""
        with self._condition:
            waiting = self._roots.setdefault(root, _Root())
            waiting.looks += 1
            waiting.paused = False
            self._revision += 1
            self._condition.notify()
            return self._revision

    def pause(self, root: Path) -> None:
        """Leave a root alone until the next look at its disk is asked for; what was changed meanwhile is read then."""
        with self._condition:
            waiting = self._roots.get(root)
            if waiting is not None:
                waiting.paused = True
            if self._running is not None and self._running.root == root:
                self._running.cancel()

    def forget(self, root: Path) -> None:
        """Drop a root and everything known of it."""
        with self._condition:
            known = self._roots.pop(root, None)
            if known is not None and known.workspace is not None:
                self._leaving.append(known.workspace)
            self._condition.notify()
            if self._running is not None and self._running.root == root:
                self._running.cancel()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._stopped or self._leaving or any(root.waits for root in self._roots.values()))
                if self._stopped:
                    self._leaving += [root.workspace for root in self._roots.values() if root.workspace is not None]
                leaving, self._leaving = self._leaving, []
            for workspace in leaving:
                _close(workspace)
            with self._condition:
                if self._stopped:
                    return
                if not any(root.waits for root in self._roots.values()):
                    continue
                # What was edited last comes first; of those never edited, the one that has waited longest.
                path = max((path for path, root in self._roots.items() if root.waits), key=lambda path: self._roots[path].edited)
                token = self._running = Token(path, self._revision)
            try:
                self._work(token, self._roots[path])
            finally:
                with self._condition:
                    self._running = None

    def _work(self, token: Token, root: _Root) -> None:
        """Analyze a root once and tell what came of it; a cancelled analysis is taken up again."""
        try:
            snapshot = self._analyze(token, root)
        except Exception as error:  # whatever breaks in there, the editor goes on
            if token.cancelled():
                return
            log.exception("the analysis of %s failed", token.root)
            self._give_up(root)
            self._tell(Failed(token.root, token.revision, error))
            return
        if not token.cancelled():
            root.failures = 0
            root.again = False
            self._tell(Analyzed(token.root, token.revision, snapshot))

    def _analyze(self, token: Token, root: _Root) -> Snapshot:
        if root.workspace is None:
            root.workspace = self._open_workspace(token.root)
            with self._condition:
                root.looked = 0
                root.overlays |= root.texts.keys()
        with self._condition:
            taken = {file: root.texts.get(file) for file in root.overlays}
            root.overlays.clear()
            looks, root.again = root.looks, True
        for file in sorted(taken):
            root.workspace.overlay(file, taken[file])
        if looks == root.looked:
            return root.workspace.analyze(cancelled=token.cancelled)
        snapshot = root.workspace.refresh(progress=partial(self._progressed, token), cancelled=token.cancelled)
        if not token.cancelled():
            root.looked = looks
        return snapshot

    def _progressed(self, token: Token, phase: str, done: int, total: int) -> None:
        self._tell(Progressed(token.root, phase, done, total))

    def _give_up(self, root: _Root) -> None:
        """Wait for the next change; a workspace that keeps failing is made anew then."""
        with self._condition:
            root.failures += 1
            root.again = False
            root.looked = root.looks
            if root.failures >= _FAILURES:
                root.workspace = None
                root.failures = 0


def _close(workspace: Workspace) -> None:
    try:
        workspace.close()
    except Exception:  # the next start reads everything anew, that is all
        log.exception("a workspace could not be closed")
