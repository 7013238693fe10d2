"""Ctrl-C: the analysis is asked to stop, then told to, then the process ends; all within a second."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Final

_TOLD_AFTER: Final = 0.5
_ENDED_AFTER: Final = 0.45
_OVER: Final = b"\xff"


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
    heard, told = socket.socketpair()
    told.setblocking(False)
    watcher = threading.Thread(target=_watch, args=(heard, stopped), daemon=True)

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    # Python runs a handler only between two steps of its own; the byte comes at once, even while foreign code runs.
    before, before_told = signal.signal(signal.SIGINT, handle), signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    watcher.start()
    try:
        yield stopped.is_set
    finally:
        signal.set_wakeup_fd(before_told)
        signal.signal(signal.SIGINT, before)
        told.send(_OVER)
        watcher.join()
        heard.close()
        told.close()
    if stopped.is_set():
        raise KeyboardInterrupt


def _watch(heard: socket.socket, stopped: threading.Event) -> None:
    """Wait for Ctrl-C, then for the end of the work; when that does not come in time, bring it about."""
    if _OVER in heard.recv(64):
        return
    stopped.set()
    for seconds, then in ((_TOLD_AFTER, _signal_main_thread), (_ENDED_AFTER, lambda: os._exit(130))):
        heard.settimeout(seconds)
        try:
            while _OVER not in heard.recv(64):
                pass
        except TimeoutError:
            then()
        else:
            return


def _signal_main_thread() -> None:
    # Sent to that very thread, so that it also leaves a system call that it waits in.
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)
