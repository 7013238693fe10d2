"""Values as numbers: what walks over millions of values is cheaper with integers than with pairs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from threatline.program.units import Node, Unit


class Numbers:
    """Numbers the values of a program, densely and in the units' order. The definition itself (ordinal -1) has a number too."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units: list[Unit] = []
        self._bases: list[int] = []
        self.count = 0
        for unit in units:
            unit.base = self.count + 1
            self._units.append(unit)
            self._bases.append(self.count)
            self.count += len(unit.facts) + 1
        self._nodes: dict[int, Node] = {}

    def node(self, number: int) -> Node:
        """Give the value of a number, always the same pair."""
        known = self._nodes.get(number)
        if known is None:
            unit = self._units[bisect_right(self._bases, number) - 1]
            known = self._nodes[number] = (unit, number - unit.base)
        return known


def number_of(node: Node) -> int:
    """Give the number of a value."""
    return node[0].base + node[1]
