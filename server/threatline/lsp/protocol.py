"""The protocol's plumbing: pygls's, with the places stopped up where a strange message or a late answer would break something."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage, MsgId

from threatline.lsp.client import Json

log = logging.getLogger(__name__)

OURS = (
    types.INITIALIZE, types.INITIALIZED, types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE, types.TEXT_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, types.WORKSPACE_EXECUTE_COMMAND, types.WINDOW_WORK_DONE_PROGRESS_CANCEL,
    types.NOTEBOOK_DOCUMENT_DID_OPEN, types.NOTEBOOK_DOCUMENT_DID_CHANGE, types.NOTEBOOK_DOCUMENT_DID_CLOSE, types.EXIT,
)  # fmt: skip
"""Methods whose handlers in pygls we do without: its documents split lines where LSP does not, and cost O(file) a change."""


RAW = frozenset({types.INITIALIZE, types.CODE_ACTION_RESOLVE, types.CALL_HIERARCHY_INCOMING_CALLS, types.CALL_HIERARCHY_OUTGOING_CALLS})
"""Methods whose params stay as they were sent: what we put into them comes back, whatever else an editor knows."""


class Refused:
    """A request that could not be read; it is answered with an error."""

    jsonrpc = "2.0"

    def __init__(self, msg_id: MsgId, error: JsonRpcException) -> None:
        self.id = msg_id
        self.error = error


def _response(data: dict[str, Any]) -> Any:
    """Read an answer to a request of ours; its result stays a plain value."""
    error = plain(data.get("error"))
    if not error:
        return JsonRPCResponseMessage(data.get("id", 0), "2.0", data.get("result"))
    return types.ResponseErrorMessage(id=data.get("id"), error=types.ResponseError(error.get("code", 0), str(error.get("message", ""))))


class Protocol(LanguageServerProtocol):
    """What travels out is plain JSON values; what comes in is lsprotocol's types, but for `RAW` methods and our own."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        for method in OURS:
            self.fm.builtin_features.pop(method, None)
        self.initialized = False
        self.answered: set[MsgId] = set()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Make a message of a JSON object. One that cannot be read is refused, never dropped: its sender waits for an answer."""
        if "jsonrpc" not in data:
            return data
        method, msg_id = data.get("method"), data.get("id")
        if method is None:
            return _response(data)
        if method in RAW or method.startswith("threatline/"):
            params = data.get("params") or {}
            return JsonRPCNotification(method, "2.0", params) if msg_id is None else JsonRPCRequestMessage(msg_id, method, "2.0", params)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            return JsonRPCNotification(f"unreadable {method}", "2.0", None) if msg_id is None else Refused(msg_id, error)

    def handle_message(self, message: Any) -> None:
        """Handle a message; whatever may not be asked now is answered with an error."""
        if isinstance(message, Refused):
            self._send_response(message.id, error=message.error.to_response_error())
            return
        method = getattr(message, "method", None)
        if method is not None and hasattr(message, "id"):
            if self._shutdown:
                self._send_response(message.id, error=types.ResponseError(types.ErrorCodes.InvalidRequest, "the server is shutting down"))
                return
            if not self.initialized and method != types.INITIALIZE:
                self._send_response(message.id, error=types.ResponseError(types.ErrorCodes.ServerNotInitialized, "initialize comes first"))
                return
        elif method is not None and not self.initialized and method != types.EXIT:
            return
        super().handle_message(message)

    def _handle_response(self, msg_id: MsgId, result: Any = None, error: types.ResponseError | None = None) -> None:
        future = self._request_futures.get(msg_id)
        if future is not None and future.done():
            # We stopped waiting for this answer; a future can be set only once.
            self._request_futures.pop(msg_id)
            return
        super()._handle_response(msg_id, result, error)

    def _handle_cancel_notification(self, msg_id: MsgId) -> None:
        # The answer is sent by the request's own callback, which also takes it off the list.
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.cancel()

    def _send_response(self, msg_id: MsgId, result: Any = None, error: types.ResponseError | None = None) -> None:
        self._result_types.pop(msg_id, None)
        if msg_id in self.answered:
            self.answered.discard(msg_id)
            return
        if error is None:
            self._send_data({"jsonrpc": "2.0", "id": msg_id, "result": result})
            return
        code = error.code.value if isinstance(error.code, types.ErrorCodes | types.LSPErrorCodes) else error.code
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "error": {"code": code, "message": error.message}})

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification of plain values."""
        self._send_data({"jsonrpc": "2.0", "method": method, "params": params})

    def send_request(
        self, method: str, params: Any = None, callback: Callable[[Any], None] | None = None, msg_id: MsgId | None = None
    ) -> Future[Any]:
        """Send a request of plain values. The result is whatever comes; `ask` is the way to call this."""
        msg_id = msg_id or f"threatline-{os.urandom(8).hex()}"
        future: Future[Any] = Future()
        if callback is not None:
            future.add_done_callback(lambda done: None if done.cancelled() or done.exception() else callback(done.result()))
        self._request_futures[msg_id] = future
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "method": method, "params": params})
        return future

    async def ask(self, method: str, params: Json = None) -> Json:
        """Ask the client; None where it refuses, cannot answer, or is gone."""
        try:
            return await self.send_request_async(method, params)
        except (JsonRpcException, ConnectionError) as error:
            log.info("the client refused %s: %s", method, error)
            return None

    def _send_data(self, data: Any) -> None:
        if self.writer is None:
            return
        body = msgspec.json.encode(data)
        header = f"Content-Length: {len(body)}\r\n\r\n" if self._include_headers else ""
        sent: Awaitable[None] | None = self.writer.write(header.encode() + body)
        assert sent is None, "the writers in use write at once"


def plain(value: Any) -> Mapping[str, Any]:
    """Return a value as a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}
