"""`threatline check`: what it prints where, and its exit status."""

import json
import os
import re
import sys

import pytest

from .conftest import HARMLESS, SHELL

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")


@pytest.mark.usefixtures("workspace")
def test_findings_are_status_one(call):
    status, out, err = call("check")
    assert status == 1
    assert "model-output-to-shell" in out
    assert err == ""


def test_nothing_found_is_status_zero(call, workspace):
    (workspace / "tools.py").write_text(HARMLESS)
    status, out, _ = call("check")
    assert (status, out.splitlines()[0]) == (0, "No findings")


@pytest.mark.parametrize(("least", "status"), [("critical", 1), ("high", 1), ("never", 0)])
@pytest.mark.usefixtures("workspace")
def test_fail_on_sets_the_least_severity(call, least, status):
    assert call("check", "--fail-on", least)[0] == status


def test_fail_on_a_severity_that_nothing_reaches(call, workspace):
    (workspace / "tools.py").write_text(SHELL.replace("shell=True", "shell=False"))
    found = json.loads(call("check", "--format", "json", "--fail-on", "never")[1])["summary"]["findings"]
    assert found["critical"] == 0
    assert call("check", "--fail-on", "critical")[0] == 0


def test_a_silenced_finding_is_shown_and_does_not_fail(call, workspace):
    ignored = "    # threatline: ignore[model-output-to-shell] run by its author alone\n    return subprocess"
    (workspace / "tools.py").write_text(SHELL.replace("    return subprocess", ignored))
    status, out, _ = call("check", "--fail-on", "critical")
    assert status == 0
    assert "Silenced (1)" in out
    assert "run by its author alone" in out


@pytest.mark.usefixtures("workspace")
def test_json_is_json_and_nothing_else(call):
    _, out, err = call("check", "--format", "json")
    assert json.loads(out)["root"] == "."
    assert err == ""


@pytest.mark.usefixtures("workspace")
def test_two_runs_print_the_same_bytes(call):
    first = call("check", "--format", "json")
    assert call("check", "--format", "json") == first
    assert call("check", "--format", "json", "--no-cache") == first


def test_the_root_is_as_given(call, workspace, monkeypatch):
    (workspace / "inner").mkdir()
    monkeypatch.chdir(workspace.parent)
    assert json.loads(call("check", "project", "--format", "json")[1])["root"] == "project"
    assert json.loads(call("check", str(workspace), "--format", "json")[1])["root"] == str(workspace)
    assert json.loads(call("check", "--workspace", "project/", "--format", "json")[1])["root"] == "project/"
    monkeypatch.chdir(workspace / "inner")
    assert json.loads(call("check", "..", "--format", "json")[1])["root"] == ".."


def test_a_path_limits_what_is_shown(call, workspace):
    (workspace / "app").mkdir()
    (workspace / "app" / "more.py").write_text(SHELL)
    for path, files in (("app", {"app/more.py"}), ("tools.py", {"tools.py"}), (".", {"app/more.py", "tools.py"})):
        found = json.loads(call("check", path, "--format", "json")[1])
        assert {finding["file"] for finding in found["findings"]} == files


@pytest.mark.usefixtures("workspace")
def test_github_format(call):
    out = call("check", "--format", "github")[1]
    assert all(re.match(r"::(error|warning|notice) ", line) for line in out.splitlines())
    assert "file=tools.py,line=8" in out


@pytest.mark.usefixtures("workspace")
def test_one_rule_alone(call):
    found = json.loads(call("check", "--rule", "model-output-to-shell", "--format", "json")[1])
    assert {finding["rule"] for finding in found["findings"]} == {"model-output-to-shell"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("check", "--rule", "model-output-to-shel"), "did you mean 'model-output-to-shell'?"),
        (("check", "--format", "xml"), "'xml' is not one of"),
        (("check", "nowhere"), "'nowhere' does not exist"),
        (("check", "--fail-on", "bad"), "'bad' is not one of"),
        (("chek",), "No such command 'chek'"),
        (("check", "--since", "HEAD"), "is in no git repository"),
    ],
)
@pytest.mark.usefixtures("workspace")
def test_a_wrong_call_is_status_two(call, arguments, said):
    status, out, err = call(*arguments)
    assert status == 2
    assert said in err
    assert out == ""


@pytest.mark.usefixtures("workspace")
def test_paths_of_two_workspaces_are_a_wrong_call(call, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "pyproject.toml").touch()
    status, _, err = call("check", ".", str(other))
    assert status == 2
    assert "--workspace" in err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_what_cannot_be_read_is_status_three_and_the_rest_is_printed(call, workspace):
    (workspace / os.fsdecode(b"bad\xff.py")).write_text(HARMLESS)
    status, out, _ = call("check")
    assert status == 3
    assert "model-output-to-shell" in out
    assert "bad\\xff.py" in out


@POSIX
def test_a_link_out_of_the_workspace_matters_only_when_it_is_asked_for(call, workspace, tmp_path):
    (tmp_path / "secret.py").write_text(SHELL)
    (workspace / "tools.py").write_text(HARMLESS)
    (workspace / "link.py").symlink_to(tmp_path / "secret.py")
    assert call("check")[0] == 0
    assert call("check", "link.py")[0] == 3


