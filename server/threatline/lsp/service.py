"""The language server put together: which handler answers which method."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from threatline import __version__
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.model import Knowledge
from threatline.lsp import actions, commands, hierarchy, hints, hover, lens, links, navigation, requests, symbols
from threatline.lsp.analysis_loop import AnalysisLoop, Event, Failed, Workspace
from threatline.lsp.authoring import Authoring
from threatline.lsp.capabilities import SOURCE, initialize_result
from threatline.lsp.client import Json, read_client
from threatline.lsp.configuration import SECTION, read_settings
from threatline.lsp.converter import tolerant_converter
from threatline.lsp.paths import path_of
from threatline.lsp.progress import ProgressBars
from threatline.lsp.protocol import Protocol
from threatline.lsp.publishing import Publisher
from threatline.lsp.session import Session
from threatline.lsp.watching import Watcher

log = logging.getLogger(__name__)

Opener = Callable[[Any], Workspace]


class ThreatlineServer(LanguageServer):
    """A server of one editor. `opener` makes the workspace of a root; tests give one of their own."""

    protocol: Protocol

    def __init__(self, opener: Opener | None = None, knowledge: Callable[[], Knowledge] | None = None) -> None:
        # The reader of standard input takes one thread of the pool, and nothing of ours takes any.
        super().__init__(SOURCE, __version__, protocol_cls=Protocol, converter_factory=tolerant_converter, max_workers=2)
        known = Known(knowledge or load_knowledge)
        self.session = Session(self.protocol, lambda tell: _analysis(opener or known.workspace, tell), known)
        self.authoring = Authoring(self.session)
        self.publisher = Publisher(self.session, self.authoring)
        self.progress_bars = ProgressBars(self.session)
        self.watcher = Watcher(self.session)
        self.lens_refresher = lens.LensRefresher(self.session)
        self._told_of_failure = False
        self.session.failed.append(self._tell_failure)
        self._register()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error; the editor is not bothered with each of them."""
        log.error("%s: %s", getattr(source, "__name__", source), error)

    def _tell_failure(self, event: Failed) -> None:
        """Tell the user once that an analysis broke down; the last good reading stays."""
        if self._told_of_failure:
            return
        self._told_of_failure = True
        what = f"{type(event.error).__name__}: {event.error}"
        text = f"Threatline could not analyze {event.root.name} ({what}). The last result stays; the log has more."
        self.protocol.notify(types.WINDOW_SHOW_MESSAGE, {"type": 1, "message": text})

    def _register(self) -> None:
        now, later = self._now, self._later
        now(types.INITIALIZE, self._initialize)
        now(types.INITIALIZED, self._initialized)
        now(types.EXIT, self._exit)
        now(types.TEXT_DOCUMENT_DID_OPEN, self._opened)
        now(types.TEXT_DOCUMENT_DID_CHANGE, self._changed)
        now(types.TEXT_DOCUMENT_DID_CLOSE, self._closed)
        now(types.TEXT_DOCUMENT_DID_SAVE, self._saved)
        now(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, self._folders_changed)
        now(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, lambda params: self.watcher.told([change.uri for change in params.changes]))
        now(types.WORKSPACE_DID_CREATE_FILES, lambda params: self.watcher.told([file.uri for file in params.files]))
        now(types.WORKSPACE_DID_DELETE_FILES, lambda params: self.watcher.told([file.uri for file in params.files]))
        now(
            types.WORKSPACE_DID_RENAME_FILES,
            lambda params: self.watcher.told([uri for file in params.files for uri in (file.old_uri, file.new_uri)]),
        )
        now(types.WORKSPACE_DID_CHANGE_CONFIGURATION, self._configuration_changed)
        now(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, lambda params: self.progress_bars.cancel(params.token))
        later(types.TEXT_DOCUMENT_DIAGNOSTIC, self.publisher.document)
        later(types.WORKSPACE_DIAGNOSTIC, self.publisher.workspace)
        later(types.TEXT_DOCUMENT_HOVER, self._hover)
        later(types.TEXT_DOCUMENT_COMPLETION, self.authoring.completion)
        later(types.TEXT_DOCUMENT_CODE_ACTION, partial(actions.code_action, self.session))
        later(types.CODE_ACTION_RESOLVE, partial(actions.resolve, self.session))
        later(types.TEXT_DOCUMENT_CODE_LENS, partial(lens.code_lens, self.session))
        later(types.TEXT_DOCUMENT_DOCUMENT_LINK, partial(links.document_links, self.session))
        later(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, partial(symbols.document_symbols, self.session))
        later(types.WORKSPACE_SYMBOL, partial(symbols.workspace_symbols, self.session))
        later(types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, partial(hierarchy.prepare, self.session))
        later(types.CALL_HIERARCHY_INCOMING_CALLS, partial(hierarchy.incoming, self.session))
        later(types.CALL_HIERARCHY_OUTGOING_CALLS, partial(hierarchy.outgoing, self.session))
        later(types.TEXT_DOCUMENT_INLAY_HINT, partial(hints.inlay_hints, self.session))
        later(types.TEXT_DOCUMENT_DEFINITION, partial(navigation.definition, self.session))
        later(types.TEXT_DOCUMENT_REFERENCES, partial(navigation.references, self.session))
        later(types.WORKSPACE_EXECUTE_COMMAND, partial(commands.execute, self.session))
        for method, handler in requests.METHODS.items():
            later(method, partial(handler, self.session))

    def _now(self, method: str, handler: Callable[[Any], Any]) -> None:
        """Register a handler that runs at once, in the order of the messages."""

        def handle(params: Any = None) -> Any:
            return handler(params)

        self.feature(method)(handle)

    def _later(self, method: str, handler: Callable[[Any], Awaitable[Any]]) -> None:
        """Register a handler that may wait, and that the editor may cancel."""

        async def handle(params: Any = None) -> Any:
            return await handler(params)

        self.feature(method)(handle)

    def _initialize(self, params: Json) -> Json:
        client = read_client(params.get("capabilities"))
        self.session.begin(client)
        self.session.settings = read_settings(params.get("initializationOptions"))
        folders = params.get("workspaceFolders") or [{"uri": params.get("rootUri") or ""}]
        found = [path_of(str(folder.get("uri") or "")) for folder in folders if isinstance(folder, dict)]
        self.session.folders.replace([path for path in found if path is not None])
        self.protocol.initialized = True
        return initialize_result(client)

    def _initialized(self, _params: Any) -> None:
        self.session.watch_roots()
        asyncio.get_running_loop().create_task(self._introduce())

    async def _introduce(self) -> None:
        """Ask for what an editor only gives once it is ready: its settings, and that it tells of changes."""
        client = self.session.client
        wanted = [self.watcher.registration()] if client.watches_files else []
        if client.configuration_changes:
            method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
            wanted.append({"id": "threatline-settings", "method": method, "registerOptions": {"section": SECTION}})
        if wanted:
            await self.protocol.ask(types.CLIENT_REGISTER_CAPABILITY, {"registrations": wanted})
        await self._pull_settings()

    async def _pull_settings(self) -> None:
        if not self.session.client.configuration:
            return
        answer = await self.protocol.ask(types.WORKSPACE_CONFIGURATION, {"items": [{"section": SECTION}]})
        if isinstance(answer, list) and answer and isinstance(answer[0], dict):
            self._set(answer[0])

    def _configuration_changed(self, params: types.DidChangeConfigurationParams) -> None:
        if self.session.client.configuration:
            asyncio.get_running_loop().create_task(self._pull_settings())
        else:
            self._set(params.settings)

    def _set(self, value: Json) -> None:
        settings = read_settings(value)
        if settings != self.session.settings:
            self.session.settings = settings
            self.session.report_again()
            self.lens_refresher.again()

    async def _hover(self, params: types.HoverParams) -> Json:
        if self.authoring.is_ours(params.text_document.uri):
            return await self.authoring.hover(params)
        return await hover.hover(self.session, params)

    def _opened(self, params: types.DidOpenTextDocumentParams) -> None:
        document = self.session.documents.open(params.text_document)
        self.session.edited(document)
        self.authoring.changed(document)
        self.session.arrived()

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.session.documents.change(params, self.session.client.units)
        if document is not None:
            self.session.edited(document)
            self.authoring.changed(document)
            self.session.arrived()

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        document = self.session.documents.close(params.text_document.uri)
        if document is not None:
            self.session.closed(document)
            self.authoring.closed(document.uri)
            self.session.arrived()

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        # A watcher may have missed what the save brought with it; editors that watch tell of it themselves.
        if not self.session.client.watches_files:
            self.watcher.told([params.text_document.uri])

    def _folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        added = [path_of(folder.uri) for folder in params.event.added]
        removed = [path_of(folder.uri) for folder in params.event.removed]
        self.session.folders.replace([path for path in added if path], [path for path in removed if path])
        self.session.replaced_folders()

    def _exit(self, _params: Any) -> None:
        """End the process. The thread that reads standard input would wait for ever, so nothing waits for it."""
        self.watcher.close()
        self.session.close()
        sys.stdout.flush()
        os._exit(0 if self.protocol._shutdown else 1)


class Known:
    """The knowledge, loaded on the thread that first needs it, and workspaces that share it."""

    def __init__(self, load: Callable[[], Knowledge]) -> None:
        self._load = load
        self._knowledge: Knowledge | None = None

    def __call__(self) -> Knowledge:
        """Return the knowledge."""
        if self._knowledge is None:
            self._knowledge = self._load()
        return self._knowledge

    def workspace(self, root: Any) -> Workspace:
        """Open a workspace."""
        from threatline.analysis.workspace import Workspace as Analyzed

        return Analyzed(root, self())


def _analysis(opener: Opener, tell: Callable[[Event], None]) -> AnalysisLoop:
    return AnalysisLoop(opener, tell)
