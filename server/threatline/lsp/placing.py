"""Where components stand in files, in LSP's terms."""

from __future__ import annotations

from pathlib import Path

from threatline.analysis.snapshot import Place, Snapshot
from threatline.lsp.client import Json
from threatline.lsp.convert import range_of
from threatline.lsp.session import Session
from threatline.source.file import Span
from threatline.system.model import Component

SYMBOLS = {
    "agent": 5, "tools": 12, "model-access": 19, "interaction": 11, "memory": 23, "serving": 2, "training": 4, "artefacts": 17,
    "governance": 20, "observability": 24,
}  # fmt: skip
"""LSP's symbol kind for each group of component kinds: class, function, object, interface, struct, module, package, file, key, event."""

_OTHER = 19


def symbol_kind(session: Session, kind: str) -> int:
    """Choose the symbol that stands for a component kind."""
    info = session.knowledge.components.get(kind)
    return SYMBOLS.get(info.group if info else "", _OTHER)


def whole(snapshot: Snapshot, component: Component) -> Place:
    """Give the place of all that makes a component: its handler where it has one in the same file, else what makes it."""
    name = snapshot.place(component.value)
    for file, definition in component.handlers:
        span = snapshot.definition_span(file, definition)
        if file == name.file and span.start <= name.span.start and name.span.end <= span.end:
            return Place(file, span)
    return name


def range_in(session: Session, snapshot: Snapshot, root: Path, place: Place) -> Json | None:
    """Give the range of a place in its file as the editor has it; None where that has changed since."""
    document = session.documents.get(session.uri(root, place.file))
    source = snapshot.files.get(place.file)
    if document is None or source is None:
        return session.ranges.range(snapshot, place.file, place.span)
    if source.text == document.text:
        return range_of(document.index, place.span, session.client.units)
    return session.moved(source, document, place.span)


def location_in(session: Session, snapshot: Snapshot, root: Path, place: Place) -> Json | None:
    """Give a place as a location; None where its text has changed since."""
    found = range_in(session, snapshot, root, place)
    return None if found is None else {"uri": session.uri(root, place.file), "range": found}


def used_at(snapshot: Snapshot, file: str, offset: int) -> Component | None:
    """Find the component that is made or used at an offset: the one with the smallest span around it."""
    best: tuple[int, str] | None = None
    values = [(port.call, port.component) for port in snapshot.map.ports] + [(port.value, port.component) for port in snapshot.map.ports]
    values += [(relation.value, relation.target) for relation in snapshot.map.relations if relation.value is not None]
    values += [(component.value, component.id) for component in snapshot.map.components]
    for value, component in values:
        if value.file != file or not component:
            continue
        span = snapshot.place(value).span
        if span.start <= offset <= span.end and span.end > span.start and (best is None or span.end - span.start < best[0]):
            best = (span.end - span.start, component)
    return None if best is None else snapshot.component(best[1])


def places_of(snapshot: Snapshot, component: Component, *, made: bool = True) -> list[Place]:
    """List where a component is used, in order, and where it is `made`; a place inside another one of the same start counts once."""
    values = {port.call for port in snapshot.map.ports if port.component == component.id}
    values |= {relation.value for relation in snapshot.map.relations if relation.target == component.id and relation.value is not None}
    own = snapshot.place(component.value)
    starts: dict[tuple[str, int], Span] = {}
    for value in values:
        file, span = snapshot.place(value)
        if span.end > span.start and (file, span.start) != (own.file, own.span.start):
            known = starts.get((file, span.start))
            starts[file, span.start] = span if known is None or span.end < known.end else known
    found = [Place(file, span) for (file, _), span in starts.items()]
    return sorted([own, *found] if made else found)
