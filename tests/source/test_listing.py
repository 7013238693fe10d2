import os
import subprocess

import pytest

from threatline.source import git
from threatline.source.listing import list_files


def write(root, *paths, text="x = 1\n"):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def run_git(root, *words):
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=root, check=True, capture_output=True)


@pytest.fixture(params=["git", "plain"])
def root(request, tmp_path):
    """A workspace in a repository, and one that is in none."""
    if request.param == "git":
        run_git(tmp_path, "init", "-q", "work")
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return folder


def test_files_are_listed_sorted_and_ignored_ones_left_out(root):
    write(root, "b.py", "a/z.py", "a/y.py", "out/gen.py", "a/skip_me.py", "keep/skip_me.py")
    write(root, ".gitignore", text="out/\nskip_*.py\n")
    write(root, "keep/.gitignore", text="!skip_me.py\n")

    assert list_files(root).files == (".gitignore", "a/y.py", "a/z.py", "b.py", "keep/.gitignore", "keep/skip_me.py")


def test_what_tools_fill_is_left_out(root):
    write(root, "app.py", "node_modules/x/index.js", "env/pyvenv.cfg", "env/lib/x.py", "lib/site-packages/y.py", "__pycache__/z.py")

    assert list_files(root).files == ("app.py",)


def test_build_and_dist_are_listed_unless_ignored(root):
    write(root, "build/a.py", "dist/b.py")

    assert list_files(root).files == ("build/a.py", "dist/b.py")


def test_a_path_given_by_hand_is_listed_even_if_ignored(root):
    write(root, "app.py", "out/gen.py", "out/deep/more.py", "node_modules/x/index.js")
    write(root, ".gitignore", text="out/\nnode_modules/\n")

    assert list_files(root, ["out"]).chosen == ("out/deep/more.py", "out/gen.py")
    assert list_files(root, ["out/gen.py"]).chosen == ("out/gen.py",)
    assert list_files(root, ["node_modules/x"]).chosen == ("node_modules/x/index.js",)
    assert list_files(root, ["out"]).files == (".gitignore", "app.py", "out/deep/more.py", "out/gen.py")


def test_chosen_files_are_those_under_the_paths(root):
    write(root, "a/x.py", "ab/y.py", "c.py")

    assert list_files(root, ["a"]).chosen == ("a/x.py",)
    assert list_files(root, ["./a/", "c.py"]).chosen == ("a/x.py", "c.py")
    assert list_files(root, ["."]).chosen == list_files(root).files == ("a/x.py", "ab/y.py", "c.py")


def test_paths_that_lead_out_or_nowhere_are_problems(root):
    write(root.parent, "secret.py")

    listing = list_files(root, ["../secret.py", "gone"])

    assert listing.files == ()
    assert [(problem.file, problem.kind) for problem in listing.problems] == [("../secret.py", "outside"), ("gone", "missing")]


def test_links_that_leave_the_root_or_circle_are_not_followed(root):
    write(root.parent, "outer/secret.py")
    write(root, "pkg/real.py")
    (root / "pkg/loop").symlink_to("..")
    (root / "out").symlink_to("../outer")
    (root / "leak.py").symlink_to("../outer/secret.py")
    (root / "same.py").symlink_to("pkg/real.py")
    (root / "self.py").symlink_to("self.py")
    (root / "gone.py").symlink_to("nowhere.py")

    listing = list_files(root)

    assert listing.files == ("pkg/real.py",)
    assert [(problem.file, problem.kind) for problem in listing.problems] == [("leak.py", "outside")]


def test_a_link_counts_where_its_target_is_not_listed_itself(root):
    write(root, "hidden/real.py")
    write(root, ".gitignore", text="hidden/\n")
    (root / "shown.py").symlink_to("hidden/real.py")

    assert list_files(root).files == (".gitignore", "shown.py")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX names")
def test_names_that_are_no_utf8_are_problems(root):
    (root / os.fsdecode(b"caf\xe9.py")).write_text("x = 1")
    write(root, "a.py")

    listing = list_files(root)

    assert listing.files == ("a.py",)
    assert [(problem.file, problem.kind) for problem in listing.problems] == [("caf\\xe9.py", "unreadable")]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_a_problem(tmp_path):
    write(tmp_path, "a.py", "locked/b.py")
    (tmp_path / "locked").chmod(0)
    try:
        listing = list_files(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)

    assert listing.files == ("a.py",)
    assert [(problem.file, problem.kind) for problem in listing.problems] == [("locked", "unreadable")]


def test_a_folder_that_cannot_be_listed_is_a_problem(tmp_path, monkeypatch):
    write(tmp_path, "a.py", "locked/b.py")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listing = list_files(tmp_path)

    assert listing.files == ("a.py",)
    assert [(problem.file, problem.kind) for problem in listing.problems] == [("locked", "unreadable")]


def test_patterns_take_linear_time_and_broken_ones_are_passed_over(tmp_path):
    write(tmp_path, "a.py", "b.py", "a" * 200 + "c.py")
    write(tmp_path, ".gitignore", text="*a" * 40 + "*x\n!\n[\nb.py\n")

    assert list_files(tmp_path).files == (".gitignore", "a.py", "a" * 200 + "c.py")


