"""Commands: accept a risk, explain a finding or an id, show the map, show the flow of a finding."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from threatline.lsp.accepting import acceptance
from threatline.lsp.client import Json
from threatline.lsp.convert import workspace_edit
from threatline.lsp.paths import path_in, uri_of
from threatline.lsp.protocol import plain
from threatline.lsp.requests import explain, reading_for
from threatline.lsp.session import Session
from threatline.report.html import anchor, map_html
from threatline.report.titles import titles_of
from threatline.source.lines import LineIndex
from threatline.source.roots import DESIGN_FILE

Command = Callable[[Session, Json], Awaitable[Json]]


async def execute(session: Session, params: types.ExecuteCommandParams) -> Json:
    """Run a command; each takes one object."""
    command = COMMANDS.get(params.command)
    if command is None:
        raise JsonRpcInvalidParams(f"unknown command {params.command!r}")
    given = params.arguments or []
    return await command(session, plain(given[0] if given else None))


async def show_map(session: Session, given: Json) -> Json:
    """Write the map as a page of its own and have it shown; returns its `uri`. `component` or `fingerprint` tell what to look at in it."""
    root, reading = await reading_for(session, given.get("uri") or given.get("root"))
    page = session.pages() / f"map-{root.name}.html"
    page.write_bytes(map_html(reading.snapshot, titles=titles_of(session.knowledge)))
    words = {name: given[name] for name in ("component", "fingerprint") if isinstance(given.get(name), str)}
    uri = uri_of(page) + anchor(reading.snapshot, **words)
    if session.client.shows_documents and not given.get("quiet"):
        await session.protocol.ask(types.WINDOW_SHOW_DOCUMENT, {"uri": uri, "external": True})
    return {"uri": uri, "root": str(root)}


async def show_flow(session: Session, given: Json) -> Json:
    """Return the way of a finding's data: for each step its role, note and location. Shows the first step where the editor can."""
    root, reading = await reading_for(session, given.get("uri") or given.get("root"))
    finding = reading.snapshot.finding(str(given.get("fingerprint") or "?"))
    if finding is None:
        raise JsonRpcInvalidParams("no finding has this fingerprint")
    steps = [
        {
            "role": step.role,
            "note": step.note,
            "location": session.ranges.location(reading.snapshot, root, reading.snapshot.place(step.value)),
        }
        for step in finding.evidence
    ]
    if steps and session.client.shows_documents and not given.get("quiet"):
        first = steps[0]["location"]
        await session.protocol.ask(types.WINDOW_SHOW_DOCUMENT, {"uri": first["uri"], "takeFocus": True, "selection": first["range"]})
    return {"rule": finding.rule, "steps": steps}


async def explain_finding(session: Session, given: Json) -> Json:
    """Explain a finding (`fingerprint`) or an `id`; returns it, and shows it as a page where the editor can, else as a message."""
    answer = await explain(session, given)
    text = str(answer.get("markdown") or answer.get("text"))
    if given.get("quiet"):
        return answer
    if session.client.shows_documents:
        page = session.pages() / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', str(given.get('id') or answer.get('rule')))[:80]}.md"
        page.write_text(text, encoding="utf-8")
        await session.protocol.ask(types.WINDOW_SHOW_DOCUMENT, {"uri": uri_of(page), "takeFocus": True})
    else:
        session.protocol.notify(types.WINDOW_SHOW_MESSAGE, {"type": 3, "message": text})
    return answer


async def accept_risk(session: Session, given: Json) -> Json:
    """Add an accepted risk to the design file, for its owner to complete; returns whether the editor took the edit.

    `reason`, `owner` and `expires` are written where they are given.
    """
    root, reading = await reading_for(session, given.get("uri") or given.get("root"))
    finding = reading.snapshot.finding(str(given.get("fingerprint") or "?"))
    if finding is None:
        raise JsonRpcInvalidParams("no finding has this fingerprint")
    uri = session.uri(root, DESIGN_FILE)
    document = session.documents.get(uri)
    path = path_in(root, DESIGN_FILE)
    exists = document is not None or path.is_file()
    text = document.text if document is not None else path.read_bytes() if exists else b""
    words = {name: given[name] for name in ("reason", "owner", "expires") if isinstance(given.get(name), str)}
    offset, written = acceptance(text, finding, root.name, words)
    line, column = LineIndex(text).position(offset, session.client.units)
    at = {"line": line, "character": column}
    edit = workspace_edit(
        {uri: [{"range": {"start": at, "end": at}, "newText": written}]},
        {uri: None if document is None else document.version},
        document_changes=session.client.document_changes,
    )
    if not exists:
        if not (session.client.document_changes and session.client.create_files):
            # Without resource operations an editor cannot be asked to make a file; an empty one holds no declaration yet.
            path.touch()
        else:
            edit["documentChanges"].insert(0, {"kind": "create", "uri": uri, "options": {"ignoreIfExists": True}})
    answer = await session.protocol.ask(types.WORKSPACE_APPLY_EDIT, {"label": f"Accept the risk of {finding.rule}", "edit": edit})
    applied = bool(plain(answer).get("applied"))
    if applied and session.client.shows_documents:
        await session.protocol.ask(types.WINDOW_SHOW_DOCUMENT, {"uri": uri, "takeFocus": True})
    return {"applied": applied, "uri": uri}


COMMANDS: dict[str, Command] = {
    "threatline.acceptRisk": accept_risk,
    "threatline.explain": explain_finding,
    "threatline.showFlow": show_flow,
    "threatline.showMap": show_map,
}
