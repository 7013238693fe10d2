"""Folders that lead out, plant programs, or cannot be read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from threatline.source.reading import MAX_BYTES

TOOL = "model-output-to-shell"
POSIX = pytest.mark.skipif(os.name == "nt", reason="needs links and modes of POSIX")
OUTSIDE = "import os\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef f(x: str):\n    os.system(x)\n"


@POSIX
def test_links_that_lead_out_are_not_followed(check, tmp_path, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.py").write_text(OUTSIDE)
    (tmp_path / "link.py").symlink_to(outside / "secret.py")
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "up").symlink_to(tmp_path.parent)
    answer = check()
    assert TOOL in answer.rules
    assert "request-to-shell" not in answer.rules


@POSIX
def test_links_that_circle_end(check, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "self").symlink_to(tmp_path)
    (tmp_path / "b.py").symlink_to(tmp_path / "c.py")
    (tmp_path / "c.py").symlink_to(tmp_path / "b.py")
    assert check().rules.count(TOOL) == 1


@POSIX
def test_nothing_that_git_is_told_to_run_runs(check, tmp_path):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    trap.chmod(0o755)
    settings = f"[core]\n\tfsmonitor = {trap}\n\thooksPath = {tmp_path}\n\tpager = {trap}\n\tsshCommand = {trap}\n\teditor = {trap}\n"
    settings += f'[diff]\n\texternal = {trap}\n[filter "x"]\n\tclean = {trap}\n\tsmudge = {trap}\n\trequired = true\n'
    (tmp_path / ".git" / "config").write_text(settings)
    (tmp_path / ".gitattributes").write_text("*.py filter=x diff=x\n")
    (tmp_path / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "fsmonitor-watchman"):
        (tmp_path / ".git" / "hooks" / hook).symlink_to(trap)
    answer = check()
    assert TOOL in answer.rules
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["yaml", "json", "click", "re", "threatline", "sitecustomize", "conftest", "agents", "os"])
def test_modules_beside_the_code_are_not_imported(check, tmp_path, name):
    (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise SystemExit(77)\n")
    answer = check()
    assert answer.status in {0, 1}
    assert not (tmp_path / "ran").exists()


@POSIX
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(check, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o000)
    try:
        answer = check()
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert TOOL in answer.rules
    assert ("closed", "unreadable") in answer.problems


@POSIX
def test_a_pipe_does_not_hold_the_run(check, tmp_path):
    os.mkfifo(tmp_path / "pipe.py")
    assert TOOL in check().rules


def test_a_broken_manifest(check, tmp_path):
    for name in ("pyproject.toml", "package.json", "requirements.txt", "setup.cfg"):
        (tmp_path / name).write_bytes(b"[project\n\xff\xfe = {\n>>>\n")
    answer = check()
    assert answer.status == 1
    assert TOOL in answer.rules


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("version: 1\nsytem: {}\n", "system"),
        ("version: 1\naccepted:\n  - {rule: model-output-to-shel}\n", "threatmodel.yaml"),
        ("a: &a [*a, *a]\n", "threatmodel.yaml"),
        ("!!python/object/apply:os.system ['touch ran']\n", "threatmodel.yaml"),
        ("- [" * 500, "threatmodel.yaml"),
        ("\x00\x01", "threatmodel.yaml"),
    ],
    ids=["a wrong word", "a wrong rule", "a circle", "an object", "deep", "no text"],
)
def test_a_broken_design(check, tmp_path, text, word):
    (tmp_path / "threatmodel.yaml").write_text(text)
    answer = check()
    assert answer.status == 2
    assert word in answer.err
    assert TOOL in answer.rules
    assert not (tmp_path / "ran").exists()


def test_aliases_that_multiply_are_refused_in_time(check, tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (tmp_path / "threatmodel.yaml").write_text("\n".join(lines))
    answer = check()
    assert answer.status == 2
    assert TOOL in answer.rules


def test_many_files_of_one_line(check, tmp_path):
    for number in range(400):
        (tmp_path / f"m{number}.py").write_text(f"from m{(number + 1) % 400} import f as g\ndef f(x):\n    return g(x)\n")
    assert TOOL in check().rules


def test_the_limit_of_a_file_is_what_it_says(check, tmp_path):
    (tmp_path / "edge.py").write_bytes(b"#" * (MAX_BYTES + 1))
    assert check().problems == [("edge.py", "too-large")]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_a_file_name_that_is_no_text(check, tmp_path):
    with open(os.path.join(os.fsencode(tmp_path), b"bad\xff.py"), "wb") as file:
        file.write(b"x = 1\n")
    answer = check()
    assert answer.status == 3
    assert TOOL in answer.rules
