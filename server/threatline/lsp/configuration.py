"""The user's settings, read from the section `threatline` of the editor's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from threatline.lsp.client import Json
from threatline.vocabulary import SEVERITIES, Severity

SECTION = "threatline"
Scope = Literal["workspace", "openFiles"]
Level = Literal["error", "warning", "information", "hint"]
LEVELS: Mapping[str, int] = {"error": 1, "warning": 2, "information": 3, "hint": 4}
"""LSP's numbers."""

LEVEL_OF: Mapping[Severity, Level] = {"critical": "error", "high": "error", "medium": "warning", "low": "information", "info": "hint"}
"""How findings are shown unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may choose.

    `scope`: findings of the whole workspace, or of open files alone. `severityMapping`: how each severity is shown; it changes no finding.
    """

    minimumSeverity: Severity = "info"  # noqa: N815 - spelled as in the editor's settings
    scope: Scope = "workspace"
    severityMapping: Mapping[Severity, Level] = field(default_factory=lambda: dict(LEVEL_OF))  # noqa: N815
    codeLens: bool = True  # noqa: N815
    inlayHints: bool = False  # noqa: N815
    navigation: bool = True
    watchFiles: bool = True  # noqa: N815


_CHOICES: dict[str, tuple[object, ...]] = {
    "minimumSeverity": SEVERITIES,
    "scope": get_args(Scope),
    **dict.fromkeys(("codeLens", "inlayHints", "navigation", "watchFiles"), (True, False)),
}


def read_settings(value: Json) -> Settings:
    """Read settings; a value that is not one of the choices is left at its default."""
    given = value if isinstance(value, dict) else {}
    given = given.get(SECTION, given) if isinstance(given.get(SECTION, given), dict) else given
    chosen = {name: given[name] for name, choices in _CHOICES.items() if given.get(name) in choices}
    return Settings(**chosen, severityMapping=_mapping(given.get("severityMapping")))


def _mapping(value: Json) -> Mapping[Severity, Level]:
    given = value if isinstance(value, dict) else {}
    known = {severity: given[severity] for severity in SEVERITIES if isinstance(given.get(severity), str) and given[severity] in LEVELS}
    return {**LEVEL_OF, **known}
