"""AI components as symbols of a document and of the workspace."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.client import Json
from threatline.lsp.lens import LENSED
from threatline.lsp.placing import location_in, range_in, symbol_kind, whole
from threatline.lsp.session import Session
from threatline.report.titles import titles_of
from threatline.system.model import Component

_MOST = 500
"""Symbols in one answer; who wants others types more of a name."""


async def document_symbols(session: Session, params: types.DocumentSymbolParams) -> Json:
    """List the AI components of a file, in the order of the text."""
    current = await session.current(params.text_document.uri)
    if current is None:
        return []
    snapshot, titles = current.snapshot, titles_of(session.knowledge)
    symbols: list[Json] = []
    for component in snapshot.map.components:
        if component.value.file != current.file or not is_shown(session, component):
            continue
        name = range_in(session, snapshot, current.root, snapshot.place(component.value))
        around = range_in(session, snapshot, current.root, whole(snapshot, component))
        if name is None:
            continue
        common: Json = {"name": component.name or component.kind, "kind": symbol_kind(session, component.kind)}
        if session.client.tree_symbols:
            symbols.append({**common, "detail": titles.kind(component.kind), "range": around or name, "selectionRange": name})
        else:
            location = {"uri": params.text_document.uri, "range": around or name}
            symbols.append({**common, "containerName": titles.kind(component.kind), "location": location})
    return sorted(symbols, key=lambda symbol: _start(symbol.get("range") or symbol["location"]["range"]))


async def workspace_symbols(session: Session, params: types.WorkspaceSymbolParams) -> Json:
    """List the AI components of all roots whose name holds the letters of the query in their order, or whose kind holds the query."""
    titles, found = titles_of(session.knowledge), []
    for root, reading in sorted(session.readings.items()):
        for component in reading.snapshot.map.components:
            about = (component.kind, titles.kind(component.kind))
            if is_shown(session, component) and session.owns(root, component.value.file) and _matches(params.query, component.name, about):
                found.append((root, reading.snapshot, component))
    symbols = [_symbol(session, root, snapshot, component, titles.kind(component.kind)) for root, snapshot, component in found[:_MOST]]
    return [symbol for symbol in symbols if symbol["location"] is not None]


def is_shown(session: Session, component: Component) -> bool:
    """Tell whether a component belongs to AI, or is an endpoint or tool in front of it; ordinary stores and hosts are not listed."""
    info = session.knowledge.components.get(component.kind)
    return component.kind in LENSED or (info is not None and info.group != "ordinary")


def _symbol(session: Session, root: Path, snapshot: Snapshot, component: Component, title: str) -> Json:
    return {
        "name": component.name or component.kind,
        "kind": symbol_kind(session, component.kind),
        "containerName": title,
        "location": location_in(session, snapshot, root, snapshot.place(component.value)),
    }


def _matches(query: str, name: str, about: tuple[str, ...]) -> bool:
    rest = iter(name.casefold())
    asked = query.casefold()
    return all(letter in rest for letter in asked if not letter.isspace()) or any(asked in words.casefold() for words in about)


def _start(found: Json) -> tuple[int, int]:
    return found["start"]["line"], found["start"]["character"]
