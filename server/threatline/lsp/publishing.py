"""Diagnostics on their way to the editor: sent where it cannot pull, asked to be pulled again where it can."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types

from threatline.lsp.authoring import Authoring
from threatline.lsp.client import Json
from threatline.lsp.diagnostics import EMPTY, FileReport, full_or_unchanged
from threatline.lsp.session import Session

_QUIET = 0.05
"""Seconds to wait before asking the editor to pull again: most editors do so by themselves for what is being typed."""

_PART = 100
"""Files in one part of an answer to a workspace pull."""


class Publisher:
    """Keeps what the editor has been told, and tells it what differs."""

    def __init__(self, session: Session, authoring: Authoring) -> None:
        self._session = session
        self._authoring = authoring
        self._told: dict[Path, dict[str, str]] = {}
        self._pulled: dict[str, str] = {}
        self._pulling: dict[str, int] = {}
        self._refreshing: asyncio.Task[None] | None = None
        session.changed.append(self.publish)

    def publish(self, root: Path) -> None:
        """Tell the editor of a root's new reading; a root that is gone has no diagnostics."""
        if self._session.client.pulls:
            if self._refreshing is None or self._refreshing.done():
                self._refreshing = asyncio.get_running_loop().create_task(self._refresh())
            return
        told = self._told.setdefault(root, {})
        reports = self._reports(root)
        for uri in sorted(told.keys() | reports.keys()):
            report = reports.get(uri, EMPTY)
            if told.get(uri, EMPTY.result_id) != report.result_id:
                self._send(uri, report)
        self._told[root] = {uri: report.result_id for uri, report in reports.items()}

    def publish_all(self) -> None:
        """Tell the editor of every root, after a document was opened, closed or moved."""
        for root in sorted(self._told.keys() | self._session.readings.keys()):
            self.publish(root)

    async def document(self, params: types.DocumentDiagnosticParams) -> Json:
        """Answer a pull for one document, once its text as it is now has been analyzed."""
        uri = params.text_document.uri
        self._pulling[uri] = self._pulling.get(uri, 0) + 1
        try:
            await self._session.settled(uri)
            await self._authoring.checked(uri)
        finally:
            self._pulling[uri] -= 1
        located = self._session.locate(uri)
        report = EMPTY if located is None else self._session.report(located)
        self._pulled[uri] = report.result_id
        return full_or_unchanged(report, params.previous_result_id)

    async def workspace(self, params: types.WorkspaceDiagnosticParams) -> Json:
        """Answer a pull for everything. Waits while the editor has it all already, as long as it likes.

        Where the editor takes parts, they are sent as they come, and it is told of all that follows until it asks no more.
        """
        known = {previous.uri: previous.value for previous in params.previous_result_ids}
        if params.partial_result_token is not None:
            return await self._stream(params.partial_result_token, known)
        while True:
            news = asyncio.ensure_future(self._session.news())
            reports = self._all_reports()
            items = [self._item(uri, reports.get(uri, EMPTY), known.get(uri)) for uri in sorted(reports.keys() | known.keys())]
            if any(item["kind"] == "full" for item in items) or (not known and self._session.readings):
                news.cancel()
                return {"items": items}
            await news

    async def _stream(self, token: int | str, known: dict[str, str]) -> Json:
        while True:
            reports = self._all_reports()
            items = [self._item(uri, reports.get(uri, EMPTY), known.get(uri)) for uri in sorted(reports.keys() | known.keys())]
            full = [item for item in items if item["kind"] == "full"]
            for start in range(0, len(full), _PART):
                part: Json = {"items": full[start : start + _PART]}
                self._session.protocol.notify(types.PROGRESS, {"token": token, "value": part})
            known = {uri: report.result_id for uri, report in reports.items()}
            await self._session.news()

    def _all_reports(self) -> dict[str, FileReport]:
        return {uri: report for root in sorted(self._session.readings) for uri, report in self._reports(root).items()}

    def _item(self, uri: str, report: FileReport, previous: str | None) -> Json:
        document = self._session.documents.get(uri)
        return {**full_or_unchanged(report, previous), "uri": uri, "version": None if document is None else document.version}

    def _reports(self, root: Path) -> dict[str, FileReport]:
        """List a root's diagnostics by URI: those of files that are no deeper root's, and that the settings let be shown."""
        reading = self._session.readings.get(root)
        found = {} if reading is None else reading.reports
        by_uri = {self._session.uri(root, file): report for file, report in sorted(found.items()) if self._session.owns(root, file)}
        for uri in sorted(self._session.authored):
            located = self._session.locate(uri)
            if located is not None and located.root.path == root:
                by_uri[uri] = self._session.report(located)
        if self._session.settings.scope == "workspace":
            return by_uri
        return {uri: report for uri, report in by_uri.items() if self._session.documents.get(uri) is not None}

    def _send(self, uri: str, report: FileReport) -> None:
        message: Json = {"uri": uri, "diagnostics": report.items}
        document = self._session.documents.get(uri)
        if document is not None and self._session.client.diagnostic_version:
            message["version"] = document.version
        self._session.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, message)

    async def _refresh(self) -> None:
        await asyncio.sleep(_QUIET)
        for document in self._session.documents:
            located = self._session.locate(document.uri)
            report = EMPTY if located is None else self._session.report(located)
            if not self._pulling.get(document.uri) and self._pulled.get(document.uri, EMPTY.result_id) != report.result_id:
                await self._session.protocol.ask(types.WORKSPACE_DIAGNOSTIC_REFRESH)
                return
