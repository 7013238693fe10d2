"""The process: on a TCP port, and when its editor goes away."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SERVE = [sys.executable, "-P", "-m", "threatline", "serve"]


def message(value: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **value}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


GREETING = message({"id": 1, "method": "initialize", "params": {"capabilities": {}}})


def test_it_serves_on_a_port_of_this_machine() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([*SERVE, "--tcp", str(port)]) as process:
        for _ in range(200):
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=20)
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        with connection, connection.makefile("rb") as incoming:
            connection.sendall(GREETING)
            length = int(incoming.readline().split(b":")[1])
            incoming.readline()
            answer = json.loads(incoming.read(length))
            assert answer["result"]["serverInfo"]["name"] == "threatline"
            connection.sendall(message({"id": 2, "method": "shutdown"}) + message({"method": "exit"}))
            assert process.wait(20) == 0


def test_it_ends_when_its_editor_goes_away_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    folders = [{"uri": tmp_path.as_uri(), "name": "x"}]
    greeting = message({"id": 1, "method": "initialize", "params": {"capabilities": {}, "workspaceFolders": folders}})
    process = subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, said = process.communicate(greeting + message({"method": "initialized", "params": {}}), timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in said


def test_exit_without_shutdown_is_a_failure() -> None:
    ran = subprocess.run(SERVE, input=GREETING + message({"method": "exit"}), capture_output=True, check=False, timeout=60)
    assert ran.returncode == 1


def test_a_module_of_the_workspace_is_never_imported(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('planted')")
    (tmp_path / "yaml.py").write_text("raise SystemExit('planted')")
    program = Path(sys.executable).with_name("threatline")
    ran = subprocess.run(
        [program, "serve"], input=GREETING + message({"id": 2, "method": "shutdown"}) + message({"method": "exit"}),
        capture_output=True, check=False, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
