"""The system map laid out on a plane: zones side by side, in each zone columns of boxes by group, arrows between the boxes.

All lengths are in pixels of the drawing. The same map gives the same drawing.
"""

from __future__ import annotations

import math
from bisect import bisect, insort
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.map_text import zones_of
from threatline.report.titles import Titles
from threatline.system.model import Component

BOX_WIDTH: Final = 200
BOX_HEIGHT: Final = 50
_ROW: Final = 70
_COLUMN: Final = BOX_WIDTH + 56
_ZONE_GAP: Final = 64
_PADDING: Final = 24
_HEAD: Final = 44
_FOOT: Final = 6
_SHORTEST: Final = 9
_SWEEPS: Final = 4
_SHIFT: Final = 8
_TIP: Final = 4
_GAP: Final = (_ROW - BOX_HEIGHT) / 2

GROUP_ORDER: Final = (
    "interaction", "governance", "agent", "tools", "model-access", "memory", "training", "artefacts", "serving", "ordinary",
    "observability",
)  # fmt: skip
"""Groups of kinds from left to right inside a zone."""


@dataclass(frozen=True, slots=True)
class Box:
    """Components drawn: the upper left corner of their box, and their ids. Those of one kind and name in one zone share a box."""

    members: tuple[str, ...]
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
    """A relation or data flow drawn: an SVG path between two boxes (by number). `crosses` tells whether it crosses a trust boundary."""

    source: int
    target: int
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
    shared = _shared(snapshot)
    tallest = max(_SHORTEST, math.isqrt(2 * len(set(shared.values()))))
    zones = [(zone, name, _columns(components, shared, titles, tallest)) for zone, name, components in zones_of(snapshot)]
    columns = [column for _, _, own in zones for column in own]
    _uncross(columns, _links(snapshot, shared))
    highest = max(map(len, columns), default=0)
    height = _HEAD + highest * _ROW + _FOOT
    regions: list[Region] = []
    corners: dict[str, tuple[float, float]] = {}
    x = 0.0
    for zone, name, own in zones:
        width = 2 * _PADDING + (len(own) - 1) * _COLUMN + BOX_WIDTH
        regions.append(Region(zone, name, x, 0, width, height))
        for number, column in enumerate(own):
            top = _HEAD + (highest - len(column)) * _ROW / 2
            corners |= {first: (x + _PADDING + number * _COLUMN, top + row * _ROW) for row, first in enumerate(column)}
        x += width + _ZONE_GAP
    members: dict[str, list[str]] = {first: [] for first in corners}
    for component, first in shared.items():
        members[first].append(component)
    boxes = tuple(Box(tuple(members[first]), *corner) for first, corner in corners.items())
    return Diagram(max(x - _ZONE_GAP, 0), height, tuple(regions), boxes, tuple(_arrows(snapshot, boxes)))


def _shared(snapshot: Snapshot) -> dict[str, str]:
    """Give for each component the first one of its zone, kind and name: they share a box."""
    first: dict[tuple[str, str, str], str] = {}
    return {
        component.id: first.setdefault((component.zone, component.kind, component.name), component.id)
        for component in snapshot.map.components
    }


