"""Call hierarchy over data flows: incoming is what reaches a component, outgoing what it reaches."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.client import Json
from threatline.lsp.placing import range_in, symbol_kind, used_at, whole
from threatline.lsp.protocol import plain
from threatline.lsp.session import Reading, Session
from threatline.report.titles import spaced, titles_of
from threatline.system.model import Component, DataFlow


async def prepare(session: Session, params: types.CallHierarchyPrepareParams) -> Json:
    """Find the component at a position; null where there is none."""
    current = await session.current(params.text_document.uri)
    offset = None if current is None else current.offset(params.position, session.client.units)
    component = None if current is None or offset is None else used_at(current.snapshot, current.file, offset)
    if current is None or component is None:
        return None
    item = _item(session, current.snapshot, current.root, component)
    return None if item is None else [item]


async def incoming(session: Session, params: Json) -> Json:
    """List the components whose data reaches this one, with the places in their files where it goes."""
    return _calls(session, params, back=True)


async def outgoing(session: Session, params: Json) -> Json:
    """List the components that this one's data reaches, with the places in its file where it goes."""
    return _calls(session, params, back=False)


def _calls(session: Session, params: Json, *, back: bool) -> Json:
    found = _found(session, params)
    if found is None:
        return []
    root, reading, component = found
    snapshot = reading.snapshot
    calls: dict[str, Json] = {}
    for flow in snapshot.flows_through(component.id):
        here, other_id = (flow.target, flow.source) if back else (flow.source, flow.target)
        other = snapshot.component(other_id)
        if here != component.id or other is None:
            continue
        caller = other if back else component
        item = _item(session, snapshot, root, other, flow)
        if item is not None:
            call = calls.setdefault(other_id, {"from" if back else "to": item, "fromRanges": []})
            call["fromRanges"] += [one for one in _ranges(session, snapshot, root, flow, caller) if one not in call["fromRanges"]]
    return list(calls.values())


def _ranges(session: Session, snapshot: Snapshot, root: Path, flow: DataFlow, caller: Component) -> list[Json]:
    """Give the last step that a flow takes in the caller's file; the caller itself where it takes none."""
    steps = [step for step in flow.steps if step.file == caller.value.file]
    found = range_in(session, snapshot, root, snapshot.place(steps[-1] if steps else caller.value))
    return [] if found is None else [found]


def _item(session: Session, snapshot: Snapshot, root: Path, component: Component, flow: DataFlow | None = None) -> Json | None:
    name = range_in(session, snapshot, root, snapshot.place(component.value))
    if name is None:
        return None
    data = ", ".join(spaced(kind) for kind in sorted(flow.data)) if flow else ""
    title = titles_of(session.knowledge).kind(component.kind)
    return {
        "name": component.name or component.kind,
        "kind": symbol_kind(session, component.kind),
        "detail": f"{title} · {data}" if data else title,
        "uri": session.uri(root, component.value.file),
        "range": range_in(session, snapshot, root, whole(snapshot, component)) or name,
        "selectionRange": name,
        "data": {"root": str(root), "component": component.id},
    }


def _found(session: Session, params: Json) -> tuple[Path, Reading, Component] | None:
    data = plain(plain(plain(params).get("item")).get("data"))
    root = Path(str(data.get("root") or ""))
    reading = session.readings.get(root)
    component = None if reading is None else reading.snapshot.component(str(data.get("component") or ""))
    return None if reading is None or component is None else (root, reading, component)
