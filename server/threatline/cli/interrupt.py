"""Ctrl-C: the analysis is asked to stop, then told to, then the process ends; all within a second."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

_TOLD_AFTER: Final = 0.5
_ENDED_AFTER: Final = 0.95


@contextlib.contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed, for the analysis to poll.

    Raises KeyboardInterrupt at its end if it was pressed, or inside it if nobody polls for half a second. Where nothing can be raised
    (one long call of foreign code) the process ends by itself: files are written whole or not at all, so nothing is left half done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    stopped = threading.Event()
    timers: list[threading.Timer] = []

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        timers.extend(
            (threading.Timer(_TOLD_AFTER, signal.raise_signal, (signal.SIGINT,)), threading.Timer(_ENDED_AFTER, os._exit, (130,)))
        )
        for timer in timers:
            timer.daemon = True
            timer.start()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield stopped.is_set
    finally:
        signal.signal(signal.SIGINT, before)
        for timer in timers:
            timer.cancel()
    if stopped.is_set():
        raise KeyboardInterrupt
