"""Start the language server. The first question is answered before the heavy imports; everything else waits for them."""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import sys
from typing import Any, BinaryIO

from threatline.lsp.capabilities import initialize_result
from threatline.lsp.client import read_client

_LENGTH = re.compile(rb"(?i)content-length:[ \t]*([0-9]+)\s*")
_LONGEST = 64 * 1024 * 1024


def serve_stdio() -> None:
    """Serve one editor on standard input and output, until it says exit or goes away."""
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    # What anything prints by mistake must not land between two messages.
    sys.stdout = sys.stderr
    _log()
    raw, message = read_message(incoming)
    if not raw:
        return
    answered = answer_at_once(message, outgoing)
    server = _server()
    if answered is not None:
        server.protocol.answered.add(answered)
    server.start_io(Replayed(raw, incoming), outgoing)
    # Without `exit`, the editor has gone away. No thread is waited for that waits for something itself.
    server.session.close()
    sys.stderr.flush()
    os._exit(0)


def serve_tcp(host: str, port: int) -> None:
    """Serve one editor on a TCP port. The caller decides which host it may be; 127.0.0.1 keeps it on this machine."""
    _log()
    _server().start_tcp(host, port)


def read_message(incoming: BinaryIO) -> tuple[bytes, Any]:
    """Read one message: its bytes, header included, and its JSON value. Both are empty at the end of the input."""
    header = b""
    length = 0
    while line := incoming.readline():
        header += line
        found = _LENGTH.fullmatch(line)
        if found:
            length = min(int(found[1]), _LONGEST)
        if length and not line.strip():
            body = incoming.read(length)
            return header + body, _parsed(body)
    return b"", None


def answer_at_once(message: Any, outgoing: BinaryIO) -> int | str | None:
    """Answer `initialize`; returns the id of the answered request, None for any other message."""
    if not isinstance(message, dict) or message.get("method") != "initialize" or not isinstance(message.get("id"), int | str):
        return None
    params = message.get("params")
    result = initialize_result(read_client(params.get("capabilities") if isinstance(params, dict) else None))
    body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
    outgoing.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    outgoing.flush()
    found: int | str = message["id"]
    return found


class Replayed:
    """A stream that gives back what was read from it, and then goes on."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = first
        self._rest = rest

    def readline(self) -> bytes:
        """Read a line."""
        if not self._first:
            return self._rest.readline()
        end = self._first.find(b"\n") + 1 or len(self._first)
        line, self._first = self._first[:end], self._first[end:]
        return line

    def read(self, size: int) -> bytes:
        """Read so many bytes."""
        if not self._first:
            return self._rest.read(size)
        part, self._first = self._first[:size], self._first[size:]
        return part


def _server() -> Any:
    gc.disable()
    from threatline.lsp.service import ThreatlineServer

    server = ThreatlineServer()
    gc.enable()
    # What is loaded now stays: no collection needs to look at it again.
    gc.freeze()
    # The analysis thread gives way to the event loop sooner than Python's five milliseconds.
    sys.setswitchinterval(0.001)
    return server


def _log() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="threatline: %(levelname)s: %(message)s")
    # It logs whole messages, and a traceback for each that it cannot read; the server answers those with an error.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
