"""The user's settings, read from the section `threatline` of the editor's configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from threatline.lsp.client import Json
from threatline.vocabulary import SEVERITIES, Severity

SECTION = "threatline"
Scope = Literal["workspace", "openFiles"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose. `scope`: findings of the whole workspace, or of open files alone."""

    minimumSeverity: Severity = "info"  # noqa: N815 - spelled as in the editor's settings
    scope: Scope = "workspace"
    codeLens: bool = True  # noqa: N815
    watchFiles: bool = True  # noqa: N815


_CHOICES: dict[str, tuple[object, ...]] = {
    "minimumSeverity": SEVERITIES, "scope": get_args(Scope), "codeLens": (True, False), "watchFiles": (True, False),
}  # fmt: skip


def read_settings(value: Json) -> Settings:
    """Read settings; a value that is not one of the choices is left at its default."""
    given = value if isinstance(value, dict) else {}
    given = given.get(SECTION, given) if isinstance(given.get(SECTION, given), dict) else given
    chosen = {field.name: given[field.name] for field in fields(Settings) if given.get(field.name) in _CHOICES[field.name]}
    return Settings(**chosen)