def test_tracked_files_are_listed_even_if_ignored_and_deleted_ones_are_not(tmp_path):
    run_git(tmp_path, "init", "-q")
    write(tmp_path, "kept.py", "gone.py", "new.py")
    write(tmp_path, ".gitignore", text="kept.py\n")
    run_git(tmp_path, "add", "-f", "kept.py", "gone.py")
    (tmp_path / "gone.py").unlink()

    assert list_files(tmp_path).files == (".gitignore", "kept.py", "new.py")


def test_an_index_does_not_lead_through_a_link(tmp_path):
    root = tmp_path / "work"
    run_git(tmp_path, "init", "-q", "work")
    write(root, "a/secret.py")
    run_git(root, "add", "a/secret.py")
    (root / "a").rename(tmp_path / "elsewhere")
    (root / "a").symlink_to("../elsewhere")

    assert list_files(root).files == ()


def test_repositories_inside_the_repository_are_listed(tmp_path):
    run_git(tmp_path, "init", "-q")
    write(tmp_path, "a.py", "inner/b.py", "inner/skip.py")
    write(tmp_path, "inner/.gitignore", text="skip.py\n")
    run_git(tmp_path / "inner", "init", "-q")

    assert list_files(tmp_path).files == ("a.py", "inner/.gitignore", "inner/b.py")


def test_a_root_that_its_repository_ignores_is_walked(tmp_path):
    run_git(tmp_path, "init", "-q")
    write(tmp_path, ".gitignore", text="scratch/\n")
    write(tmp_path, "scratch/app/a.py", "scratch/app/out/b.py")
    write(tmp_path, "scratch/app/.gitignore", text="out/\n")

    assert list_files(tmp_path / "scratch/app").files == (".gitignore", "a.py")


def test_a_folder_of_a_repository_is_listed_relative_to_itself(tmp_path):
    run_git(tmp_path, "init", "-q")
    write(tmp_path, ".gitignore", text="skip.py\n")
    write(tmp_path, "app/a.py", "app/skip.py", "b.py")

    assert list_files(tmp_path / "app").files == ("a.py",)


PLANTS = {
    "core.fsmonitor": "{program}",
    "core.hooksPath": "{folder}",
    "core.pager": "{program}",
    "core.sshCommand": "{program}",
    "core.askPass": "{program}",
    "core.editor": "{program}",
    "core.alternateRefsCommand": "{program}",
    "credential.helper": "!{program}",
    "diff.external": "{program}",
    "filter.evil.clean": "{program}",
    "filter.evil.smudge": "{program}",
    "filter.evil.process": "{program}",
    "pager.ls-files": "{program}",
    "alias.ls-files": "!{program}",
    "trace2.eventTarget": "{folder}/trace",
    "uploadpack.packObjectsHook": "{program}",
}


def test_a_planted_configuration_runs_nothing(tmp_path):
    root, trap = tmp_path / "work", tmp_path / "trap"
    trap.mkdir()
    mark = tmp_path / "ran"
    program = trap / "program"
    program.write_text(f"#!/bin/sh\necho ran >> '{mark}'\n")
    program.chmod(0o700)
    for hook in ("fsmonitor-watchman", "post-index-change", "query-watchman", "reference-transaction"):
        (trap / hook).symlink_to("program")
    run_git(tmp_path, "init", "-q", "work")
    write(root, "a.py", "b.py")
    write(root, ".gitattributes", text="*.py filter=evil diff=evil\n")
    run_git(root, "add", "a.py", ".gitattributes")
    for name, value in PLANTS.items():
        run_git(root, "config", name, value.format(program=program, folder=trap))
    mark.unlink(missing_ok=True)
    os.utime(root / "a.py", (1, 1))  # so that the index looks stale

    # The trap is real: plain git springs it.
    subprocess.run(["git", "status"], cwd=root, check=False, capture_output=True)
    assert mark.exists()
    mark.unlink()

    assert list_files(root).files == (".gitattributes", "a.py", "b.py")
    assert not mark.exists()
    assert not (trap / "trace").exists()


def test_a_partial_clone_fetches_nothing(tmp_path):
    root, mark, program = tmp_path / "work", tmp_path / "ran", tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    program.chmod(0o700)
    run_git(tmp_path, "init", "-q", "work")
    write(root, "a.py")
    run_git(root, "add", ".")
    for name, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
    }.items():
        run_git(root, "config", name, value)

    # The trap is real: plain git fetches the object that it lacks.
    subprocess.run(["git", "cat-file", "-p", "1" * 40], cwd=root, check=False, capture_output=True)
    assert mark.exists()
    mark.unlink()

    assert list_files(root).files == ("a.py",)
    assert git.run(str(root), "cat-file", "-p", "1" * 40)[0] != 0
    assert not mark.exists()


def test_a_git_of_the_workspace_is_not_run(tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    write(tmp_path, "a.py")
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch '{mark}'\n")
    (tmp_path / "git").chmod(0o700)
    git._program.cache_clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    try:
        assert list_files(tmp_path).files == ("a.py", "git")
    finally:
        git._program.cache_clear()
    assert not mark.exists()


def test_without_git_the_folder_is_walked(tmp_path, monkeypatch):
    run_git(tmp_path, "init", "-q")
    write(tmp_path, "a.py", "skip.py")
    write(tmp_path, ".gitignore", text="skip.py\n")
    monkeypatch.setattr(git, "_program", lambda: None)

    assert list_files(tmp_path).files == (".gitignore", "a.py")
