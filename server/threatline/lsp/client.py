"""What the editor at the other end can do, read from what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from threatline.source.lines import Units

Json = Any
"""A plain JSON value. Messages go out as such: cattrs takes ten times as long over a list of diagnostics."""


@dataclass(frozen=True, slots=True)
class Client:
    """An editor's abilities. `pulls` says that it asks for diagnostics and can be told to ask again; the others are sent them."""

    units: Units = "utf-16"
    pulls: bool = False
    related_information: bool = False
    diagnostic_version: bool = False
    lens_refresh: bool = False
    watches_files: bool = False
    configuration: bool = False
    configuration_changes: bool = False
    progress: bool = False
    shows_documents: bool = False
    applies_edits: bool = False
    document_changes: bool = False
    snippet_edits: bool = False
    create_files: bool = False
    resolves_edits: bool = False
    hint_refresh: bool = False
    tags: bool = False
    tree_symbols: bool = False
    markdown: bool = True


def read_client(capabilities: Json) -> Client:
    """Read a client's capabilities; whatever is missing or of another shape counts as absent."""
    edits = _at(capabilities, "workspace", "workspaceEdit")
    return Client(
        units=_units(_at(capabilities, "general", "positionEncodings")),
        pulls=bool(_at(capabilities, "textDocument", "diagnostic")) and _is(capabilities, "workspace", "diagnostics", "refreshSupport"),
        related_information=_is(capabilities, "textDocument", "publishDiagnostics", "relatedInformation")
        or _is(capabilities, "textDocument", "diagnostic", "relatedInformation"),
        diagnostic_version=_is(capabilities, "textDocument", "publishDiagnostics", "versionSupport"),
        lens_refresh=_is(capabilities, "workspace", "codeLens", "refreshSupport"),
        watches_files=_is(capabilities, "workspace", "didChangeWatchedFiles", "dynamicRegistration"),
        configuration=_is(capabilities, "workspace", "configuration"),
        configuration_changes=_is(capabilities, "workspace", "didChangeConfiguration", "dynamicRegistration"),
        progress=_is(capabilities, "window", "workDoneProgress"),
        shows_documents=_is(capabilities, "window", "showDocument", "support"),
        applies_edits=_is(capabilities, "workspace", "applyEdit"),
        document_changes=_is(edits, "documentChanges"),
        snippet_edits=_is(edits, "snippetEditSupport"),
        create_files="create" in _words(_at(edits, "resourceOperations")),
        resolves_edits="edit" in _words(_at(capabilities, "textDocument", "codeAction", "resolveSupport", "properties"))
        and _is(capabilities, "textDocument", "codeAction", "dataSupport"),
        hint_refresh=_is(capabilities, "workspace", "inlayHint", "refreshSupport"),
        tags=bool(
            _at(capabilities, "textDocument", "publishDiagnostics", "tagSupport")
            or _at(capabilities, "textDocument", "diagnostic", "tagSupport")
        ),
        tree_symbols=_is(capabilities, "textDocument", "documentSymbol", "hierarchicalDocumentSymbolSupport"),
        markdown="markdown" in _words(_at(capabilities, "textDocument", "hover", "contentFormat") or ["markdown"]),
    )


def _at(value: Json, *path: str) -> Json:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is(value: Json, *path: str) -> bool:
    return _at(value, *path) is True


def _words(value: Json) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _units(offered: Json) -> Units:
    """Choose what columns count. Bytes are ours; every client can do utf-16."""
    words = _words(offered)
    if "utf-8" in words:
        return "utf-8"
    return "utf-32" if "utf-32" in words and "utf-16" not in words else "utf-16"
