"""The system map and its findings as one page that needs nothing else: no network, no files, scripts pinned by their hash.

The page holds the view (`report/view/`, built from `client-map/`) with the map's JSON, and the same told in tables, for readers without
scripts, for print, and for searching.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from threatline.analysis.snapshot import Snapshot
from threatline.report.escaping import as_bytes, for_script, for_terminal
from threatline.report.frames import frame
from threatline.report.json import map_object, silenced, summary
from threatline.report.links import Links
from threatline.report.map_text import zones_of
from threatline.report.places import Places, Range
from threatline.report.text import severity_order, where_looked
from threatline.report.titles import Titles, counted, spaced
from threatline.system.model import Component, Value
from threatline.threats.finding import Finding

_PARTS: Final = (("templates", "map.html.j2"), ("templates", "map.css"), ("view", "system-map.css"), ("view", "system-map.js"))
_FRAME_WIDTH: Final = 140


def map_html(snapshot: Snapshot, *, titles: Titles | None = None) -> bytes:
    """Write the system map of a snapshot, with its findings, as one HTML page."""
    titles = titles or Titles()
    parts = _parts()
    places, links, told = Places(snapshot), Links(snapshot.map), _told(snapshot)
    template = _environment(places).get_template("map.html.j2")
    page = template.render(
        snapshot=snapshot,
        summary=summary(snapshot),
        name=snapshot.root if snapshot.root not in ("", ".") else "",
        components={component.id: component for component in snapshot.map.components},
        numbers={component.id: number for number, component in enumerate(snapshot.map.components)},
        zones=[(name, [_component(c, told, links, places, titles) for c in members]) for _, name, members in zones_of(snapshot)],
        findings=[_finding(finding, links, places, titles) for finding in told],
        flows=[(links.name(flow.source), links.name(flow.target), flow) for flow in snapshot.map.flows],
        everywhere=links.everywhere,
        titles=titles,
        style=Markup(parts["map.css"]),  # noqa: S704 - ours
        view_style=Markup(parts["system-map.css"]),  # noqa: S704 - ours
        script=Markup(parts["system-map.js"]),  # noqa: S704 - ours
        style_hash=_hash(parts["map.css"]),
        view_style_hash=_hash(parts["system-map.css"]),
        script_hash=_hash(parts["system-map.js"]),
        data=Markup(for_script(map_object(snapshot, places, titles))),  # noqa: S704 - escaped for where it stands
    )
    return as_bytes(page)


def anchor(snapshot: Snapshot, *, component: str = "", fingerprint: str = "") -> str:
    """Give the fragment that leads to a finding or a component in the page; "" where there is none to lead to."""
    finding = snapshot.finding(fingerprint) if fingerprint else None
    if finding is not None:
        return f"#f{_slug(finding.fingerprint)}"
    ids = [each.id for each in snapshot.map.components]
    return f"#c{ids.index(component)}" if component in ids else ""


@cache
def _parts() -> dict[str, str]:
    room = files("threatline.report")
    return {name: (room / folder / name).read_text("utf-8") for folder, name in _PARTS}


def _environment(places: Places) -> Environment:
    environment = Environment(loader=DictLoader(_parts()), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "spaced": spaced,
        "counted": counted,
        "shown": lambda text: for_terminal(places.masked(str(text))),
        "attribute": places.attribute,
        "slug": _slug,
    }
    return environment


def _slug(text: str) -> str:
    """Keep what may stand in an element's id and in a link to it."""
    return re.sub(r"[^\w-]", "_", text, flags=re.ASCII)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _told(snapshot: Snapshot) -> list[Finding]:
    """List the findings that nobody silenced, the worst first."""
    return [finding for finding in sorted(snapshot.findings, key=severity_order) if not silenced(finding)]


def _where(found: Range | None, value: Value) -> str:
    return f"{found.file}:{found.start.line}" if found else value.file


def _component(component: Component, told: list[Finding], links: Links, places: Places, titles: Titles) -> dict[str, Any]:
    return {
        "it": component,
        "kind": titles.kind(component.kind),
        "group": titles.group(component.kind),
        "where": _where(places.range(component.value), component.value),
        "attributes": sorted(component.attributes.items()),
        "capabilities": sorted(map(spaced, component.capabilities)),
        "controls": links.controls(component),
        "relations": [(spaced(kind), other, links.name(other)) for kind, other in links.held_by(component.id)],
        "held": [(spaced(kind), other, links.name(other)) for kind, other in links.holding(component.id)],
        "findings": [finding for finding in told if finding.component == component.id],
    }


def _finding(finding: Finding, links: Links, places: Places, titles: Titles) -> dict[str, Any]:
    found = places.range(finding.value)
    return {
        "it": finding,
        "where": _where(found, finding.value),
        "component": links.name(finding.component) if finding.component else "",
        "frame": frame(places, found, width=_FRAME_WIDTH) if found else [],
        "steps": [_step(step.role, step.value, step.note, places) for step in finding.evidence],
        "looked": where_looked(finding, titles),
        "controls": [(control, titles.control(control)) for control in finding.controls],
        "known": [name for _, ids in finding.maps_to for name in ids],
    }


def _step(role: str, value: Value, note: str, places: Places) -> dict[str, str]:
    found = places.range(value)
    line = places.line(found.file, found.start.line).strip() if found else ""
    return {"role": role, "where": _where(found, value), "note": note, "line": line}
