"""`check --since`: only what a change brings."""

import json

import pytest

from .conftest import HARMLESS, SHELL


@pytest.fixture
def repository(workspace, git):
    git(workspace, "init", "--quiet")
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", "-m", "start")
    return workspace


def found(call, *arguments):
    status, out, err = call("check", "--since", *arguments, "--format", "json")
    assert err == ""
    return status, [(finding["rule"], finding["file"], finding["status"]) for finding in json.loads(out)["findings"]]


@pytest.mark.usefixtures("repository")
def test_nothing_is_new_without_a_change(call):
    assert found(call, "HEAD") == (0, [])


def test_lines_that_move_are_not_new(call, repository):
    (repository / "tools.py").write_text("# a comment\n\n" + SHELL)
    assert found(call, "HEAD") == (0, [])


def test_a_new_sink_is_new(call, repository):
    more = SHELL.replace("run_command", "other").replace('name="support"', 'name="other"').replace("support =", "second =")
    (repository / "more.py").write_text(more)
    status, findings = found(call, "HEAD")
    assert status == 1
    assert {file for _, file, _ in findings} == {"more.py"}
    assert ("model-output-to-shell", "more.py", "open") in findings


def test_a_fault_that_was_there_and_is_gone_says_nothing(call, repository, git):
    (repository / "tools.py").write_text(HARMLESS)
    assert found(call, "HEAD") == (0, [])
    git(repository, "commit", "--quiet", "-a", "-m", "mend")
    (repository / "tools.py").write_text(SHELL)
    assert found(call, "HEAD")[0] == 1
    assert found(call, "HEAD~1") == (0, [])


def test_a_new_silence_is_told(call, repository):
    ignored = "    # threatline: ignore[model-output-to-shell] nobody reads this\n    return subprocess"
    (repository / "tools.py").write_text(SHELL.replace("    return subprocess", ignored))
    assert ("model-output-to-shell", "tools.py", "ignored") in found(call, "HEAD")[1]


def test_a_root_below_the_top_of_the_repository(call, repository, git, monkeypatch):
    inner = repository / "inner"
    inner.mkdir()
    (inner / "threatmodel.yaml").write_text("version: 1\nsystem: {name: inner, owner: us}\n")
    (inner / "tools.py").write_text(SHELL)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "inner")
    monkeypatch.chdir(inner)
    assert found(call, "HEAD", "--workspace", ".") == (0, [])
    assert found(call, "HEAD~1", "--workspace", ".")[0] == 1


@pytest.mark.parametrize("revision", ["nothing", "--output=/tmp/x", "HEAD^{tree}", ""])
@pytest.mark.usefixtures("repository")
def test_an_unknown_revision_is_a_wrong_call(call, revision):
    status, out, err = call("check", f"--since={revision}")
    assert (status, out) == (2, "")
    assert "git knows no revision" in err


def test_git_runs_nothing_of_the_repository(call, repository, git):
    mark = repository.parent / "ran"
    program = repository / "planted.sh"
    program.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "config", "filter.planted.smudge", str(program))
    git(repository, "config", "filter.planted.clean", str(program))
    git(repository, "config", "diff.planted.textconv", str(program))
    (repository / ".gitattributes").write_text("*.py filter=planted diff=planted\n")
    (repository / "tools.py").write_text(SHELL + "\n# changed\n")
    mark.unlink(missing_ok=True)
    assert found(call, "HEAD")[0] == 0
    assert not mark.exists()
