"""The command line in a process of its own, on folders that were made to break it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SERVER = Path(__file__).parents[2] / "server"

SHELL = """\
import os

from agents import function_tool


@function_tool
def run_command(command: str) -> str:
    '''Run a command.'''
    os.system(command)
    return "done"
"""


class Answer(NamedTuple):
    """What a run gave."""

    status: int
    out: str
    err: str

    @property
    def rules(self):
        return sorted(finding["rule"] for finding in json.loads(self.out)["findings"])

    @property
    def problems(self):
        return sorted((problem["file"], problem["kind"]) for problem in json.loads(self.out)["problems"])


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def check(tmp_path, cache):
    """Run `threatline check` on the folder; the status must be one that the interface names, and no traceback may show."""

    def run(*arguments, root=tmp_path, form="json", environment=None):
        variables = {**os.environ, "PYTHONPATH": str(SERVER), "THREATLINE_CACHE_DIR": str(cache), **(environment or {})}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "threatline", "check", "--workspace", str(root), "--format", form, *arguments],
            cwd=root, env=variables, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        answer = Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        assert answer.status in {0, 1, 2, 3}
        assert "Traceback" not in answer.err
        return answer

    (tmp_path / "tools.py").write_text(SHELL)
    return run
