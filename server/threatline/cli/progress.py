"""Progress on standard error, for people who wait: only on a terminal, and only when it takes more than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE: Final = 1.0
_EVERY: Final = 0.05


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function to call with what is being done, how many of them are done, and of how many."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    shown = _Shown()
    try:
        yield shown.update
    finally:
        shown.stop()


class _Shown:
    def __init__(self) -> None:
        self._started = self._last = time.monotonic()
        self._bar: Progress | None = None
        self._tasks: dict[str, int] = {}

    def update(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._started < _PATIENCE or (now - self._last < _EVERY and done < total):
            return
        self._last = now
        bar = self._bar = self._bar or _bar()
        if what not in self._tasks:
            self._tasks[what] = bar.add_task(what, total=total)
        bar.update(bar.tasks[self._tasks[what]].id, completed=done, total=total)

    def stop(self) -> None:
        if self._bar:
            self._bar.stop()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=Console(stderr=True), transient=True
    )
    bar.start()
    return bar
