"""A raw conversation with a server on standard input and output: what is sent is what the test wrote."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120
PROFILES = Path(__file__).parent / "profiles"


class Talk:
    """A server process and what it has said. Waiting is for a condition, with a generous limit."""

    def __init__(self, profile: str, root: Path, cache: Path) -> None:
        self.capabilities = json.loads((PROFILES / f"{profile}.json").read_text())["capabilities"]
        self.root = root
        self.settings: dict[str, Any] = {}
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "threatline", "serve"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        )  # fmt: skip
        self.said: list[dict[str, Any]] = []
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._last = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        while header := self.process.stdout.readline():
            self.process.stdout.readline()
            self._inbox.put(json.loads(self.process.stdout.read(int(header.split(b":")[1]))))

    def uri(self, file: str) -> str:
        return (self.root / file).as_uri()

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def tell(self, method: str, params: Any = None) -> None:
        self.send({"method": method, "params": params})

    def start(self, method: str, params: Any = None) -> int:
        self._last += 1
        self.send({"id": self._last, "method": method, "params": params})
        return self._last

    def ask(self, method: str, params: Any = None) -> Any:
        return self.answer(self.start(method, params)).get("result")

    def answer(self, number: int) -> dict[str, Any]:
        return self.until(lambda said: next((one for one in said if one.get("id") == number and "method" not in one), None))

    def until(self, found: Callable[[list[dict[str, Any]]], Any]) -> Any:
        """Take what the server says, answering what it asks, until something is found in it."""
        while not (result := found(self.said)):
            message = self._inbox.get(timeout=PATIENCE)
            self.said.append(message)
            if "method" in message and "id" in message:
                settings = [self.settings for _ in message["params"]["items"]] if message["method"] == "workspace/configuration" else None
                self.send({"id": message["id"], "result": settings})
        return result

    def greet(self) -> Any:
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        answer = self.ask("initialize", {"capabilities": self.capabilities, "workspaceFolders": [folder], "rootUri": self.root.as_uri()})
        self.tell("initialized", {})
        return answer["capabilities"]

    def open(self, file: str, text: str) -> None:
        self.tell("textDocument/didOpen", {"textDocument": {"uri": self.uri(file), "languageId": "python", "version": 1, "text": text}})

    def synced(self, file: str, version: int | None = None) -> Any:
        return self.ask("threatline/synced", {"uri": self.uri(file), "version": version})

    def shown(self) -> dict[str, list[Any]]:
        """Give the diagnostics that the editor shows by now: the last ones that were pushed for each file."""
        pushed = [one["params"] for one in self.said if one.get("method") == "textDocument/publishDiagnostics"]
        return {one["uri"]: one["diagnostics"] for one in pushed}

    def end(self) -> int:
        self.ask("shutdown")
        self.tell("exit")
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a place for caches: what the rules say is read once; what is kept of a workspace goes by its path, which each test has anew."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture
def talk(caches: Path) -> Iterator[Callable[..., Talk]]:
    """Start servers; those that still run at the end are killed."""
    begun: list[Talk] = []

    def begin(profile: str, root: Path, cache: str = "cache") -> Talk:
        begun.append(Talk(profile, root, caches / cache))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.communicate()
