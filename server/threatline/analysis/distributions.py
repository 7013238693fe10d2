"""Which packages the workspace itself is: names in its manifests and metadata."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

LARGEST = 1_000_000
_NAME = re.compile(r"^Name:\s*(\S+)", re.MULTILINE)


def normalized(name: str) -> str:
    """Spell a distribution's name as package indexes do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def own_roots(root: Path, listed: Iterable[str], distributions: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """List the import roots of catalog packages that the workspace is the source of."""
    own = set(own_distributions(root, listed))
    return frozenset(package for package, names in distributions.items() if own & {normalized(name) for name in names})


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
                found += [str(table["name"]) for table in (data.get("project"), (data.get("tool") or {}).get("poetry")) if isinstance(table, dict) and "name" in table]
    return sorted({normalized(name) for name in found})


def _text(path: Path) -> str:
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
