"""The analysis thread: newest wins, cancelled work is taken up again, and nothing that breaks stops it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.analysis_loop import AnalysisLoop, Analyzed, Event, Failed, Progressed

ROOT = Path("/projects/a")
OTHER = Path("/projects/b")


class Slow:
    """A workspace whose analysis lasts until it is let go or cancelled; its revision says what it had read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[str, bytes] = {}
        self.looks = 0
        self.runs = 0
        self.started = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.fails = False
        self.closed = False

    def refresh(
        self, _paths: Sequence[Path] = (), *, progress: Callable[[str, int, int], None] | None = None, cancelled: Callable[[], bool] = bool
    ) -> Snapshot:
        self.looks += 1
        if progress is not None:
            progress("reading", 1, 2)
        return self.analyze(cancelled=cancelled)

    def close(self) -> None:
        self.closed = True

    def overlay(self, file: str, text: bytes | None) -> None:
        if text is None:
            self.texts.pop(file, None)
        else:
            self.texts[file] = text

    def analyze(self, *, cancelled: Callable[[], bool] = bool) -> Snapshot:
        self.runs += 1
        self.started.release()
        while not self.go.acquire(timeout=0.005):
            if cancelled():
                return Snapshot(str(self.root), "cancelled", "", complete=False)
        if self.fails:
            raise RuntimeError("broken")
        return Snapshot(str(self.root), ",".join(f"{file}={text.decode()}" for file, text in sorted(self.texts.items())), "")


class Bench:
    def __init__(self) -> None:
        self.opened: list[Slow] = []
        self.events: queue.Queue[Event] = queue.Queue()
        self.loop = AnalysisLoop(self.open, self.events.put)

    def open(self, root: Path) -> Slow:
        self.opened.append(Slow(root))
        return self.opened[-1]

    def workspace(self) -> Slow:
        while not self.opened:
            threading.Event().wait(0.001)
        return self.opened[-1]

    def next(self) -> Event:
        while True:
            event = self.events.get(timeout=5)
            if not isinstance(event, Progressed):
                return event


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    made.loop.start()
    yield made
    made.loop.stop()


def test_an_edit_is_analyzed(bench: Bench) -> None:
    revision = bench.loop.edit(ROOT, "a.py", b"1")
    bench.workspace().go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert (event.root, event.revision, event.snapshot.revision) == (ROOT, revision, "a.py=1")
    assert bench.workspace().looks == 0


def test_an_edit_cancels_what_runs_and_only_the_newest_is_told(bench: Bench) -> None:
    bench.loop.edit(ROOT, "a.py", b"1")
    workspace = bench.workspace()
    assert workspace.started.acquire(timeout=5)
    last = [bench.loop.edit(ROOT, "a.py", text) for text in (b"2", b"3", b"4")][-1]
    assert workspace.started.acquire(timeout=5)
    workspace.go.release()
    event = bench.next()
    while isinstance(event, Analyzed) and event.revision < last:
        workspace.go.release()
        event = bench.next()
    assert isinstance(event, Analyzed)
    assert (event.revision, event.snapshot.revision) == (last, "a.py=4")
    assert bench.events.empty()


def test_a_cancelled_look_at_the_disk_is_taken_up_again(bench: Bench) -> None:
    bench.loop.rescan(ROOT)
    workspace = bench.workspace()
    assert workspace.started.acquire(timeout=5)
    bench.loop.edit(ROOT, "a.py", b"1")
    assert workspace.started.acquire(timeout=5)
    workspace.go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert event.snapshot.revision == "a.py=1"
    assert workspace.looks == 2


def test_a_second_look_asked_for_during_the_first_is_not_forgotten(bench: Bench) -> None:
    bench.loop.rescan(ROOT)
    workspace = bench.workspace()
    assert workspace.started.acquire(timeout=5)
    revision = bench.loop.rescan(ROOT)
    workspace.go.release(2)
    events = [bench.next(), bench.next()]
    assert all(isinstance(event, Analyzed) for event in events)
    assert events[1].revision >= revision
    assert workspace.looks == 2


def test_the_root_that_is_typed_in_comes_before_one_that_is_only_read(bench: Bench) -> None:
    bench.loop.rescan(OTHER)
    reading = bench.workspace()
    assert reading.started.acquire(timeout=5)
    bench.loop.edit(ROOT, "a.py", b"1")
    while len(bench.opened) < 2:
        threading.Event().wait(0.001)
    bench.opened[1].go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert event.root == ROOT
    reading.go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert event.root == OTHER


def test_a_failure_is_told_and_the_next_edit_is_analyzed(bench: Bench) -> None:
    bench.loop.edit(ROOT, "a.py", b"1")
    workspace = bench.workspace()
    workspace.fails = True
    workspace.go.release()
    event = bench.next()
    assert isinstance(event, Failed)
    assert str(event.error) == "broken"
    workspace.fails = False
    bench.loop.edit(ROOT, "a.py", b"2")
    workspace.go.release()
    assert isinstance(bench.next(), Analyzed)


def test_a_workspace_that_keeps_failing_is_made_anew_with_all_unsaved_texts_and_the_disk(bench: Bench) -> None:
    bench.loop.rescan(ROOT)
    broken = bench.workspace()
    broken.fails = True
    broken.go.release()
    assert isinstance(bench.next(), Failed)
    bench.loop.edit(ROOT, "a.py", b"1")
    broken.go.release()
    assert isinstance(bench.next(), Failed)
    bench.loop.edit(ROOT, "b.py", b"2")
    while len(bench.opened) < 2:
        threading.Event().wait(0.001)
    bench.opened[1].go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert event.snapshot.revision == "a.py=1,b.py=2"
    assert bench.opened[1].looks == 1


def test_a_forgotten_root_is_told_of_no_more(bench: Bench) -> None:
    bench.loop.edit(ROOT, "a.py", b"1")
    workspace = bench.workspace()
    assert workspace.started.acquire(timeout=5)
    bench.loop.forget(ROOT)
    bench.loop.edit(OTHER, "b.py", b"2")
    while len(bench.opened) < 2:
        threading.Event().wait(0.001)
    bench.opened[1].go.release()
    event = bench.next()
    assert isinstance(event, Analyzed)
    assert event.root == OTHER
    assert bench.events.empty()
    assert workspace.closed


def test_it_stops_in_the_middle_of_an_analysis() -> None:
    bench = Bench()
    bench.loop.start()
    bench.loop.edit(ROOT, "a.py", b"1")
    assert bench.workspace().started.acquire(timeout=5)
    bench.loop.stop()
    assert not bench.loop._thread.is_alive()
    assert bench.workspace().closed