def _columns(components: list[Component], shared: dict[str, str], titles: Titles, tallest: int) -> list[list[str]]:
    """Split the components of one zone into columns: one for each group, more where a group is tall."""
    groups: dict[str, list[str]] = {}
    for component in components:
        if shared[component.id] == component.id:
            groups.setdefault(titles.group(component.kind), []).append(component.id)
    ordered = sorted(groups, key=lambda group: (GROUP_ORDER.index(group) if group in GROUP_ORDER else len(GROUP_ORDER), group))
    columns: list[list[str]] = []
    for group in ordered:
        own = groups[group]
        parts = -(-len(own) // tallest)
        size = -(-len(own) // parts)
        columns += [own[start : start + size] for start in range(0, len(own), size)]
    return columns


def _links(snapshot: Snapshot, shared: dict[str, str]) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    ends = [(relation.source, relation.target) for relation in snapshot.map.relations]
    ends += [(flow.source, flow.target) for flow in snapshot.map.flows]
    for source, target in ends:
        if source in shared and target in shared:
            links.setdefault(shared[source], []).append(shared[target])
            links.setdefault(shared[target], []).append(shared[source])
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


def _arrows(snapshot: Snapshot, boxes: tuple[Box, ...]) -> Iterator[Arrow]:
    """Draw each relation and data flow between two boxes once."""
    router = _Router(boxes)
    number = {component: number for number, box in enumerate(boxes) for component in box.members}
    drawn: set[tuple[int, int, str]] = set()
    lines = [(relation.source, relation.target, relation.kind, False, False) for relation in snapshot.map.relations]
    lines += [(flow.source, flow.target, ", ".join(sorted(flow.data)), True, bool(flow.crosses)) for flow in snapshot.map.flows]
    for source_id, target_id, label, is_flow, crosses in lines:
        source, target = number.get(source_id), number.get(target_id)
        if source is None or target is None or source == target or (source, target, label) in drawn:
            continue
        drawn.add((source, target, label))
        path = router.path(boxes[source], boxes[target], _SHIFT if is_flow else 0)
        yield Arrow(source, target, path, label, is_flow, crosses)


class _Router:
    """Leads arrows from box to box, through the gaps between the boxes of the columns that they pass."""

    def __init__(self, boxes: tuple[Box, ...]) -> None:
        self._columns: dict[float, list[float]] = {}
        for box in boxes:
            insort(self._columns.setdefault(box.x, []), box.y)
        self._used: Counter[tuple[float, float]] = Counter()

    def path(self, source: Box, target: Box, shift: float) -> str:
        """Give the SVG path of an arrow; `shift` moves its ends down, apart from another arrow between the same boxes."""
        y1, y2 = source.y + BOX_HEIGHT / 2 + shift, target.y + BOX_HEIGHT / 2 + shift
        if source.x == target.x:
            return _bow(source.x + BOX_WIDTH, y1, y2)
        forward = source.x < target.x
        x, x2 = (source.x + BOX_WIDTH, target.x - _TIP) if forward else (source.x, target.x + BOX_WIDTH + _TIP)
        y, parts = y1, [f"M{x:.0f} {y1:.0f}"]
        between = sorted(
            (column for column in self._columns if min(source.x, target.x) < column < max(source.x, target.x)), reverse=not forward
        )
        for column in between:
            lane = self._lane(column, y1 + (y2 - y1) * (column - source.x) / (target.x - source.x))
            near, far = (column, column + BOX_WIDTH) if forward else (column + BOX_WIDTH, column)
            parts += [_curve(x, y, near, lane), f"H{far:.0f}"]
            x, y = far, lane
        return "".join([*parts, _curve(x, y, x2, y2)])

    def _lane(self, column: float, wanted: float) -> float:
        """Find the height nearest to the wanted one that meets no box of a column, apart from arrows that are there already."""
        tops = self._columns[column]
        lane = wanted
        for top in tops[max(0, bisect(tops, wanted) - 1) :][:2]:
            above, below = top - _GAP, top + BOX_HEIGHT + _GAP
            if above < wanted < below:
                lane = above if wanted - above <= below - wanted else below
        used = self._used[column, round(lane)]
        self._used[column, round(lane)] += 1
        return lane + (0, 3, -3, 6, -6)[used % 5]


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    middle = (x1 + x2) / 2
    return f"C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"


def _bow(x: float, y1: float, y2: float) -> str:
    """Curve out of the right side of a column and back into it."""
    bend = x + 34 + min(abs(y1 - y2) / 12, 24)
    return f"M{x:.0f} {y1:.0f}C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {x + _TIP:.0f} {y2:.0f}"
