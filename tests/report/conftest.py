"""A small system made by hand: an agent with a shell tool, behind an endpoint, and a key written into its settings."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from threatline.analysis.snapshot import Snapshot
from threatline.report.titles import Titles
from threatline.source.file import Problem, SourceFile
from threatline.system.model import Component, Control, DataFlow, Relation, SystemMap, TrustBoundary, Value
from threatline.threats.finding import Finding, MitigationOffer, Step

GOLDEN = Path(__file__).parent / "golden"

KEY = "sk-proj-4f9aQ2Lm8XzR7tVw1Yb3Kc6D"

FILES = {
    "app/api.py": """\
from fastapi import FastAPI, Request

from app.agent import support

app = FastAPI()


@app.post("/chat")
async def chat(request: Request):
    body = await request.json()
    return await support.run(body["message"])
""",
    "app/agent.py": """\
from agents import Agent

from app.tools import run_command

support = Agent(name="support", model="gpt-5-mini", tools=[run_command])
""",
    "app/tools.py": """\
import subprocess

from agents import function_tool


@function_tool
def run_command(command: str) -> str:
\t\"\"\"Run a command — for “operators”.\"\"\"
\tresult = subprocess.run(command, shell=True, capture_output=True, text=True)  # 日本語
\treturn result.stdout
""",
    "app/settings.py": f'API_KEY = "{KEY}"\nTIMEOUT = 30\n',
}


class Draft:
    """Files with named places in them."""

    def __init__(self, files):
        self.files = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
        self.spans = defaultdict(lambda: defaultdict(list))

    def at(self, file, snippet, definition=""):
        start = self.files[file].index(snippet.encode())
        spans = self.spans[file][definition]
        spans.append((start, start + len(snippet.encode())))
        return Value(file, definition, len(spans) - 1)

    def snapshot(self, **given):
        sources = {name: SourceFile(name, text, "0", "python") for name, text in self.files.items()}
        spans = {file: dict(inside) for file, inside in self.spans.items()}
        values = {"root": ".", "revision": "r1", "rules_digest": "d1", "listed": len(sources), "analyzed": len(sources), **given}
        return Snapshot(files=sources, spans=spans, **values)


def finding_at(value, **given):
    values = {
        "rule": "model-output-to-shell",
        "kind": "threat",
        "threat": "model-output-to-shell",
        "control": None,
        "controls": (),
        "title": "Model output runs as a shell command",
        "message": "What the model writes reaches a shell.",
        "severity": "critical",
        "confidence": "high",
        "audience": "developer",
        "function": "",
        "component": "",
        "evidence": (),
        "maps_to": (),
        "mitigations": (),
        "fingerprint": "f1e2d3c4b5a69788",
        "path_shape": "0123456789abcdef",
        **given,
    }
    return Finding(value=value, **values)


@pytest.fixture
def make_draft():
    return Draft


@pytest.fixture
def make_finding():
    return finding_at


@pytest.fixture
def titles():
    return Titles(
        {"agent": "Agent", "function-tool": "Function tool", "hosted-llm": "Hosted model provider", "chat-endpoint": "Chat endpoint"},
        {"ctl-sandboxed-exec": "Isolated execution", "ctl-human-approval": "Human approval", "ctl-step-limit": "Step limit"},
        {"agent": "agent", "function-tool": "tools", "hosted-llm": "model-access", "chat-endpoint": "interaction"},
    )


@pytest.fixture
def snapshot():
    draft = Draft(FILES)
    request = draft.at("app/api.py", "request.json()", "chat")
    message = draft.at("app/api.py", 'body["message"]', "chat")
    agent = draft.at("app/agent.py", 'Agent(name="support", model="gpt-5-mini", tools=[run_command])')
    model = draft.at("app/agent.py", '"gpt-5-mini"')
    endpoint = draft.at("app/api.py", "chat(request", "chat")
    tool = draft.at("app/tools.py", "run_command", "run_command")
    argument = draft.at("app/tools.py", "command: str", "run_command")
    shell = draft.at("app/tools.py", "subprocess.run(command, shell=True, capture_output=True, text=True)", "run_command")
    key = draft.at("app/settings.py", f'"{KEY}"')
    to_shell = finding_at(
        shell,
        message="The agent support decides what `command` is, and it runs in a shell with the rights of the server.",
        function="run_command",
        component="function-tool:run_command#a1",
        controls=("ctl-sandboxed-exec", "ctl-human-approval"),
        looked="on the path, at the tool and at the agents that hold it",
        evidence=(
            Step("source", request, "a request's body"),
            Step("step", message, "given to the agent support"),
            Step("step", argument, "the model chooses the tool's arguments"),
            Step("sink", shell, "runs in a shell"),
        ),
        maps_to=(("owasp_llm", ("LLM10:2026", "LLM05:2025")), ("cwe", ("CWE-78",))),
        mitigations=(
            MitigationOffer("ctl-sandboxed-exec", "Run it in a container", "replace_call", shell, "review"),
            MitigationOffer("ctl-human-approval", "Ask a person before it runs", "", None, "none"),
        ),
    )
    no_limit = finding_at(
        agent,
        rule="agent-without-step-limit",
        kind="missing-control",
        threat="unbounded-agent-loop",
        control="ctl-step-limit",
        controls=("ctl-step-limit",),
        title="Agent without a step limit",
        message="Nothing ends a run of the agent support.",
        severity="medium",
        confidence="medium",
        component="agent:support#b2",
        looked="at the agent and where it is run",
        evidence=(Step("component", agent, "the agent"),),
        maps_to=(("cwe", ("CWE-770",)),),
        mitigations=(MitigationOffer("ctl-step-limit", "Limit the turns", "add_argument", agent, "safe"),),
        fingerprint="00aa11bb22cc33dd",
    )
    written_key = finding_at(
        key,
        rule="written-down-key",
        threat="api-key-hardcoded",
        title="Key written into code",
        message=f"A key stands in the code: {KEY}.",
        severity="high",
        evidence=(Step("place", key, "the key"),),
        maps_to=(("cwe", ("CWE-798",)),),
        fingerprint="77665544332211ff",
    )
    accepted = replace(no_limit, fingerprint="aaaa", status="accepted", status_reason="A person watches each run (until 2027-01-01).")
    declared = replace(
        to_shell, fingerprint="bbbb", severity="low", status="declared", status_reason="Declared at run_command: own sandbox."
    )
    audit = Control("ctl-audit", "present", agent, "tracing is on by default")
    shell_rights = frozenset({"runs-commands"})
    components = (
        Component("agent:support#b2", "agent", "support", agent, "application", {"model": "gpt-5-mini"}, shell_rights, (audit,)),
        Component("hosted-llm:gpt-5-mini#c3", "hosted-llm", "gpt-5-mini", model, "third-party"),
        Component("chat-endpoint:chat#d4", "chat-endpoint", "POST /chat", endpoint, "application-edge", {"path": "/chat"}),
        Component(
            "function-tool:run_command#a1", "function-tool", "run_command", tool, "application", {}, shell_rights, confidence="medium"
        ),
    )
    crossing = "application-edge/application"
    system = SystemMap(
        components=components,
        relations=(
            Relation("agent:support#b2", "has-tool", "function-tool:run_command#a1"),
            Relation("agent:support#b2", "uses-model", "hosted-llm:gpt-5-mini#c3"),
            Relation("chat-endpoint:chat#d4", "serves", "agent:support#b2"),
        ),
        flows=(DataFlow("chat-endpoint:chat#d4", "agent:support#b2", frozenset({"user-input"}), (crossing,), (message,)),),
        boundaries=(
            TrustBoundary("application", "application", "Application"),
            TrustBoundary("application-edge", "application-edge", "Edge"),
            TrustBoundary("third-party", "third-party", "Third parties"),
        ),
    )
    return draft.snapshot(
        findings=(no_limit, accepted, written_key, to_shell, declared),
        map=system,
        problems=(Problem("app/old.py", "syntax", "could not be read from line 3 on"),),
    )


@pytest.fixture
def golden(request):
    """Compare bytes with a golden file; `--update-golden` writes it anew."""

    def compare(name, got):
        place = GOLDEN / name
        got = got.encode() if isinstance(got, str) else got
        if request.config.getoption("--update-golden"):
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(got)
        assert got.decode() == place.read_text("utf-8"), f"{name} differs; look at it, then --update-golden"

    return compare
