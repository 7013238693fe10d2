"""Design and rule files while they are written: where the cursor is, what may stand there, and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from threatline.analysis.workspace import Workspace
from threatline.knowledge.checking import check_file, name_in_rules
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.schema import about, keys_at, words_at
from threatline.lsp.yaml_cursor import Cursor, cursor_at

KNOWLEDGE = load_knowledge()
DESIGN = "version: 1\nsystem: {name: desk, owner: team}\n"


def at(text: str) -> Cursor:
    """Find the cursor at `|`."""
    before, _, after = text.partition("|")
    line = before.count("\n")
    return cursor_at((before + after).split("\n"), line, len(before.rpartition("\n")[2]))


@pytest.mark.parametrize(
    ("text", "path", "key", "typed"),
    [
        ("|", (), True, ""),
        ("vers|", (), True, "vers"),
        ("version: |", ("version",), False, ""),
        ("system:\n  na|", ("system",), True, "na"),
        ("system:\n  name: x\n  |", ("system",), True, ""),
        ("system:\n  name: x\n|", (), True, ""),
        ("system: {name: x, ow|", ("system",), True, "ow"),
        ("system: {name: x, tenancy: mul|", ("system", "tenancy"), False, "mul"),
        ("components:\n  - id: a\n    ki|", ("components", 0), True, "ki"),
        ("components:\n  - id: a\n    kind: web|", ("components", 0, "kind"), False, "web"),
        ("components:\n  - id: a\n  - ki|", ("components", 1), True, "ki"),
        ("components:\n- id: a\n- id: b\n  zone: |", ("components", 1, "zone"), False, ""),
        ("components:\n  - {id: a, kind: web-e|", ("components", 0, "kind"), False, "web-e"),
        ("accepted_risks:\n  - threat: x\n    compensating: [ctl-a, ctl-|", ("accepted_risks", 0, "compensating"), False, "ctl-"),
        ("maps_to:\n  owasp_llm: [LLM01:20|", ("maps_to", "owasp_llm"), False, "LLM01:20"),
        ("from:\n  kind: x\n  # note\n\n  ca|", ("from",), True, "ca"),
        ("settings:\n  ignore:\n    - gen\n  te|", ("settings",), True, "te"),
    ],
)
def test_the_place_of_the_cursor(text: str, path: tuple[str | int, ...], key: bool, typed: str) -> None:
    found = at(text)
    assert (found.path, found.key, found.typed) == (path, key, typed)


@pytest.mark.parametrize(
    ("form", "path", "key"),
    [
        ("design", (), "accepted_risks"),
        ("design", ("components", 3), "kind"),
        ("design", ("zones", "dmz"), "trust"),
        ("design", ("system", "reviewed"), "by"),
        ("rule", (), "sentence"),
        ("rule", ("from",), "fed_by"),
        ("rule", ("component", "holds", "has-tool"), "capability"),
        ("rule", ("mitigations", 0), "fix"),
        ("catalog", ("entries", 0), "ports"),
        ("catalog", ("entries", 0, "ports", "model.output"), "return"),
    ],
)
def test_the_keys_of_a_place(form, path, key) -> None:
    assert key in keys_at(form, path)


def test_words_that_others_define_may_be_keys() -> None:
    assert "model.output" in keys_at("catalog", ("entries", 0, "ports"), KNOWLEDGE)
    assert "cwe" in keys_at("rule", ("maps_to",), KNOWLEDGE)
    assert "id" not in keys_at("rule", (), KNOWLEDGE)


@pytest.mark.parametrize(
    ("form", "path", "word"),
    [
        ("design", ("system", "tenancy"), "multi-tenant"),
        ("design", ("system", "impact", 0), "health"),
        ("design", ("components", 0, "kind"), "hosted-llm"),
        ("design", ("accepted_risks", 0, "threat"), "model-output-to-shell"),
        ("design", ("controls", 0, "id"), "ctl-rate-limit"),
        ("rule", ("severity",), "critical"),
        ("rule", ("to",), "shell.command"),
        ("rule", ("without", "any"), "ctl-human-approval"),
        ("rule", ("maps_to", "cwe"), "CWE-78"),
        ("rule", ("mitigations", 0, "fix"), "add_argument"),
        ("catalog", ("entries", 0, "component"), "hosted-llm"),
    ],
)
def test_the_words_of_a_place(form, path, word) -> None:
    assert word in words_at(form, path, KNOWLEDGE)


def test_words_and_keys_have_meanings() -> None:
    assert "OS Command" in about("rule", ("maps_to", "cwe"), "CWE-78", KNOWLEDGE)
    assert about("rule", ("to",), "model.output", KNOWLEDGE) == "gives model-output"
    assert "selectors" in about("design", ("components", 0, "at"), "at", KNOWLEDGE)
    assert about("design", ("nothing",), "nothing", KNOWLEDGE) == ""


RULE = """\
sentence: flow
title: A title
threat: model-output-to-shell
severity: high
from: model.output
to: shell.command
message: It happens.
"""


def test_a_rule_file_is_checked_as_it_stands() -> None:
    path = Path("/work/rules/threats/output/new-rule.yaml")
    assert check_file(path, RULE.encode(), KNOWLEDGE) == []
    (wrong,) = check_file(path, RULE.replace("threat: model-output-to-shell", "threat: model-output-to-shel").encode(), KNOWLEDGE)
    assert (wrong.line, "model-output-to-shell" in wrong.message) == (3, True)
    (wrong,) = check_file(path, RULE.replace("to: shell.command", "to: shell.comand").encode(), KNOWLEDGE)
    assert (wrong.line, "did you mean 'shell.command'" in wrong.message) == (6, True)
    (wrong,) = check_file(path, RULE.replace("severity: high", "severity: [").encode(), KNOWLEDGE)
    assert wrong.line == 6
    assert name_in_rules(Path("/work/app/config/threats/x.yaml")) is None


def test_the_design_that_is_being_typed_counts(tmp_path: Path) -> None:
    text = "import subprocess\nimport openai\n\nclient = openai.OpenAI()\n\n\ndef run(question):\n"
    text += "    reply = client.chat.completions.create(\n"
    text += '        model="m", messages=[{"role": "user", "content": question}]\n    )\n'
    text += "    subprocess.run(reply.choices[0].message.content, shell=True, timeout=9)\n"
    (tmp_path / "app.py").write_text(text)
    workspace = Workspace(tmp_path, KNOWLEDGE, cache=False)

    def status() -> list[str]:
        return [finding.status for finding in workspace.analyze().findings if finding.rule == "model-output-to-shell"]

    workspace.refresh()
    assert status() == ["open"]
    risk = (
        "accepted_risks:\n  - threat: model-output-to-shell\n    at: ['path:app.py']\n    owner: me\n    expires: 2999-01-01\n"
        "    justification: A reason of more than twenty letters.\n"
    )
    workspace.overlay("threatmodel.yaml", (DESIGN + risk).encode())
    assert status() == ["accepted"]
    workspace.overlay("threatmodel.yaml", (DESIGN + risk + "zonez: {}\n").encode())
    assert status() == ["open"]
    (problem,) = [problem for problem in workspace.analyze().problems if problem.kind == "design"]
    assert "zones" in problem.message
    workspace.overlay("threatmodel.yaml", None)
    assert status() == ["open"]
    assert not [problem for problem in workspace.analyze().problems if problem.kind == "design"]
