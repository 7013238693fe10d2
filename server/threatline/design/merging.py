"""Several design files made into one design, each checked for its form first."""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
from collections.abc import Sequence
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from threatline.design.model import Design, Settings, System
from threatline.design.text import DesignText
from threatline.errors import DesignError

_VERSION: Final = 1
_TABLES: Final = ("zones", "data_classes", "parties")
_LISTS: Final = ("components", "flows", "controls", "decisions", "accepted_risks")

Form = TypeVar("Form")


def merge(texts: Sequence[DesignText], settings: DesignText | None) -> Design:
    """Make one design of all files: lists follow one another, tables join, `system` and `settings` stand in one file only.

    Raises DesignError for what does not fit the schema, and for what is declared twice.
    """
    parts = [(text, _validated(text)) for text in texts]
    if parts and not any(design.system for _, design in parts):
        raise DesignError(texts[0].file, 1, 'lacks the key "system" (a name and an owner)')
    values: dict[str, Any] = {name: _joined(name, parts) for name in _TABLES}
    values |= {name: tuple(one for _, design in parts for one in getattr(design, name)) for name in _LISTS}
    return Design(
        system=_only_system(parts),
        settings=_only_settings(parts, settings),
        **values,
    )


def _validated(text: DesignText) -> Design:
    data = dict(text.data)
    version = data.pop("version", None)
    if version != _VERSION or isinstance(version, bool):
        raise DesignError(text.file, text.line(["version"]), f"version must be {_VERSION}")
    if "digest" in data:  # the design's own field, not a key of files
        raise DesignError(text.file, text.line(["digest"]), 'unknown key "digest"')
    return _fit(Design, data, text)


def _fit(form: type[Form], data: dict[str, Any], text: DesignText) -> Form:
    try:
        fitted: Form = _adapter(typing.cast("Any", form)).validate_python(data)
    except ValidationError as error:
        raise _first_error(form, error, text) from None
    return fitted


@cache
def _adapter(form: type) -> TypeAdapter[Any]:
    return TypeAdapter(form)


def _first_error(form: type, error: ValidationError, text: DesignText) -> DesignError:
    """Turn the topmost error of a file into ours, with the nearest valid word."""
    found = []
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        word = str(path[-1]) if path else ""
        where = ".".join(map(str, path))
        if detail["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
            found.append((text.line(path), f'unknown key "{word}"', _nearest(word, _keys(form, path[:-1]))))
        elif detail["type"] == "literal_error":
            valid = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
            given = str(detail["input"])[:80]
            found.append((text.line(path), f"{where}: {given!r} is none of {', '.join(valid)}", _nearest(given, valid)))
        elif detail["type"] in {"missing", "missing_argument"}:
            found.append((text.line(path[:-1]), f'{".".join(map(str, path[:-1])) or "the file"} lacks the key "{word}"', ""))
        else:
            found.append((text.line(path), f"{where}: {detail['msg']}", ""))
    # A misspelled key is also a missing one; the spelling is the better thing to say.
    return DesignError(text.file, *min(found, key=lambda one: (one[0], not one[2])))


def _nearest(word: str, valid: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(word, sorted(valid), n=1)), "")


def _keys(form: Any, path: Sequence[int | str]) -> list[str]:
    """List the keys that a file may have at a path, by following the fields' types."""
    for part in path:
        fields = typing.get_type_hints(form) if dataclasses.is_dataclass(form) else {}
        form = fields.get(str(part), fields.get(f"{part}_", form))
        while arguments := [one for one in typing.get_args(form) if one not in {str, Ellipsis, types.NoneType}]:
            if not isinstance(arguments[-1], type) and not typing.get_args(arguments[-1]):
                return []
            form = arguments[-1]
    names = [field.name.removesuffix("_") for field in dataclasses.fields(form)] if dataclasses.is_dataclass(form) else []
    return [*names, "version"] if form is Design else names


def _joined(name: str, parts: Sequence[tuple[DesignText, Design]]) -> dict[str, Any]:
    joined: dict[str, Any] = {}
    for text, design in parts:
        for key, value in getattr(design, name).items():
            if key in joined:
                raise DesignError(text.file, text.line([name, key]), f'{name}: "{key}" is declared twice')
            joined[key] = value
    return joined


def _only_system(parts: Sequence[tuple[DesignText, Design]]) -> System | None:
    found = [(text, design.system) for text, design in parts if design.system is not None]
    if len(found) > 1:
        text = found[1][0]
        raise DesignError(text.file, text.line(["system"]), f"the system is declared in {found[0][0].file} already")
    return found[0][1] if found else None


def _only_settings(parts: Sequence[tuple[DesignText, Design]], project: DesignText | None) -> Settings:
    """Take the settings of the one design file that has some, and below them, key by key, those of the project file."""
    found = [text for text, _ in parts if text.data.get("settings")]
    if len(found) > 1:
        raise DesignError(found[1].file, found[1].line(["settings"]), f"settings stand in {found[0].file} already")
    below = Settings() if project is None else _fit(Settings, project.data, project)
    return _fit(Settings, {**(project.data if project else {}), **found[0].data["settings"]}, found[0]) if found else below
