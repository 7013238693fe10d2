"""What an editor should not send, and what should not break when it does. In one process, with a workspace that does as it is told."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from threatline.analysis.snapshot import Snapshot
from threatline.knowledge.model import Knowledge
from threatline.lsp.server import Replayed, answer_at_once, read_message
from threatline.lsp.service import ThreatlineServer

PROFILES = sorted((Path(__file__).parent / "profiles").glob("*.json"))


class Workspace:
    """Gives an empty snapshot, or fails."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.broken = False
        self.texts: dict[str, bytes] = {}

    def refresh(
        self, _paths: Sequence[Path] = (), *, progress: Callable[[str, int, int], None] | None = None, cancelled: Callable[[], bool] = bool
    ) -> Snapshot:
        assert progress is not None
        return self.analyze(cancelled=cancelled)

    def close(self) -> None: ...

    def overlay(self, file: str, text: bytes | None) -> None:
        if text is None:
            self.texts.pop(file, None)
        else:
            self.texts[file] = text

    def analyze(self, *, cancelled: Callable[[], bool] = bool) -> Snapshot:
        if self.broken or any(b"broken" in text for text in self.texts.values()):
            raise RuntimeError("it broke")
        return Snapshot(str(self.root), "1", "", complete=not cancelled())


class Wire:
    """An editor that writes raw JSON, in the server's own process."""

    def __init__(self, capabilities: dict[str, Any] | None = None) -> None:
        self.capabilities = capabilities or {}
        self.server = ThreatlineServer(Workspace, Knowledge)
        self.server.protocol.set_writer(self)  # type: ignore[arg-type]
        self.sent: list[dict[str, Any]] = []
        self._last = 0

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None: ...

    def say(self, message: dict[str, Any]) -> None:
        protocol = self.server.protocol
        protocol.handle_message(json.loads(json.dumps({"jsonrpc": "2.0", **message}), object_hook=protocol.structure_message))

    def tell(self, method: str, params: Any = None) -> None:
        self.say({"method": method, "params": params})

    async def ask(self, method: str, params: Any = None) -> dict[str, Any]:
        self._last += 1
        self.say({"id": self._last, "method": method, "params": params})
        return await self.answer(self._last)

    async def answer(self, number: int) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while not (found := [message for message in self.sent if message.get("id") == number and "method" not in message]):
                await asyncio.sleep(0.001)
        assert len(found) == 1
        return found[0]

    async def greet(self, root: Path) -> None:
        await self.ask("initialize", {"capabilities": self.capabilities, "workspaceFolders": [{"uri": root.as_uri(), "name": "x"}]})
        self.tell("initialized", {})

    def messages(self, method: str) -> list[dict[str, Any]]:
        return [message["params"] for message in self.sent if message.get("method") == method]

    def open(self, uri: str, text: str, version: int = 1) -> None:
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": version, "text": text}})


@pytest.mark.asyncio
async def test_requests_before_initialize_and_after_shutdown_are_refused(tmp_path: Path) -> None:
    wire = Wire()
    assert (await wire.ask("threatline/systemMap"))["error"]["code"] == -32002
    await wire.greet(tmp_path)
    assert (await wire.ask("shutdown"))["result"] is None
    assert (await wire.ask("threatline/systemMap"))["error"]["code"] == -32600


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("nobody/knows", {}, -32601),
        ("textDocument/hover", {}, -32602),
        ("textDocument/hover", {"textDocument": 5, "position": []}, -32602),
        ("threatline/synced", {}, -32602),
        ("threatline/synced", {"uri": "file:///x", "version": "1"}, -32602),
        ("threatline/explain", {"id": "nothing"}, -32602),
        ("threatline/explain", [], -32602),
        ("workspace/executeCommand", {"command": "other.command"}, -32602),
        ("workspace/executeCommand", {"command": "threatline.showFlow", "arguments": [{"fingerprint": "?"}]}, -32602),
    ],
)
async def test_what_cannot_be_answered_is_answered_with_an_error(tmp_path: Path, method: str, params: Any, code: int) -> None:
    wire = Wire()
    await wire.greet(tmp_path)
    assert (await wire.ask(method, params))["error"]["code"] == code


@pytest.mark.asyncio
async def test_words_and_numbers_of_a_newer_protocol_are_no_error(tmp_path: Path) -> None:
    wire = Wire()
    await wire.greet(tmp_path)
    span = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    diagnostic = {"range": span, "message": "?", "severity": 77, "tags": [99]}
    params = {
        "textDocument": {"uri": (tmp_path / "a.py").as_uri()},
        "range": span,
        "context": {"diagnostics": [diagnostic], "only": ["quickfix.magic"], "triggerKind": 99},
    }
    assert (await wire.ask("textDocument/codeAction", params))["result"] == []
    wire.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": "file:///x", "type": 44}]})
    wire.tell("$/something", {})
    wire.tell("textDocument/didChange", {"nonsense": True})
    assert (await wire.ask("threatline/synced", {"uri": "file:///elsewhere.py"}))["result"]["version"] is None


