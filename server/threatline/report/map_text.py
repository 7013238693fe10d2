"""The system map as people read it: components by zone, what each holds and is held by, then the data that crosses boundaries."""

from __future__ import annotations

from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.ink import PLAIN_WIDTH, Ink
from threatline.report.links import ControlSeen, Links
from threatline.report.places import Places
from threatline.report.titles import Titles, counted, spaced
from threatline.system.model import Component, DataFlow

ZONE_ORDER: Final = (
    "untrusted", "untrusted-input", "external", "user-facing", "application-edge", "application", "sandbox", "host",
    "developer-workstation", "ci", "platform", "ml-platform", "self-hosted", "cloud", "third-party-edge", "third-party",
)  # fmt: skip
"""Zones from the outside in, and out again to the services that are called."""


def zone_order(zone: str) -> tuple[int, str]:
    """Order zones; declared ones the list does not know come last."""
    return (ZONE_ORDER.index(zone) if zone in ZONE_ORDER else len(ZONE_ORDER)), zone


def zones_of(snapshot: Snapshot) -> list[tuple[str, str, list[Component]]]:
    """List the zones that hold components: id, name, components."""
    names = {boundary.id: boundary.name for boundary in snapshot.map.boundaries}
    zones: dict[str, list[Component]] = {}
    for component in snapshot.map.components:
        zones.setdefault(component.zone, []).append(component)
    return [(zone, names.get(zone) or spaced(zone), zones[zone]) for zone in sorted(zones, key=zone_order)]


def map_text(snapshot: Snapshot, *, titles: Titles | None = None, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write the system map for a terminal or a file."""
    ink = Ink(width=width, color=color)
    titles = titles or Titles()
    places, links = Places(snapshot), Links(snapshot.map)
    if any(state != "absent" for _, state, _ in links.everywhere):
        ink.rule(("everywhere", "bold"))
        ink.blank()
        for control in links.everywhere:
            _control(control, places, titles, ink)
        ink.blank()
    for _, name, components in zones_of(snapshot):
        ink.rule((name, "bold"), f" ({len(components)})")
        ink.blank()
        for component in components:
            _component(component, links, places, titles, ink)
    if snapshot.map.flows:
        ink.rule(("Data flows", "bold"), f" ({len(snapshot.map.flows)})")
        ink.blank()
        for flow in snapshot.map.flows:
            _flow(flow, links, places, ink)
        ink.blank()
    total = snapshot.map
    parts = (counted(len(total.components), "component"), counted(len(total.relations), "relation"), counted(len(total.flows), "data flow"))
    found = ", ".join(parts) if total.components else "No part of an AI system was found"
    ink.line((found, "bold"), f" in {counted(snapshot.listed, 'file')}")
    return ink.written()


def _component(component: Component, links: Links, places: Places, titles: Titles, ink: Ink) -> None:
    found = places.range(component.value)
    where = f"{found.file}:{found.start.line}" if found else component.value.file
    sure = "" if component.confidence == "high" else f"  {component.confidence} confidence"
    ink.line((places.masked(component.name), "bold"), f"  {titles.kind(component.kind)}", (f"  {where}{sure}", "dim"), indent=2)
    if component.attributes:
        shown = (f"{name}={places.attribute(name, value)}" for name, value in sorted(component.attributes.items()))
        ink.labelled("set", ", ".join(shown), indent=6, column=16)
    if component.capabilities:
        ink.labelled("can", (", ".join(map(spaced, sorted(component.capabilities))), "yellow"), indent=6, column=16)
    for control in links.controls(component):
        _control(control, places, titles, ink)
    for kind, names in _related(component, links):
        ink.labelled(spaced(kind), places.masked(", ".join(names)), indent=6, column=16)
    ink.blank()


def _control(seen: ControlSeen, places: Places, titles: Titles, ink: Ink) -> None:
    """Write a control that was seen; absent ones are the findings' matter."""
    control, state, note = seen
    if state == "absent":
        return
    shown_state = "" if state == "present" else f" ({spaced(state)})"
    shown_note = f": {places.masked(note)}" if note else ""
    style = "yellow" if state == "off" else "green"
    ink.labelled("control", (titles.control(control), style), shown_state + shown_note, indent=6, column=16)


def _related(component: Component, links: Links) -> list[tuple[str, list[str]]]:
    related: dict[str, list[str]] = {}
    for kind, other in links.held_by(component.id):
        related.setdefault(kind, []).append(links.name(other))
    return sorted(related.items())


def _flow(flow: DataFlow, links: Links, places: Places, ink: Ink) -> None:
    crosses = (f"  crosses {', '.join(flow.crosses)}", "yellow") if flow.crosses else ""
    ends = f"{links.name(flow.source)} → {links.name(flow.target)}"
    ink.line(places.masked(ends), (f"  {', '.join(map(spaced, sorted(flow.data)))}", "cyan"), crosses, indent=2)
