"""The system map laid out on a plane: zones side by side, in each zone columns of boxes by group, arrows between the boxes.

All lengths are in pixels of the drawing. The same map gives the same drawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.map_text import zones_of
from threatline.report.titles import Titles

BOX_WIDTH: Final = 190
BOX_HEIGHT: Final = 50
_ROW: Final = 70
_COLUMN: Final = BOX_WIDTH + 70
_ZONE_GAP: Final = 90
_PADDING: Final = 24
_HEAD: Final = 44
_TALLEST: Final = 9
_SWEEPS: Final = 4

GROUP_ORDER: Final = (
    "interaction", "governance", "agent", "tools", "model-access", "memory", "training", "artefacts", "serving", "ordinary",
    "observability",
)  # fmt: skip
"""Groups of kinds from left to right inside a zone."""


@dataclass(frozen=True, slots=True)
class Box:
    """A component drawn: its id and the upper left corner of its box."""

    component: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Region:
    """A zone drawn."""

    id: str
    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Arrow:
    """A relation or data flow drawn: an SVG path. `label` says what it is, `crosses` whether it crosses a trust boundary."""

    source: str
    target: str
    path: str
    label: str
    flow: bool
    crosses: bool


@dataclass(frozen=True, slots=True)
class Diagram:
    """All of it."""

    width: float
    height: float
    regions: tuple[Region, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def draw(snapshot: Snapshot, titles: Titles) -> Diagram:
    """Lay out the map of a snapshot."""
    zones = [(zone, name, _columns([(titles.group(c.kind), c.id) for c in components])) for zone, name, components in zones_of(snapshot)]
    links = _links(snapshot)
    columns = [column for _, _, own in zones for column in own]
    _uncross(columns, links)
    tallest = max(map(len, columns), default=0)
    height = _HEAD + tallest * _ROW + _PADDING
    regions: list[Region] = []
    boxes: dict[str, Box] = {}
    x = 0.0
    for zone, name, own in zones:
        width = max(2 * _PADDING + (len(own) - 1) * _COLUMN + BOX_WIDTH, 2 * _PADDING + BOX_WIDTH)
        regions.append(Region(zone, name, x, 0, width, height))
        for number, column in enumerate(own):
            top = _HEAD + (tallest - len(column)) * _ROW / 2
            for row, component in enumerate(column):
                boxes[component] = Box(component, x + _PADDING + number * _COLUMN, top + row * _ROW)
        x += width + _ZONE_GAP
    return Diagram(max(x - _ZONE_GAP, 0), height, tuple(regions), tuple(boxes.values()), tuple(_arrows(snapshot, boxes)))


def _columns(members: list[tuple[str, str]]) -> list[list[str]]:
    """Split the components of one zone into columns: one for each group, more where a group is tall."""
    groups: dict[str, list[str]] = {}
    for group, component in members:
        groups.setdefault(group, []).append(component)
    ordered = sorted(groups, key=lambda group: (GROUP_ORDER.index(group) if group in GROUP_ORDER else len(GROUP_ORDER), group))
    columns: list[list[str]] = []
    for group in ordered:
        own = groups[group]
        parts = -(-len(own) // _TALLEST)
        size = -(-len(own) // parts)
        columns += [own[start : start + size] for start in range(0, len(own), size)]
    return columns


def _links(snapshot: Snapshot) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    ends = [(relation.source, relation.target) for relation in snapshot.map.relations]
    ends += [(flow.source, flow.target) for flow in snapshot.map.flows]
    for source, target in ends:
        links.setdefault(source, []).append(target)
        links.setdefault(target, []).append(source)
    return links


def _uncross(columns: list[list[str]], links: dict[str, list[str]]) -> None:
    """Order each column by the mean height of what its boxes are linked to, to and fro: fewer arrows cross."""
    for sweep in range(_SWEEPS):
        heights = {component: row - len(column) / 2 for column in columns for row, component in enumerate(column)}
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda component: (_mean(component, links, heights), heights[component]))
            heights |= {component: row - len(column) / 2 for row, component in enumerate(column)}


def _mean(component: str, links: dict[str, list[str]], heights: dict[str, float]) -> float:
    linked = [heights[other] for other in links.get(component, ()) if other in heights]
    return round(sum(linked) / len(linked), 6) if linked else heights[component]


def _arrows(snapshot: Snapshot, boxes: dict[str, Box]) -> list[Arrow]:
    arrows = [
        Arrow(relation.source, relation.target, _path(boxes[relation.source], boxes[relation.target], 0), relation.kind, False, False)
        for relation in snapshot.map.relations
        if relation.source in boxes and relation.target in boxes
    ]
    for flow in snapshot.map.flows:
        if flow.source in boxes and flow.target in boxes and flow.source != flow.target:
            path = _path(boxes[flow.source], boxes[flow.target], 8)
            arrows.append(Arrow(flow.source, flow.target, path, ", ".join(sorted(flow.data)), True, bool(flow.crosses)))
    return arrows


def _path(source: Box, target: Box, shift: float) -> str:
    """Curve from the side of one box to the side of another; `shift` moves it down, apart from another arrow."""
    y1, y2 = source.y + BOX_HEIGHT / 2 + shift, target.y + BOX_HEIGHT / 2 + shift
    if abs(source.x - target.x) < 1:
        x = source.x + BOX_WIDTH
        bend = x + 34 + min(abs(y1 - y2) / 12, 24)
        return f"M{x:.0f} {y1:.0f}C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {x + 4:.0f} {y2:.0f}"
    forward = source.x < target.x
    x1, x2 = (source.x + BOX_WIDTH, target.x - 4) if forward else (source.x, target.x + BOX_WIDTH + 4)
    bend = max(40.0, abs(x2 - x1) / 2) * (1 if forward else -1)
    return f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
