"""Definition and references of components: from where one is used to where it is made, and back."""

from __future__ import annotations

from lsprotocol import types

from threatline.lsp.client import Json
from threatline.lsp.placing import location_in, places_of, used_at
from threatline.lsp.session import Current, Session
from threatline.system.model import Component


async def definition(session: Session, params: types.DefinitionParams) -> Json:
    """Find where the component that is used at a position is made; null at that place itself, and where there is none."""
    found = await _component(session, params)
    if found is None:
        return None
    current, component, offset = found
    place = current.snapshot.place(component.value)
    if place.file == current.file and place.span.start <= offset <= place.span.end:
        return None
    return location_in(session, current.snapshot, current.root, place)


async def references(session: Session, params: types.ReferenceParams) -> Json:
    """List where the component at a position is used; null where there is none."""
    found = await _component(session, params)
    if found is None:
        return None
    current, component, _ = found
    places = places_of(current.snapshot, component, made=params.context.include_declaration)
    located = [location_in(session, current.snapshot, current.root, place) for place in places]
    return [location for location in located if location is not None]


async def _component(session: Session, params: types.DefinitionParams | types.ReferenceParams) -> tuple[Current, Component, int] | None:
    if not session.settings.navigation:
        return None
    current = await session.current(params.text_document.uri)
    offset = None if current is None else current.offset(params.position, session.client.units)
    component = None if current is None or offset is None else used_at(current.snapshot, current.file, offset)
    return None if current is None or offset is None or component is None else (current, component, offset)
