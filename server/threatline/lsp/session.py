"""One editor's session: its documents, the last reading of each root, and who waits for what. Lives on the event loop alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.knowledge.model import Knowledge
from threatline.lsp.analysis_loop import AnalysisLoop, Analyzed, Event, Failed, Progressed
from threatline.lsp.client import Client, Json
from threatline.lsp.configuration import Settings
from threatline.lsp.convert import Ranges, range_of
from threatline.lsp.diagnostics import EMPTY, FileReport, Reports
from threatline.lsp.documents import Document, DocumentStore
from threatline.lsp.drift import Drift, drift_between
from threatline.lsp.folders import Folders, Root
from threatline.lsp.paths import file_id, path_in, path_of, uri_of
from threatline.lsp.protocol import Protocol
from threatline.source.file import SourceFile, Span
from threatline.source.lines import Units

log = logging.getLogger(__name__)

_FIRST_PATIENCE = 20.0
"""Seconds to wait for the first reading of a root; an editor that has lost interest cancels."""


@dataclass(slots=True)
class Reading:
    """What is known of a root: the last snapshot, the revision it holds, and its files' diagnostics."""

    snapshot: Snapshot
    revision: int
    maker: Reports
    reports: dict[str, FileReport] = field(default_factory=dict)


class Located(NamedTuple):
    """A file of a root."""

    root: Root
    file: str


class Current(NamedTuple):
    """An open file in a snapshot, and how far its text has moved since."""

    root: Path
    file: str
    snapshot: Snapshot
    document: Document
    drift: Drift

    @property
    def exact(self) -> bool:
        """Tell whether the snapshot holds the text as the editor has it."""
        return self.snapshot.files[self.file].text == self.document.text

    def offset(self, position: types.Position, units: Units) -> int | None:
        """Find the snapshot's offset of a position in the editor; None where the text has changed since."""
        return self.drift.to_analyzed(self.document.index.offset(position.line, position.character, units))

    def range(self, span: Span, units: Units) -> Json | None:
        """Find the range in the editor of a span of the snapshot; None where the text has changed since."""
        now = self.drift.to_editor(span)
        return None if now is None else range_of(self.document.index, now, units)


@dataclass(slots=True)
class _Waiter:
    root: Path
    revision: int
    future: asyncio.Future[None]