@pytest.mark.asyncio
async def test_synced_waits_for_the_version_that_is_still_to_come(tmp_path: Path) -> None:
    wire = Wire()
    await wire.greet(tmp_path)
    uri = (tmp_path / "a.py").as_uri()
    wire.open(uri, "x")
    wire.say({"id": 77, "method": "threatline/synced", "params": {"uri": uri, "version": 3}})
    for version in (2, 3):
        await asyncio.sleep(0.05)
        assert not any(message.get("id") == 77 for message in wire.sent)
        wire.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": "y"}]})
    assert (await wire.answer(77))["result"]["version"] == 3


@pytest.mark.asyncio
async def test_a_cancelled_request_is_answered_once(tmp_path: Path) -> None:
    wire = Wire()
    await wire.greet(tmp_path)
    uri = (tmp_path / "a.py").as_uri()
    wire.open(uri, "x")
    wire.say({"id": 9, "method": "threatline/synced", "params": {"uri": uri, "version": 2}})
    await asyncio.sleep(0)
    wire.tell("$/cancelRequest", {"id": 9})
    assert (await wire.answer(9))["error"]["code"] == -32800
    wire.tell("$/cancelRequest", {"id": 9})
    wire.tell("$/cancelRequest", {"id": "never asked"})


@pytest.mark.asyncio
async def test_answers_that_nobody_waits_for_or_that_are_errors_break_nothing(tmp_path: Path) -> None:
    wire = Wire({"workspace": {"configuration": True}})
    await wire.greet(tmp_path)
    await asyncio.sleep(0.01)
    (asked,) = [message for message in wire.sent if message.get("method") == "workspace/configuration"]
    wire.server.protocol._request_futures[asked["id"]].cancel()
    wire.say({"id": asked["id"], "result": [{}]})
    wire.say({"id": "unknown", "result": None})
    wire.say({"id": "unknown", "error": {"code": 123456, "message": "no"}})
    wire.say({"id": None, "error": {"code": -32700, "message": "no"}})
    assert (await wire.ask("nobody/knows"))["error"]["code"] == -32601


@pytest.mark.asyncio
async def test_an_editor_that_refuses_settings_keeps_the_defaults(tmp_path: Path) -> None:
    wire = Wire({"workspace": {"configuration": True}})
    await wire.greet(tmp_path)
    await asyncio.sleep(0.01)
    (asked,) = [message for message in wire.sent if message.get("method") == "workspace/configuration"]
    wire.say({"id": asked["id"], "error": {"code": -1, "message": "no"}})
    await asyncio.sleep(0)
    assert wire.server.session.settings.minimumSeverity == "info"


@pytest.mark.asyncio
async def test_an_analysis_that_breaks_is_told_once_and_survived(tmp_path: Path) -> None:
    wire = Wire()
    (tmp_path / "pyproject.toml").touch()
    await wire.greet(tmp_path)
    uri = (tmp_path / "a.py").as_uri()
    wire.open(uri, "broken")
    for version, text in ((2, "broken again"), (3, "broken still"), (4, "fine")):
        assert "result" in await wire.ask("threatline/synced", {"uri": uri})
        wire.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]})
    assert (await wire.ask("threatline/synced", {"uri": uri, "version": 4}))["result"]["revision"] == "1"
    (told,) = wire.messages("window/showMessage")
    assert "it broke" in told["message"]


@pytest.mark.asyncio
async def test_a_home_folder_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    looked: list[Path] = []
    wire = Wire()
    monkeypatch.setattr(wire.server.session, "rescan", looked.append)
    await wire.greet(tmp_path)
    assert looked == []


@pytest.mark.asyncio
@pytest.mark.parametrize("place", PROFILES, ids=lambda place: place.stem)
async def test_the_answer_at_once_is_the_answer(place: Path, tmp_path: Path) -> None:
    capabilities = json.loads(place.read_text())["capabilities"]
    wire = Wire(capabilities)
    later = await wire.ask("initialize", {"capabilities": capabilities, "rootUri": tmp_path.as_uri()})
    out = io.BytesIO()
    assert answer_at_once({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": capabilities}}, out) == 1
    at_once = json.loads(out.getvalue().partition(b"\r\n\r\n")[2])
    assert at_once == later
    pulls = "diagnosticProvider" in at_once["result"]["capabilities"]
    assert pulls is place.stem.startswith("vscode")


@pytest.mark.parametrize("params", [None, [], 5, {"capabilities": []}, {"capabilities": {"general": {"positionEncodings": "utf-8"}}}])
def test_an_initialize_of_any_shape_gets_an_answer(params: Any) -> None:
    out = io.BytesIO()
    assert answer_at_once({"id": "a", "method": "initialize", "params": params}, out) == "a"
    assert b'"positionEncoding": "utf-16"' in out.getvalue()


def test_what_was_read_ahead_is_read_again() -> None:
    raw = b"Content-Length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length: 1\r\n\r\n5"
    incoming = io.BytesIO(raw)
    first, message = read_message(incoming)
    assert message == {}
    again = Replayed(first, incoming)
    assert again.readline() == b"Content-Length: 2\r\n"
    assert again.readline() + again.readline() + again.read(2) == b"Content-Type: x\r\n\r\n{}"
    assert again.readline() == b"Content-Length: 1\r\n"


def test_input_that_ends_early_or_is_no_json_is_no_message() -> None:
    assert read_message(io.BytesIO(b"")) == (b"", None)
    assert read_message(io.BytesIO(b"Content-Length: 5\r\n")) == (b"", None)
    assert read_message(io.BytesIO(b"Content-Length: 1\r\n\r\n{"))[1] is None
