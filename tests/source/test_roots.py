import random

import pytest

from threatline.source.roots import find_root, module_names


def make(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if path.endswith("/"):
            (root / path).mkdir(exist_ok=True)
        else:
            (root / path).touch()


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (["repo/.git/", "repo/threatmodel.yaml", "repo/app/threatmodel.yaml", "repo/app/pyproject.toml"], "repo/app"),
        (["repo/.git/", "repo/threatmodel.yaml", "repo/app/pyproject.toml"], "repo"),
        (["repo/.git/", "repo/app/pyproject.toml"], "repo"),
        (["repo/.git", "repo/app/pyproject.toml"], "repo"),  # a work tree has a file there
        (["threatmodel.yaml", "repo/.git/"], "repo"),  # somebody else's design
        (["repo/pyproject.toml", "repo/app/package.json"], "repo/app"),
        (["repo/setup.cfg"], "repo"),
        ([], "repo/app/deep"),
    ],
)
@pytest.mark.parametrize("given", ["repo/app/deep", "repo/app/deep/main.py"])
def test_the_root_is_the_nearest_mark(tmp_path, present, expected, given):
    make(tmp_path, "repo/app/deep/main.py", *present)

    assert find_root(tmp_path / given) == tmp_path / expected


def test_a_given_workspace_wins(tmp_path):
    make(tmp_path, "repo/.git/", "repo/app/a.py")

    assert find_root(tmp_path / "repo/app", tmp_path / "repo/app") == tmp_path / "repo/app"


@pytest.mark.parametrize(
    ("files", "file", "names"),
    [
        # Flat package and its modules.
        (["pkg/__init__.py", "pkg/a.py"], "pkg/a.py", ("pkg.a",)),
        (["pkg/__init__.py", "pkg/a.py"], "pkg/__init__.py", ("pkg",)),
        # A src layout, with and without a namespace package in it.
        (["pyproject.toml", "src/pkg/__init__.py", "src/pkg/a.py"], "src/pkg/a.py", ("pkg.a", "src.pkg.a")),
        (["src/org/pkg/__init__.py"], "src/org/pkg/__init__.py", ("org.pkg", "pkg", "src.org.pkg")),
        (["src/org/mod.py"], "src/org/mod.py", ("org.mod", "src.org.mod", "mod")),
        # Several packages in one repository.
        (["libs/one/pyproject.toml", "libs/one/one/__init__.py"], "libs/one/one/__init__.py", ("one", "libs.one.one")),
        (["libs/one/setup.py", "libs/one/ns/mod.py"], "libs/one/ns/mod.py", ("ns.mod", "libs.one.ns.mod", "mod")),
        # Scripts: their folder is on the path, for what lies below it too.
        (["backend/main.py", "backend/services/llm.py"], "backend/services/llm.py", ("backend.services.llm", "llm", "services.llm")),
        (["backend/main.py", "backend/tools/__init__.py"], "backend/tools/__init__.py", ("tools", "backend.tools")),
        (["main.py"], "main.py", ("main",)),
        # A src folder that is itself a package.
        (["src/__init__.py", "src/a.py"], "src/a.py", ("src.a",)),
        (["web-backend/__init__.py", "web-backend/a.py"], "web-backend/a.py", ("web-backend.a", "a")),
        # Names that no import statement can hold identify a file all the same.
        (["my-app/run-it.py"], "my-app/run-it.py", ("my-app.run-it",)),
        (["my-app/tools.py"], "my-app/tools.py", ("my-app.tools", "tools")),
        ([".github/scripts/a.py"], ".github/scripts/a.py", ("_github.scripts.a", "a")),
    ],
)
def test_files_have_a_name_for_each_import_root(files, file, names):
    assert module_names(files)[file] == names


def test_only_python_files_have_names():
    assert module_names(["a.ts", "b.json", "setup.cfg"]) == {}


def test_equal_first_names_give_way_to_the_whole_path():
    names = module_names(["one/app/__init__.py", "one/app/main.py", "two/app/__init__.py", "two/app/main.py"])

    assert names["one/app/main.py"] == ("one.app.main", "app.main")
    assert names["two/app/main.py"] == ("two.app.main", "app.main")


def test_a_stub_shares_the_names_of_its_module():
    names = module_names(["src/pkg/__init__.py", "src/pkg/a.py", "src/pkg/a.pyi"])

    assert names["src/pkg/a.py"] == names["src/pkg/a.pyi"] == ("pkg.a", "src.pkg.a")


def test_a_root_that_is_a_package_lends_its_name():
    names = module_names(["__init__.py", "a.py", "sub/__init__.py", "loose/b.py"], root_name="pkg")

    assert names["__init__.py"] == ("pkg",)
    assert names["a.py"] == ("pkg.a", "a")
    assert names["sub/__init__.py"] == ("pkg.sub", "sub")
    assert "pkg.loose.b" not in names["loose/b.py"]


def test_the_order_of_files_does_not_matter():
    files = ["pyproject.toml", "src/p/__init__.py", "src/p/a.py", "tools/x.py", "tools/y/z.py", "one/p/__init__.py", "one/p/a.py"]
    expected = module_names(files)
    for seed in range(10):
        shuffled = files.copy()
        random.Random(seed).shuffle(shuffled)
        assert module_names(shuffled) == expected
