"""Design files read and merged: `threatmodel.yaml`, `.threatmodel/*.yaml`, and the settings in `pyproject.toml`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import xxhash

from threatline.design.model import Design
from threatline.design.text import DesignText
from threatline.errors import DesignError
from threatline.source.file import Problem
from threatline.source.reading import make_source, read
from threatline.source.roots import DESIGN_FILE

DESIGN_FOLDER: Final = ".threatmodel"
MAX_FRAGMENTS: Final = 100
_SETTINGS_FILE: Final = "pyproject.toml"
_SETTINGS_MARK: Final = b"threatline"


def load_design(
    root: str | os.PathLike[str],
    *,
    threats: Collection[str] | None = None,
    controls: Collection[str] | None = None,
    unsaved: Mapping[str, bytes] | None = None,
) -> tuple[Design, tuple[Problem, ...]]:
    """Read all that a workspace declares; the empty design where it declares nothing.

    With `threats` and `controls`, ids are checked against them. `unsaved` texts, by file id, stand for what lies on the disk. The settings
    of `threatmodel.yaml` go before those of `pyproject.toml`, key by key. Raises DesignError for a file that is wrong or over a bound.
    Problems name a `pyproject.toml` that is no TOML: it is not ours.
    """
    place = os.fspath(root)
    typed = unsaved or {}
    files = sorted({*_design_files(place), *filter(is_design_file, typed)}, key=lambda file: (file != DESIGN_FILE, file))
    texts = [_read_yaml(place, file, typed.get(file)) for file in files if typed.get(file, b"x").strip()]
    problems: list[Problem] = []
    settings = _read_settings(place, problems)
    if not texts and settings is None:
        return Design(), tuple(problems)
    # Models of pydantic take a tenth of a second to build: only those who have a design pay for it.
    from threatline.design.checking import check_words
    from threatline.design.merging import merge

    design = merge(texts, settings)
    check_words(design, texts, threats, controls)
    parts = texts if settings is None else [*texts, settings]
    digest = xxhash.xxh3_128_hexdigest(b"\0".join(part.file.encode() + b"\0" + part.text for part in parts))
    return replace(design, digest=digest), tuple(problems)


def is_design_file(file: str) -> bool:
    """Tell whether a file of a workspace, by its id, holds a part of the design."""
    folder, _, name = file.rpartition("/")
    return file == DESIGN_FILE or (folder == DESIGN_FOLDER and name.endswith((".yaml", ".yml")))


def _design_files(root: str) -> list[str]:
    files = [DESIGN_FILE] if os.path.lexists(os.path.join(root, DESIGN_FILE)) else []
    folder = os.path.join(root, DESIGN_FOLDER)
    if not os.path.isdir(folder) or os.path.islink(folder):
        return files
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith((".yaml", ".yml")))
    except OSError as error:
        raise DesignError(DESIGN_FOLDER, 0, error.strerror or "cannot be read") from None
    if len(names) > MAX_FRAGMENTS:
        raise DesignError(DESIGN_FOLDER, 0, f"holds more than {MAX_FRAGMENTS} files")
    return [*files, *(f"{DESIGN_FOLDER}/{name}" for name in names)]


def _read_yaml(root: str, file: str, unsaved: bytes | None = None) -> DesignText:
    from threatline.errors import KnowledgeError
    from threatline.knowledge.reading import read_yaml

    source = read(root, file) if unsaved is None else make_source(file, unsaved)
    if isinstance(source, Problem):
        raise DesignError(file, 0, source.message)
    try:
        data = read_yaml(source.text, file, dates=True)
    except KnowledgeError as error:
        raise DesignError(file, error.line, error.message) from None
    if not isinstance(data, dict):
        raise DesignError(file, 1, "must hold keys such as version, system and components")
    return DesignText(file, source.text, data)


def _read_settings(root: str, problems: list[Problem]) -> DesignText | None:
    """Read `[tool.threatline]`, None where there is none. Most projects' file is not even parsed."""
    if not os.path.isfile(os.path.join(root, _SETTINGS_FILE)):
        return None
    source = read(root, _SETTINGS_FILE)
    if isinstance(source, Problem):
        problems.append(source)
        return None
    if _SETTINGS_MARK not in source.text:
        return None
    try:
        table = tomllib.loads(source.text.decode()).get("tool", {}).get("threatline")
    except (ValueError, RecursionError, AttributeError) as error:
        problems.append(Problem(_SETTINGS_FILE, "unreadable", f"is no TOML: {error}"))
        return None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise DesignError(_SETTINGS_FILE, 0, "tool.threatline must be a table")
    return DesignText(_SETTINGS_FILE, source.text, table)
