"""Which packages the workspace itself is: names in its manifests and metadata."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

LARGEST = 1_000_000
_REQUIRES = re.compile(r"^Requires-Dist:\s*(.+)$", re.MULTILINE)
_NAME = re.compile(r"^Name:\s*(\S+)", re.MULTILINE)


def normalized(name: str) -> str:
    """Spell a distribution's name as package indexes do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def own_roots(root: Path, listed: Iterable[str], distributions: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """List the import roots of catalog packages that the workspace is the source of."""
    own = set(own_distributions(root, listed))
    return frozenset(package for package, names in distributions.items() if own & {normalized(name) for name in names})


def requirements(root: Path, listed: Iterable[str]) -> dict[str, str]:
    """Give the version range of each distribution that requirement files and metadata ask for; of several, the nearest to the root's."""
    found: dict[str, str] = {}
    for file in sorted(listed, key=lambda name: (name.count("/"), name)):
        for line in _requirement_lines(root, file):
            name, versions = _required(line)
            if versions:
                found.setdefault(name, versions)
    return found


def _required(line: str) -> tuple[str, str]:
    """Give the distribution and the version range of a requirement; both are empty where it is none."""
    # Imported by those who have requirements only: it takes longer than reading them.
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        return "", ""
    return normalized(wanted.name), str(wanted.specifier)


def _requirement_lines(root: Path, file: str) -> list[str]:
    name = file.rpartition("/")[2]
    if name.startswith("requirements") and name.endswith(".txt"):
        return [line.partition("#")[0].split(" --", 1)[0].strip().rstrip("\\").strip() for line in _text(root / file).splitlines()]
    if name == "METADATA" and ".dist-info/" in file:
        return _REQUIRES.findall(_text(root / file))
    if name == "pyproject.toml":
        with contextlib.suppress(tomllib.TOMLDecodeError):
            project = tomllib.loads(_text(root / file)).get("project")
            listed = project.get("dependencies") if isinstance(project, dict) else None
            return [str(line) for line in listed] if isinstance(listed, list) else []
    return []


def own_distributions(root: Path, listed: Iterable[str]) -> list[str]:
    """List the distributions that manifests of the workspace define."""
    found: list[str] = []
    for file in listed:
        name = file.rpartition("/")[2]
        if name == "METADATA" and ".dist-info/" in file:
            found += _NAME.findall(_text(root / file))[:1]
        elif name == "pyproject.toml":
            with contextlib.suppress(tomllib.TOMLDecodeError):
                data = tomllib.loads(_text(root / file))
                tables = (data.get("project"), (data.get("tool") or {}).get("poetry"))
                found += [str(table["name"]) for table in tables if isinstance(table, dict) and "name" in table]
    return sorted({normalized(name) for name in found})


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