class Session:
    """The state that requests share.

    `changed` hears of each root whose reading is new or gone, `progressed` and `failed` of those events.
    """

    def __init__(
        self, protocol: Protocol, start: Callable[[Callable[[Event], None]], AnalysisLoop], knowledge: Callable[[], Knowledge]
    ) -> None:
        self.protocol = protocol
        self.client = Client()
        self.settings = Settings()
        self.documents = DocumentStore()
        self.folders = Folders()
        self.ranges = Ranges(self.client.units)
        self.readings: dict[Path, Reading] = {}
        self.authored: dict[str, FileReport] = {}
        self.changed: list[Callable[[Path], None]] = []
        self.progressed: list[Callable[[Progressed], None]] = []
        self.failed: list[Callable[[Failed], None]] = []
        self._knowledge = knowledge
        self._start = start
        self._analysis: AnalysisLoop | None = None
        self._edited: dict[Path, int] = {}
        self._done: dict[Path, int] = {}
        self._revisions: dict[str, int] = {}
        self._placed: dict[str, Located] = {}
        self._waiters: list[_Waiter] = []
        self._news = asyncio.Event()
        self._arrival = asyncio.Event()
        self._scanned: set[Path] = set()
        self._paused: set[Path] = set()
        self._pages: Path | None = None
        self._tasks: set[asyncio.Task[Json]] = set()

    @property
    def knowledge(self) -> Knowledge:
        """Return what the rules folders say."""
        return self._knowledge()

    @property
    def analysis(self) -> AnalysisLoop:
        """Return the analysis, started when it is first needed."""
        if self._analysis is None:
            loop = asyncio.get_running_loop()
            self._analysis = self._start(lambda event: _later(loop, self._take, event))
            self._analysis.start()
        return self._analysis

    def close(self) -> None:
        """Stop the analysis, and take away the pages that were written."""
        if self._analysis is not None:
            self._analysis.stop()
        if self._pages is not None:
            shutil.rmtree(self._pages, ignore_errors=True)

    def pages(self) -> Path:
        """Return this session's own folder for pages that a browser shows."""
        if self._pages is None:
            self._pages = Path(tempfile.mkdtemp(prefix="threatline-"))
        return self._pages

    def begin(self, client: Client) -> None:
        """Take note of the client; columns are counted its way from now on."""
        self.client = client
        self.ranges = Ranges(client.units)

    def edited(self, document: Document) -> None:
        """Hand a document's text to the analysis."""
        path = path_of(document.uri)
        if path is None:
            return
        root = self.folders.adopt(path)
        file = file_id(root.path, path)
        before = self._placed.get(document.uri)
        if file is None:
            return
        self._placed[document.uri] = Located(root, file)
        if before is not None and before.root.path != root.path:
            self._edit(before.root.path, before.file, None)
        self.watch_roots()
        self._revisions[document.uri] = self._edit(root.path, file, document.text)

    def closed(self, document: Document) -> None:
        """Give a document's file back to the disk."""
        located = self._placed.pop(document.uri, None)
        self._revisions.pop(document.uri, None)
        if located is None:
            return
        self._edit(located.root.path, located.file, None)
        self.folders.drop_guests(path for path in (path_of(other.uri) for other in self.documents) if path is not None)
        self.watch_roots()

    def watch_roots(self) -> None:
        """Analyze roots that are new, and forget those that are gone."""
        roots = {root.path: root for root in self.folders.roots()}
        for path in self._scanned - roots.keys():
            self._forget(path)
        for path in roots.keys() - self._scanned:
            self._scanned.add(path)
            if not roots[path].loose:
                self.rescan(path)

    def rescan(self, root: Path) -> None:
        """Look at a root's files on the disk again."""
        self._paused.discard(root)
        self.analysis.rescan(root)

    def pause(self, root: Path) -> None:
        """Stop reading a root, as its user asked, until a file of it is saved or something is asked of it. Nobody is kept waiting."""
        self._paused.add(root)
        self.analysis.pause(root)
        self._release(root, None)
        self.stir()

    def is_paused(self, root: Path) -> bool:
        """Tell whether a root's user has stopped its reading."""
        return root in self._paused

    def resume(self, root: Path) -> None:
        """Go on with a root that was stopped."""
        if root in self._paused:
            self.rescan(root)

    def replaced_folders(self) -> None:
        """Move open documents to the roots that they belong to now."""
        self.watch_roots()
        for document in self.documents:
            self.edited(document)

    def locate(self, uri: str) -> Located | None:
        """Find the root and id of a file, open or not; None where no root holds it."""
        placed = self._placed.get(uri)
        if placed is not None:
            return placed
        path = path_of(uri)
        root = None if path is None else self.folders.root_of(path)
        file = None if root is None or path is None else file_id(root.path, path)
        return None if root is None or file is None else Located(root, file)

    def uri(self, root: Path, file: str) -> str:
        """Return a file's URI, as the editor spells it where the file is open."""
        for uri, placed in self._placed.items():
            if placed.file == file and placed.root.path == root:
                return uri
        return uri_of(path_in(root, file))

    def report(self, located: Located) -> FileReport:
        """Return a file's diagnostics as they are known."""
        reading = self.readings.get(located.root.path)
        found = EMPTY if reading is None else reading.reports.get(located.file, EMPTY)
        authored = self.authored.get(self.uri(located.root.path, located.file))
        return found if authored is None else FileReport.of([*found.items, *authored.items])

    def owns(self, root: Path, file: str) -> bool:
        """Tell whether a file belongs to this root, and not to a deeper one."""
        found = self.folders.root_of(path_in(root, file))
        return found is not None and found.path == root

    async def settled(self, uri: str) -> None:
        """Wait until a document's text, as it is now, has been analyzed; for a file that is not open, until its root has been."""
        located = self.locate(uri)
        if located is None:
            return
        revision = self._revisions.get(uri, 0)
        if self._done.get(located.root.path, -1) >= revision or located.root.path in self._paused:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(_Waiter(located.root.path, revision, future))
        await future

    async def arrival(self) -> None:
        """Wait until the editor has opened, changed or closed a document."""
        await self._arrival.wait()

    def arrived(self) -> None:
        """Wake those who wait for a document's next version."""
        self._arrival.set()
        self._arrival = asyncio.Event()

    async def news(self) -> None:
        """Wait until something has been analyzed or set anew."""
        await self._news.wait()

    def stir(self) -> None:
        """Wake those who wait for news."""
        self._news.set()
        self._news = asyncio.Event()

    async def current(self, uri: str, patience: float = 1.0, first: float = _FIRST_PATIENCE) -> Current | None:
        """Return the snapshot that holds a document as it is now, or after `patience` seconds the last one that is known.

        Where nothing has been read yet, it waits `first` seconds.
        None where the document is not open, or nothing has been read in a reasonable time.
        """
        located = self.locate(uri)
        known = located is not None and located.root.path in self.readings
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.settled(uri), patience if known else first)
        located, document = self.locate(uri), self.documents.get(uri)
        reading = None if located is None else self.readings.get(located.root.path)
        if located is None or document is None or reading is None:
            return None
        source = reading.snapshot.files.get(located.file)
        if source is None:
            return None
        return Current(located.root.path, located.file, reading.snapshot, document, drift_between(source.text, document.text))

    def moved(self, source: SourceFile, document: Document, span: Span) -> Json | None:
        """Find the range in the editor of a span of an analyzed text; None where it has changed since."""
        now = drift_between(source.text, document.text).to_editor(span)
        return None if now is None else range_of(document.index, now, self.client.units)

    def tell_again(self, uri: str) -> None:
        """Tell of a document whose diagnostics are new without an analysis."""
        located = self.locate(uri)
        if located is not None:
            for tell in self.changed:
                tell(located.root.path)
            self.stir()

    def ask_soon(self, method: str) -> None:
        """Ask the client something whose answer does not matter."""
        task = asyncio.get_running_loop().create_task(self.protocol.ask(method))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def report_again(self) -> None:
        """Make all diagnostics anew, for other settings."""
        for root, reading in self.readings.items():
            reading.maker = self._maker(root)
            reading.reports = reading.maker.take(reading.snapshot)
            for tell in self.changed:
                tell(root)
        self.stir()

    def _maker(self, root: Path) -> Reports:
        client = self.client
        return Reports(root, self.ranges, related=client.related_information, tags=client.tags, settings=self.settings)

    def _edit(self, root: Path, file: str, text: bytes | None) -> int:
        revision = self.analysis.edit(root, file, text)
        self._edited[root] = revision
        return revision

    def _forget(self, root: Path) -> None:
        self._scanned.discard(root)
        self._paused.discard(root)
        self.analysis.forget(root)
        self.readings.pop(root, None)
        self._edited.pop(root, None)
        self._done.pop(root, None)
        self._release(root, None)
        for tell in self.changed:
            tell(root)
        self.stir()

    def _take(self, event: Event) -> None:
        """Take what the analysis tells; a reading that an edit has outdated is dropped."""
        if isinstance(event, Progressed):
            for report in self.progressed:
                report(event)
            return
        if event.root not in self._scanned:
            return
        if isinstance(event, Failed):
            for fail in self.failed:
                fail(event)
            self._release(event.root, event.revision)
            return
        if event.revision >= self._edited.get(event.root, 0):
            self._keep(event)

    def _keep(self, event: Analyzed) -> None:
        before = self.readings.get(event.root)
        maker = before.maker if before else self._maker(event.root)
        reports = maker.take(event.snapshot)
        self.readings[event.root] = Reading(event.snapshot, event.revision, maker, reports)
        self._release(event.root, event.revision)
        for tell in self.changed:
            tell(event.root)
        self.stir()

    def _release(self, root: Path, revision: int | None) -> None:
        """Let those go on who wait for a root; all of them where it is gone."""
        if revision is not None:
            self._done[root] = max(revision, self._done.get(root, -1))
        due = [waiter for waiter in self._waiters if waiter.root == root and (revision is None or waiter.revision <= revision)]
        self._waiters = [waiter for waiter in self._waiters if waiter not in due]
        for waiter in due:
            if not waiter.future.done():
                waiter.future.set_result(None)


def _later(loop: asyncio.AbstractEventLoop, function: Callable[[Event], None], event: Event) -> None:
    try:
        loop.call_soon_threadsafe(function, event)
    except RuntimeError:
        log.info("the event loop has ended")