def test_a_wrong_design_is_status_two_and_the_rest_is_printed(call, workspace):
    (workspace / "threatmodel.yaml").write_text("version: 1\nsytem: {}\n")
    status, out, err = call("check")
    assert status == 2
    assert "threatmodel.yaml:2:" in err
    assert "system" in err
    assert "model-output-to-shell" in out


def test_a_large_file_matters_only_when_it_is_asked_for(call, workspace):
    (workspace / "tools.py").write_text(HARMLESS)
    (workspace / "big.py").write_text("x = 1\n" * 400_000)
    assert call("check")[0] == 0
    assert call("check", "big.py")[0] == 3


@pytest.mark.usefixtures("workspace")
def test_a_wrong_rule_is_status_two(call, monkeypatch):
    from dataclasses import replace

    from threatline.cli import analyzing
    from threatline.knowledge import loading
    from threatline.knowledge.model import KnowledgeProblem

    known = replace(loading.load_knowledge(), problems=(KnowledgeProblem("rules/x.yaml", 3, "unknown port 'shel'; did you mean 'shell'?"),))
    monkeypatch.setattr(loading, "load_knowledge", lambda: known)
    assert analyzing.load() is known
    status, out, err = call("check")
    assert status == 2
    assert "rules/x.yaml:3: unknown port 'shel'; did you mean 'shell'?" in err
    assert "model-output-to-shell" in out


def test_output_goes_to_a_file(call, workspace):
    status, out, _ = call("check", "--format", "json", "--output", "found.json")
    assert (status, out) == (1, "")
    assert json.loads((workspace / "found.json").read_text())["version"] == 1
    assert sorted(path.name for path in workspace.iterdir()) == ["found.json", "pyproject.toml", "tools.py"]


@POSIX
def test_output_replaces_a_link_and_leaves_its_target(call, workspace, tmp_path):
    target = tmp_path / "precious"
    target.write_text("keep")
    (workspace / "found.json").symlink_to(target)
    assert call("check", "--format", "json", "--output", "found.json")[0] == 1
    assert target.read_text() == "keep"
    assert not (workspace / "found.json").is_symlink()


@POSIX
def test_output_does_not_follow_a_link_out_of_the_workspace(call, workspace, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (workspace / "reports").symlink_to(outside)
    status, _, err = call("check", "--output", "reports/found.txt")
    assert status == 2
    assert "leads out of the workspace" in err
    assert not list(outside.iterdir())


@POSIX
def test_output_keeps_the_mode_of_a_file(call, workspace):
    place = workspace / "found.txt"
    place.write_text("old")
    place.chmod(0o640)
    call("check", "--output", "found.txt")
    assert place.stat().st_mode & 0o777 == 0o640
    assert "model-output-to-shell" in place.read_text()


@pytest.mark.usefixtures("workspace")
def test_output_that_cannot_be_written_is_status_two(call):
    status, _, err = call("check", "--output", "nowhere/found.txt")
    assert status == 2
    assert "nowhere/found.txt" in err


@pytest.mark.usefixtures("workspace")
def test_no_color_where_there_is_no_terminal(call, monkeypatch):
    assert "\x1b" not in call("check")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in call("check")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in call("check")[1]


@pytest.mark.usefixtures("workspace")
def test_no_cache_leaves_no_facts(call, own_cache):
    call("check", "--no-cache")
    assert not (own_cache / "facts").exists()
    call("check")
    assert (own_cache / "facts").exists()


@pytest.mark.parametrize(
    ("command", "planted"),
    [
        (("-P", "-m", "threatline"), ("threatline", "click", "rich", "yaml", "json")),
        # Without -P, Python itself looks for threatline in the current folder first; the other names are up to us.
        (("-m", "threatline"), ("click", "rich", "yaml", "json")),
    ],
)
def test_a_module_of_the_workspace_is_never_imported(start, workspace, command, planted):
    for name in planted:
        (workspace / f"{name}.py").write_text("raise SystemExit(77)\n")
    with start("check", "--fail-on", "never", command=command, cwd=workspace) as process:
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")


@POSIX
def test_a_closed_pipe_is_no_fault(start, workspace):
    with start("check", "--format", "json", cwd=workspace) as process:
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert err == ""
    assert process.returncode == 141


def test_an_old_terminal_encoding_is_no_fault(start, workspace):
    with start("check", cwd=workspace, env={"PYTHONIOENCODING": "ascii"}) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert "model-output-to-shell" in out


@pytest.mark.usefixtures("workspace")
def test_a_fault_of_ours_is_not_a_finding(call, monkeypatch):
    from threatline.cli import check

    def broken(*_, **__):
        raise RuntimeError("a fault \x1b[31m")

    monkeypatch.setattr(check, "analyzed", broken)
    status, _, err = call("check")
    assert status == 3
    assert "please report it" in err
    assert "\x1b" not in err


def test_help_imports_nothing_heavy(start):
    code = "import sys; from threatline.cli.main import run; run(['--help']); print(sorted(sys.modules), file=sys.stderr)"
    with start(command=("-c", code)) as process:
        out, err = process.communicate(timeout=60)
    assert "Commands:" in out
    for heavy in ("rich", "pydantic", "tree_sitter", "jinja2", "diskcache", "threatline.analysis", "threatline.knowledge"):
        assert f"'{heavy}'" not in err


def test_the_version(call):
    import threatline

    assert call("--version")[1].strip() == f"threatline, version {threatline.__version__}"
    assert sys.version_info >= (3, 11)
