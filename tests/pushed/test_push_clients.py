"""Editors that diagnostics must be pushed to, for real: Emacs' eglot and Vim's ALE. What is not installed is skipped, and says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("threatline")
TEXT = '''\
"""Réception."""
import subprocess

from openai import OpenAI

client = OpenAI()


def run(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}])
    command = reply.choices[0].message.content
    return subprocess.run(command, shell=True, timeout=60).stdout
'''


def played(command: list[str], folder: Path, **more: str) -> dict[str, Any]:
    """Tell the story in a project of its own."""
    root = folder / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'app'\ndependencies = ['openai']\n")
    (root / "app.py").write_text(TEXT, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    result = folder / "seen.json"
    names = {"STORY_PROGRAM": PROGRAM, "STORY_ROOT": root, "STORY_FILE": root / "app.py", "STORY_RESULT": result, "HOME": folder, **more}
    environment = {**os.environ, **{name: str(value) for name, value in names.items()}}
    ran = subprocess.run(command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=400, check=False)
    assert result.exists(), (ran.stdout + ran.stderr).decode(errors="replace")[-2000:]
    seen: dict[str, Any] = json.loads(result.read_text())
    assert "problem" not in seen, seen["problem"]
    return seen


def test_eglot_shows_explains_and_fixes(tmp_path: Path) -> None:
    emacs = shutil.which("emacs")
    if emacs is None:
        pytest.skip("Emacs is not installed (Debian: emacs-nox)")
    if subprocess.run([emacs, "--batch", "-l", "eglot"], capture_output=True, check=False).returncode:
        pytest.skip("eglot is not installed (Debian: elpa-eglot; Emacs 29 and newer have it)")
    seen = played([emacs, "--batch", "-l", str(HERE / "drive.el")], tmp_path)
    assert any("Text from a model" in message for message in seen["before"])
    assert "AML.T0050" in seen["hover"]
    assert seen["actions"][0].startswith("Start the program with a list of arguments")
    assert "subprocess.run(shlex.split(command)" in seen["text"]
    assert "import shlex" in seen["text"]


def test_ale_shows_findings_and_takes_them_away(tmp_path: Path) -> None:
    vim, ale = shutil.which("vim"), Path("/usr/share/vim-ale")
    if vim is None or not ale.is_dir():
        pytest.skip("Vim with ALE is not installed (Debian: vim, vim-ale)")
    seen = played([vim, "-u", "NONE", "-N", "-es", "-S", str(HERE / "drive.vim")], tmp_path, STORY_ALE=str(ale))
    assert any("Text from a model" in message for message in seen["before"])
    assert seen["gone"] == 1
