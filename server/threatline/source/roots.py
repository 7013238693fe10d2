"""Where a workspace begins, and the module names of its Python files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

DESIGN_FILE: Final = "threatmodel.yaml"
PYTHON_MANIFESTS: Final = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"})
MANIFESTS: Final = PYTHON_MANIFESTS | {"package.json"}


def find_root(path: str | Path, workspace: str | Path | None = None) -> Path:
    """Find the root of the workspace that a path belongs to.

    It is `workspace` if given; else the nearest folder, upward, with a design file; else the git top level; else the nearest folder with
    a manifest; else the path itself (a file's folder). Design files above the git top level belong to somebody else.
    """
    if workspace is not None:
        return Path(workspace)
    start = Path(path).absolute()
    start = start if start.is_dir() else start.parent
    above = [start, *start.parents]
    top = next((folder for folder in above if (folder / ".git").exists()), None)
    inside = above[: above.index(top) + 1] if top else above
    design = next((folder for folder in inside if (folder / DESIGN_FILE).is_file()), None)
    manifest = next((folder for folder in above if any((folder / name).is_file() for name in MANIFESTS)), None)
    return design or top or manifest or start


def module_names(files: Iterable[str], root_name: str = "") -> dict[str, tuple[str, ...]]:
    """Give the dotted names under which each Python file may be imported, the best one first.

    A file has a name for each import root above it: a `src` folder, the folder of its topmost package, folders with a Python manifest,
    the workspace root, and folders that hold scripts (Python puts a script's folder on the path). The first name tells the files of a
    workspace apart; a stub shares the names of its module. `root_name` is the name of the root folder, which counts where the root is
    itself a package. Reads no disk; the order of `files` does not matter.
    """
    ids = sorted(files)
    python = [file for file in ids if file.endswith((".py", ".pyi"))]
    packages = {folder for file in python if _stem(file) == "__init__" and _is_nameable(folder := _folder(file))}
    scripts = {_folder(file) for file in python} - packages
    manifests = {_folder(file) for file in ids if PurePosixPath(file).name in PYTHON_MANIFESTS}
    names = {}
    for file in python:
        roots = _import_roots(_folder(file), packages, scripts, manifests)
        found = [_dotted(file, root) for root in roots]
        if root_name and "" in packages and _above(_folder(file), packages):
            found.insert(0, ".".join(filter(None, [root_name, _dotted(file, "")])))
        names[file] = _importable(found)
    return _told_apart(names)


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0]


def _is_nameable(folder: str) -> bool:
    """Tell whether an import statement can hold a folder's name: `web-backend` is no package, whatever lies in it."""
    return not folder or folder.rpartition("/")[2].isidentifier()


def _ancestors(folder: str) -> list[str]:
    """List a folder and those above it, the deepest first, down to "" for the workspace root."""
    found = [folder]
    while folder:
        folder = _folder(folder)
        found.append(folder)
    return found


def _above(folder: str, packages: set[str]) -> bool:
    """Tell whether every folder from here up to the workspace root is a package."""
    return all(above in packages for above in _ancestors(folder))


def _package_parent(folder: str, packages: set[str]) -> str:
    """Give the folder that holds the topmost package; a folder that is no package holds its own files."""
    while folder and folder in packages:
        folder = _folder(folder)
    return folder


def _import_roots(folder: str, packages: set[str], scripts: set[str], manifests: set[str]) -> list[str]:
    """List the import roots of a folder's files, the likeliest first."""
    parent = _package_parent(folder, packages)
    above = _ancestors(parent)
    sources = [root for root in above if root.rpartition("/")[2] == "src"][:1]
    own = [parent] if folder in packages else []
    manifested = [root for root in above if root in manifests]
    scripted = [root for root in above if root in scripts]
    return list(dict.fromkeys([*sources, *own, *manifested, "", *scripted]))


def _dotted(file: str, root: str) -> str:
    parts = file[len(root) + 1 if root else 0 :].rpartition(".")[0].split("/")
    if parts[-1] == "__init__":
        parts.pop()
    # A dot in a folder's name (`.github`) is none between names.
    return ".".join(part.replace(".", "_") for part in parts)


def _importable(names: list[str]) -> tuple[str, ...]:
    """Keep the first name, which identifies the file, and of the others those that an import statement can hold."""
    named = [name for name in names if name] or ["__init__"]
    rest = (name for name in named[1:] if all(part.isidentifier() for part in name.split(".")))
    return tuple(dict.fromkeys([named[0], *rest]))


def _told_apart(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Put the path from the workspace root first where two files would have the same first name."""
    first = Counter(found[0] for file, found in names.items() if not _is_stub(file, names))
    return {
        file: found if first[found[0]] < 2 else tuple(dict.fromkeys([_dotted(file, "") or "__init__", *found]))
        for file, found in names.items()
    }


def _is_stub(file: str, names: dict[str, tuple[str, ...]]) -> bool:
    return file.endswith(".pyi") and file[:-1] in names
