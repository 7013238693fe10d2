"""What the design file declares, laid over the map: zones win, controls are declared until they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from threatline.design.model import DeclaredComponent, DeclaredControl, Design
from threatline.design.selectors import selects
from threatline.system.model import Component, Control, SystemMap, TrustBoundary, Value

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
    method, path = component.attributes.get("method", ""), component.attributes.get("path", "")
    routes = {f"{method} {path}".strip(), str(path)}
    by_route = any(selector.removeprefix("route:") in routes for selector in declared.at if selector.startswith("route:"))
    return by_route or selects(declared.at, symbols=names, path=component.value.file)


def _covers(control: DeclaredControl, ids: Iterable[str]) -> bool:
    outside = any(text.startswith("outside:") for text in control.provided_by)
    if control.covers:
        return bool(set(control.covers) & set(ids))
    return outside
