"""How findings are judged and told: severity by place, one for each thing, silences, declared controls, a rule that fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge
from threatline.system import build
from threatline.threats.component_rules import ComponentRules

KNOWLEDGE = load_knowledge()

TOOL = """\
import os
from agents import Agent, function_tool

@function_tool
def shell(command: str) -> str:
    os.system(command)
    return ""

agent = Agent(name="a", tools=[shell])
"""
RULE = "model-output-to-shell"


def findings(files, rule=RULE):
    files = {"app.py": files} if isinstance(files, str) else files
    return [finding for finding in analyze_texts(files, knowledge=KNOWLEDGE).findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        ("app.py", "critical"), ("src/app.py", "critical"), ("contest/app.py", "critical"), ("latest.py", "critical"),
        ("tests/app.py", "info"), ("test_app.py", "info"), ("app_test.py", "info"), ("conftest.py", "info"), ("examples/app.py", "info"),
        ("docs/app.py", "info"), ("vendor/app.py", "info"),
    ],
)  # fmt: skip
def test_where_a_file_lies_lowers_with_a_reason(file, severity):
    (finding,) = findings({file: TOOL})
    assert finding.severity == severity
    assert bool(finding.reason) is (severity == "info")


ENDPOINTS = """\
import openai
from fastapi import FastAPI

app = FastAPI()
client = openai.OpenAI(timeout=9)

@app.post("/a")
def a(text: str):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
"""


def test_what_is_missing_is_told_at_the_call():
    (finding,) = findings(ENDPOINTS, "unbounded-consumption")
    assert finding.controls == ("ctl-max-tokens",)
    assert finding.function == "a"


def test_a_finding_says_from_where_to_where_and_what_was_looked_for():
    (finding,) = findings(TOOL)
    assert [step.role for step in finding.evidence][:: len(finding.evidence) - 1] == ["source", "sink"]
    assert "command" in finding.message
    assert "ctl-arg-list-subprocess" in finding.controls
    assert finding.looked


@pytest.mark.parametrize("place", ["line", "above"])
def test_a_silence_with_a_reason_silences(place):
    mark = f"# threatline: ignore[{RULE}] it runs in a throw-away machine"
    line = f"    os.system(command)  {mark}\n" if place == "line" else f"    {mark}\n    os.system(command)\n"
    (finding,) = findings(TOOL.replace("    os.system(command)\n", line))
    assert finding.status == "ignored"
    assert finding.status_reason == "it runs in a throw-away machine"


def test_a_silence_without_a_reason_is_a_problem():
    text = TOOL.replace("os.system(command)", f"os.system(command)  # threatline: ignore[{RULE}]")
    snapshot = analyze_texts({"app.py": text}, knowledge=KNOWLEDGE)
    assert [finding.status for finding in snapshot.findings if finding.rule == RULE] == ["open"]
    assert "silence-without-reason" in {problem.kind for problem in snapshot.problems}


def test_a_silence_of_another_rule_silences_nothing():
    mark = "# threatline: ignore[request-to-shell] not so"
    (finding,) = findings(TOOL.replace("os.system(command)", f"os.system(command)  {mark}"))
    assert finding.status == "open"


def test_a_declared_control_lowers_and_does_not_close():
    rule = "unrestricted-shell-tool"
    (before,) = findings(TOOL, rule)
    mark = "# threatline: provides[ctl-sandboxed-exec] the host is a sandbox"
    (after,) = findings(TOOL.replace("@function_tool", f"{mark}\n@function_tool"), rule)
    assert (before.status, after.status) == ("open", "declared")
    assert after.severity == "info"
    assert after.fingerprint == before.fingerprint


def test_a_name_that_sounds_well_is_no_control():
    text = TOOL.replace("    os.system(command)", "    sandbox(command)\n    os.system(command)")
    assert findings(f"{text}\ndef sandbox(text):\n    print(text)\n")


def test_a_rule_that_fails_is_named_and_the_others_go_on(monkeypatch):
    judge = ComponentRules.judge

    def failing(self, rule):
        if rule.id == "unrestricted-shell-tool":
            raise RuntimeError("boom")
        return judge(self, rule)

    monkeypatch.setattr(ComponentRules, "judge", failing)
    snapshot = analyze_texts({"app.py": TOOL}, knowledge=KNOWLEDGE)
    assert RULE in {finding.rule for finding in snapshot.findings}
    assert [problem.message for problem in snapshot.problems if problem.kind == "rule-failed"] == [
        "rule unrestricted-shell-tool failed: RuntimeError: boom"
    ]


def test_a_step_that_fails_is_named_and_the_map_stands(monkeypatch):
    def place_nothing(*_about):
        raise RuntimeError("boom")

    monkeypatch.setattr(build, "ADDING", (place_nothing, *build.ADDING))
    snapshot = analyze_texts({"app.py": TOOL}, knowledge=KNOWLEDGE)
    assert RULE in {finding.rule for finding in snapshot.findings}
    told = [problem.message for problem in snapshot.problems if problem.kind == "rule-failed"]
    assert told == ["place_nothing failed: RuntimeError: boom"]


def test_rules_that_are_left_out_say_nothing():
    some = replace(KNOWLEDGE, rules=tuple(rule for rule in KNOWLEDGE.rules if rule.id != RULE))
    assert RULE not in {finding.rule for finding in analyze_texts({"app.py": TOOL}, knowledge=some).findings}


TWO = """\
from agents import Agent, function_tool
import requests, sqlite3

@function_tool{approval}
def publish(text: str) -> str:
    requests.post("https://pages.example", json={{"text": text}}, timeout=5)
    return ""

@function_tool
def customers() -> str:
    return str(sqlite3.connect("crm.db").execute("SELECT * FROM customers").fetchall())

@function_tool
def read(number: int) -> str:
    return requests.get(f"https://forum.example/{{number}}", timeout=5).text

agent = Agent(name="a", tools=[publish, customers, read])
"""


def test_the_trifecta_is_closed_by_a_persons_yes():
    assert len(findings(TWO.format(approval=""), "lethal-trifecta")) == 1
    assert findings(TWO.format(approval="(needs_approval=True)"), "lethal-trifecta") == []
