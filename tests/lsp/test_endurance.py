"""Whole conversations as bytes: each kind of editor, hasty typing, strange input, a killed server, a branch switch."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

APP = '''\
"""Réception 𐍈."""
import subprocess

from openai import OpenAI

client = OpenAI()


def run(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}])
    command = reply.choices[0].message.content
    return subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60).stdout
'''
SHELL = "model-output-to-shell"
SINK = APP.count("\n") - 1
Begin = Callable[..., Any]


def project(root: Path) -> Path:
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "app"\ndependencies = ["openai"]\n')
    (root / "app.py").write_text(APP, encoding="utf-8")
    return root


def found_by_pulling(one: Any) -> dict[str, list[Any]]:
    """Pull the workspace once, and take the part that comes."""
    report = one.ask("workspace/diagnostic", {"previousResultIds": []})
    return {item["uri"]: item["items"] for item in report["items"]}


def diagnostics(one: Any, file: str, capabilities: Any) -> list[Any]:
    one.synced(file)
    if "diagnosticProvider" in capabilities:
        return one.ask("textDocument/diagnostic", {"textDocument": {"uri": one.uri(file)}})["items"]
    return one.shown().get(one.uri(file), [])


@pytest.mark.parametrize("profile", ["vscode-1.139-languageclient-11", "neovim-0.11.4", "eglot-1.9"])
def test_the_story_of_a_finding_in_each_editor(profile: str, talk: Begin, tmp_path: Path) -> None:
    one = talk(profile, project(tmp_path / "p"))
    capabilities = one.greet()
    one.open("app.py", APP)
    found = [item for item in diagnostics(one, "app.py", capabilities) if item["code"] == SHELL]
    assert [item["range"]["start"] for item in found] == [{"line": SINK, "character": 11}]
    assert found[0]["codeDescription"]["href"].endswith(SHELL)
    assert ("relatedInformation" in found[0]) is (profile != "eglot-1.9")

    at = {"line": SINK, "character": 15}
    document = {"textDocument": {"uri": one.uri("app.py")}}
    hover = one.ask("textDocument/hover", {**document, "position": at})["contents"]
    assert "AML.T0050" in hover["value"]
    assert hover["kind"] == ("plaintext" if profile == "eglot-1.9" else "markdown")
    assert ("](" in hover["value"]) is (hover["kind"] == "markdown")

    asked = {**document, "range": {"start": at, "end": at}, "context": {"diagnostics": [], "only": ["quickfix"]}}
    fix = one.ask("textDocument/codeAction", asked)[0]
    if profile != "eglot-1.9":
        assert "edit" not in fix, "made when it is chosen"
        fix = one.ask("codeAction/resolve", fix)
    changes = fix["edit"].get("changes") or {change["textDocument"]["uri"]: change["edits"] for change in fix["edit"]["documentChanges"]}
    edits = sorted(changes[one.uri("app.py")], key=lambda edit: (edit["range"]["start"]["line"], edit["range"]["start"]["character"]))
    one.tell(
        "textDocument/didChange",
        {
            "textDocument": {"uri": one.uri("app.py"), "version": 2},
            "contentChanges": [{"range": edit["range"], "text": edit["newText"]} for edit in reversed(edits)],
        },
    )
    assert SHELL not in [item["code"] for item in diagnostics(one, "app.py", capabilities)]
    assert one.end() == 0


def test_a_thousand_hasty_edits_end_like_a_fresh_start(talk: Begin, tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    one = talk("neovim-0.11.4", root)
    one.greet()
    one.open("app.py", APP)
    chance, text = random.Random(7), APP.encode()
    for version in range(2, 1002):
        at, length = chance.randrange(len(text)), chance.choice((0, 0, 1, 7))
        while text[at] & 0xC0 == 0x80:  # inside a character
            at -= 1
        end = min(at + length, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end += 1
        new = chance.choice(("x", "\n", "\r\n", "    ", "é", "(", ")", '"', "# ", "\u2028", "\f")) if version < 1001 else ""
        span = {"start": position(text, at), "end": position(text, end)}
        one.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": one.uri("app.py"), "version": version}, "contentChanges": [{"range": span, "text": new}]},
        )
        text = text[:at] + new.encode() + text[end:]
    one.tell(
        "textDocument/didChange",
        {"textDocument": {"uri": one.uri("app.py"), "version": 1002}, "contentChanges": [{"text": text.decode() + "\n\n" + APP}]},
    )
    assert one.synced("app.py", 1002)["version"] == 1002

    (root / "app.py").write_bytes(text + b"\n\n" + APP.encode())
    fresh = talk("neovim-0.11.4", root, "other")
    fresh.greet()
    fresh.synced("app.py")
    assert one.shown().get(one.uri("app.py"), []) == fresh.shown().get(fresh.uri("app.py"), [])
    pushed = [said for said in one.said if said.get("method") == "textDocument/publishDiagnostics"]
    assert len(pushed) < 1000, "what was overtaken is not told"


def position(text: bytes, offset: int) -> dict[str, int]:
    before = text[:offset].replace(b"\r\n", b"\n\n" if offset and text[offset - 1 : offset + 1] == b"\r\n" else b"\n").replace(b"\r", b"\n")
    return {"line": before.count(b"\n"), "character": len(before.rpartition(b"\n")[2])}


def test_strange_bytes_and_messages_out_of_order_do_not_stop_it(talk: Begin, tmp_path: Path) -> None:
    one = talk("neovim-0.11.4", project(tmp_path / "p"))
    one.tell("textDocument/didOpen", {"too": "early"})
    at = {"line": 0, "character": 0}
    early = one.start("textDocument/hover", {"textDocument": {"uri": one.uri("app.py")}, "position": at})
    one.greet()
    assert one.answer(early)["error"]["code"] == -32002
    uri = one.uri("app.py")
    one.tell("textDocument/didChange", {"textDocument": {"uri": uri, "version": 5}, "contentChanges": [{"text": "early"}]})
    one.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    one.raw(b'Content-Length: 9\r\n\r\n{"broken"')
    one.raw(b"Content-Length: 2\r\n\r\n[]")
    one.raw(b"Content-Length: 4\r\n\r\nnull")
    one.send({"id": "nobody asked", "result": 5})
    one.tell("$/cancelRequest", {"id": 999})
    one.tell("$/progress", {"token": "?", "value": 1})
    one.open("app.py", APP)
    waiting = one.start("threatline/synced", {"uri": uri, "version": 2})
    one.tell("$/cancelRequest", {"id": waiting})
    assert one.answer(waiting)["error"]["code"] == -32800
    assert one.synced("app.py", 1)["version"] == 1
    assert SHELL in [item["code"] for item in one.shown()[uri]]
    assert one.end() == 0


FILES = 500


FILLING = "".join(f"\n\ndef work_{number}(text):\n    return [text.strip(), len(text), {number}]\n" for number in range(120))
"""What makes reading 500 modules a matter of seconds, so that progress is shown on any machine."""


def write_branch(root: Path, branch: str, filling: str = "") -> list[Path]:
    """Write 500 modules whose findings lie elsewhere on each branch."""
    lines = {"main": 1, "feature": 4}[branch]
    written = [root / f"part_{number}.py" for number in range(FILES)]
    for number, path in enumerate(written):
        path.write_text(
            "\n" * (number % 3 + lines) + f'import openai\n\nclient = openai.OpenAI(api_key="sk-proj-{number:04d}{"aB3xY9kLm2Qw" * 3}")\n'
            + filling
        )
    return written


def placed(shown: dict[str, list[Any]]) -> str:
    return json.dumps({uri: items for uri, items in sorted(shown.items()) if items}, sort_keys=True)


def test_a_branch_switch_ends_like_a_fresh_start_in_one_batch(talk: Begin, tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write_branch(root, "main")
    one = talk("vscode-1.139-languageclient-11", root)
    one.greet()
    before = found_by_pulling(one)
    assert len(before) > FILES
    stream = one.start("workspace/diagnostic", {"previousResultIds": [], "partialResultToken": "all"})
    one.until(lambda said: len(parts(said)) >= len(before))
    seen = len(one.said)

    events = [{"uri": path.as_uri(), "type": 2} for path in write_branch(root, "feature")]
    for start in range(0, FILES, 50):
        one.tell("workspace/didChangeWatchedFiles", {"changes": events[start : start + 50]})
    one.until(lambda said: len(parts(said[seen:])) >= FILES)
    one.synced("app.py")
    told = parts(one.said[seen:])
    assert len(told) == len({item["uri"] for item in told}), "each file is told of once"
    one.tell("$/cancelRequest", {"id": stream})
    assert one.answer(stream)["error"]["code"] == -32800

    fresh = talk("vscode-1.139-languageclient-11", root, "other")
    fresh.greet()
    assert placed({item["uri"]: item["items"] for item in parts(one.said)}) == placed(found_by_pulling(fresh))


def parts(said: list[dict[str, Any]]) -> list[Any]:
    values = [one["params"]["value"] for one in said if one.get("method") == "$/progress" and one["params"]["token"] == "all"]
    return [item for value in values for item in value["items"]]


def test_a_server_killed_in_the_middle_loses_nothing(talk: Begin, tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write_branch(root, "main", FILLING)
    killed = talk("vscode-1.139-languageclient-11", root)
    killed.greet()
    killed.until(lambda said: any(one.get("method") == "$/progress" and one["params"]["value"]["kind"] == "begin" for one in said))
    killed.process.kill()
    again = talk("vscode-1.139-languageclient-11", root)
    again.greet()
    whole = talk("vscode-1.139-languageclient-11", root, "other")
    whole.greet()
    assert placed(found_by_pulling(again)) == placed(found_by_pulling(whole))


def test_reading_can_be_stopped_and_goes_on_with_a_save(talk: Begin, tmp_path: Path) -> None:
    root = project(tmp_path / "p")
    write_branch(root, "main", FILLING)
    one = talk("neovim-0.11.4", root)
    one.greet()

    def begun(said: list[dict[str, Any]]) -> Any:
        return next((m["params"] for m in said if m.get("method") == "$/progress" and m["params"]["value"]["kind"] == "begin"), None)

    bar = one.until(begun)
    assert bar["value"]["cancellable"]
    one.tell("window/workDoneProgress/cancel", {"token": bar["token"]})
    one.until(lambda said: any(m.get("method") == "window/showMessage" and "stopped reading" in m["params"]["message"] for m in said))
    assert one.synced("app.py")["revision"] is None, "nobody waits for what was stopped"
    assert one.shown() == {}
    one.tell("textDocument/didSave", {"textDocument": {"uri": one.uri("app.py")}})
    one.until(lambda _: len(one.shown()) > FILES)
