"""A small workspace on disk, and the command line on it, in this process or in one of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from threatline.cli.main import run
from threatline.knowledge.loading import load_knowledge

SERVER = Path(__file__).parents[2] / "server"

SHELL = """\
import subprocess

from agents import Agent, function_tool


@function_tool
def run_command(command: str) -> str:
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout


support = Agent(name="support", instructions="Help.", model="gpt-5-mini", tools=[run_command])
"""

HARMLESS = "def add(one: int, two: int) -> int:\n    return one + two\n"


@pytest.fixture(scope="session")
def packed_rules(tmp_path_factory):
    """The rules, parsed once for all tests."""
    folder = tmp_path_factory.mktemp("packed")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("THREATLINE_CACHE_DIR", str(folder))
        load_knowledge()
    return folder


@pytest.fixture(autouse=True)
def own_cache(packed_rules, tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    shutil.copytree(packed_rules, folder, dirs_exist_ok=True)
    monkeypatch.setenv("THREATLINE_CACHE_DIR", str(folder))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "project"\n')
    (root / "tools.py").write_text(SHELL)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def call(capfdbinary):
    """Run the command line in this process: status, standard output, standard error."""

    def called(*arguments):
        capfdbinary.readouterr()
        status = run(list(arguments))
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return called


@pytest.fixture
def start():
    """Start the command line in a process of its own."""

    def started(*arguments, command=("-m", "threatline"), **given):
        environment = {**os.environ, "PYTHONPATH": str(SERVER), **given.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, *command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **given
        )

    return started


@pytest.fixture
def git():
    def run_git(folder, *arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run_git
