"""Components in the editor: symbols, data flows as calls, hints, navigation, links; and the files that people write for Threatline."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).parents[2] / "fixtures" / "support-desk"
ASSISTANT = "support_desk/assistant.py"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 1000, "character": 0}}
RULE = "sentence: flow\ntitle: T\nthreat: model-output-to-shel\nseverity: high\nfrom: model.output\n"
RULE += "to: shell.command\nmessage: M  # CWE-78\n"


def at(text: str, word: str) -> dict[str, int]:
    before = text[: text.index(word) + 1]
    return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}


def test_components_and_their_flows(talk: Callable[..., Any], tmp_path: Path) -> None:
    root = tmp_path / "desk"
    shutil.copytree(FIXTURE, root)
    text = (root / ASSISTANT).read_text()
    one = talk("neovim-0.11.4", root)
    one.greet()
    one.open(ASSISTANT, text)
    one.synced(ASSISTANT)
    document = {"textDocument": {"uri": one.uri(ASSISTANT)}}

    assert "Support assistant" in [symbol["name"] for symbol in one.ask("textDocument/documentSymbol", document)]
    tools = one.ask("workspace/symbol", {"query": "qord"})
    assert [tool["name"] for tool in tools] == ["query_orders"]
    assert tools[0]["location"]["uri"] == one.uri("support_desk/tools.py")

    used = {**document, "position": at(text, "Runner.run(")}
    (agent,) = one.ask("textDocument/prepareCallHierarchy", used)
    assert agent["name"] == "Support assistant"
    (incoming,) = one.ask("callHierarchy/incomingCalls", {"item": agent})
    assert (incoming["from"]["name"], incoming["from"]["detail"]) == ("/chat", "Web endpoint · user input")
    assert "/chat" in [call["to"]["name"] for call in one.ask("callHierarchy/outgoingCalls", {"item": agent})]

    made = one.ask("textDocument/definition", used)
    assert made["range"]["start"]["line"] == at(text, "Agent(\n")["line"]
    places = one.ask("textDocument/references", {**used, "context": {"includeDeclaration": True}})
    assert made in places
    assert len(places) > 1

    assert one.ask("textDocument/inlayHint", {**document, "range": WHOLE}) == [], "off unless asked for"


def test_hints_are_shown_when_asked_for(talk: Callable[..., Any], tmp_path: Path) -> None:
    root = tmp_path / "desk"
    shutil.copytree(FIXTURE, root)
    text = (root / ASSISTANT).read_text()
    one = talk("eglot-1.9", root)
    one.settings = {"inlayHints": True, "severityMapping": {"medium": "hint", "high": "nonsense"}}
    one.greet()
    one.open(ASSISTANT, text)
    one.synced(ASSISTANT)
    hints = one.ask("textDocument/inlayHint", {"textDocument": {"uri": one.uri(ASSISTANT)}, "range": WHOLE})
    assert "← user input from /chat" in [hint["label"][0]["value"] for hint in hints]
    tools = one.shown()[one.uri("support_desk/tools.py")]
    levels = {item["code"]: item["severity"] for item in tools}
    assert (levels["model-output-to-sql"], levels["tool-missing-owner-check"]) == (1, 4)


def test_design_and_rule_files_are_completed_explained_and_checked(talk: Callable[..., Any], tmp_path: Path) -> None:
    root = tmp_path / "desk"
    shutil.copytree(FIXTURE, root)
    one = talk("neovim-0.11.4", root)
    one.greet()
    design = "version: 1\nsystem: {name: desk, owner: me}\nzonez: {}\ncomponents:\n  - id: chat\n    kind: web-e\n"
    one.open("threatmodel.yaml", design)
    one.synced("threatmodel.yaml")
    (shown,) = one.until(lambda _: one.shown().get(one.uri("threatmodel.yaml")))
    assert (shown["range"]["start"]["line"], shown["code"]) == (2, "design")
    assert 'did you mean "zones"' in shown["message"]
    document = {"textDocument": {"uri": one.uri("threatmodel.yaml")}}
    end = {"line": 5, "character": 15}
    kinds = {item["label"]: item for item in one.ask("textDocument/completion", {**document, "position": end})}
    assert kinds["web-endpoint"]["textEdit"]["range"] == {"start": {"line": 5, "character": 10}, "end": end}
    keys = one.ask("textDocument/completion", {**document, "position": {"line": 6, "character": 0}})
    assert "accepted_risks: " in [item["textEdit"]["newText"] for item in keys]

    rule = "rules/threats/output/new-rule.yaml"
    one.open(rule, RULE)
    (wrong,) = one.until(lambda _: one.shown().get(one.uri(rule)))
    assert (wrong["range"]["start"]["line"], wrong["code"]) == (2, "rule-file")
    document = {"textDocument": {"uri": one.uri(rule)}}
    hover = one.ask("textDocument/hover", {**document, "position": at(RULE, "model.output")})
    assert "gives model" in hover["contents"]["value"]
    (link,) = one.ask("textDocument/documentLink", document)
    assert link["target"] == "https://cwe.mitre.org/data/definitions/78.html"
    fixed = {"uri": one.uri(rule), "version": 2}
    one.tell("textDocument/didChange", {"textDocument": fixed, "contentChanges": [{"text": RULE.replace("to-shel\n", "to-shell\n")}]})
    one.until(lambda _: one.shown().get(one.uri(rule)) == [])
