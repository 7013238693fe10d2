"""Addresses that are checked by looking for a host's name anywhere in them."""

from __future__ import annotations

import re

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import PlacedPort, Placement

HOST = re.compile(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/?")
HOST_PARTS = frozenset({"netloc", "hostname", "host"})
MOST_STEPS = 30

_CHECKED = Entry(call=("substring test",))


def place_checked_addresses(reading: Reading, placement: Placement) -> None:
    """Place `http.checked-url` on each value in which a condition looks for the name of a host."""
    for unit in reading.program.units.values():
        asked = _conditions(unit) if len(unit.local.guards) > 1 else frozenset()
        for ordinal in asked:
            fact = unit.facts[ordinal]
            if type(fact) is f.Operation and fact.operator in {"in", "not-in"} and _names_host(unit, fact.operands[0]):
                right = (unit, fact.operands[1])
                if type(unit.facts[right[1]]) in {f.Read, f.Attribute} and not reading.program.resolver.collections(right):
                    placement.add_port(PlacedPort("http.checked-url", None, right, Match(_CHECKED, (unit, ordinal), "test")))


def _conditions(unit: Unit) -> frozenset[int]:
    """List the tests of a definition, and the parts that they are joined of."""
    found: set[int] = set()
    queue = [guard.test for guard in unit.local.guards if guard.test >= 0]
    while queue:
        test = queue.pop()
        fact = unit.facts[test]
        if test not in found:
            found.add(test)
            if type(fact) is f.Operation and fact.operator in {"not", "and", "or"}:
                queue += fact.operands
    return frozenset(found)


def _names_host(unit: Unit, ordinal: int) -> bool:
    """Tell whether a value is the name of a host: a text of that shape, or what parsing an address gave as its host."""
    seen, queue = {ordinal}, [ordinal]
    while queue and len(seen) < MOST_STEPS:
        current = queue.pop()
        fact = unit.facts[current]
        if type(fact) is f.Literal:
            return current == ordinal and isinstance(fact.value, str) and HOST.fullmatch(fact.value.lower()) is not None
        if type(fact) is f.Attribute and fact.name in HOST_PARTS:
            return True
        following = unit.local.reads.get(current, ()) if type(fact) is f.Read else (fact.value,) if type(fact) is f.Bind else ()
        for before in following:
            if before not in seen:
                seen.add(before)
                queue.append(before)
    return False
