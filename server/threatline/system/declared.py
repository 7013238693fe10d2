"""What the design file declares, laid over the map: zones win, controls are declared until they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from threatline.design.model import DeclaredComponent, DeclaredControl, Design
from threatline.design.selectors import selects
from threatline.system.model import Component, Control, SystemMap, TrustBoundary, Value

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "WEBSOCKET"})

Symbols = Callable[[Value], list[str]]
"""Gives the qualified names a value stands under: its definition's, and those around it."""


def declare(system_map: SystemMap, design: Design, symbols: Symbols) -> SystemMap:
    """Lay a design over a map."""
    if not design.components and not design.controls:
        return system_map
    components = tuple(_declared(component, design, symbols) for component in system_map.components)
    zones = sorted({component.zone for component in components})
    named = {zone: zone.replace("-", " ") for zone in zones}
    return replace(system_map, components=components, boundaries=tuple(TrustBoundary(zone, zone, named[zone]) for zone in zones))


def _declared(component: Component, design: Design, symbols: Symbols) -> Component:
    mine = [one for one in design.components if _is(one, component, symbols)]
    zone = next((one.zone for one in mine if one.zone), component.zone)
    ids = {one.id for one in mine}
    given = [Control(c.id, "declared", None, "declared in the design") for c in design.controls if _covers(c, ids)]
    return replace(component, zone=zone, controls=(*component.controls, *given)) if given or zone != component.zone else component


def _is(declared: DeclaredComponent, component: Component, symbols: Symbols) -> bool:
    names = [*symbols(component.value), *(n for file, handler in component.handlers for n in symbols(Value(file, handler, -1)))]
    return _is_at_route(declared, component) or selects(declared.at, symbols=names, path=component.value.file)


def _is_at_route(declared: DeclaredComponent, component: Component) -> bool:
    """Tell whether a `route:METHOD /path` selector means an endpoint: by its path, and by its method where the code names one."""
    method = component.entry.rpartition(".")[2].upper()
    for selector in declared.at:
        kind, _, text = selector.partition(":")
        wanted, _, path = text.strip().rpartition(" ")
        if kind == "route" and path == component.name and (not wanted or method not in METHODS or wanted.upper() == method):
            return True
    return False


def _covers(control: DeclaredControl, ids: Iterable[str]) -> bool:
    outside = any(text.startswith("outside:") for text in control.provided_by)
    if control.covers:
        return bool(set(control.covers) & set(ids))
    return outside
