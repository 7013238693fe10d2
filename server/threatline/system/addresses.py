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
    """Place `http.checked-url` on each value that is turned away unless it holds the name of a host somewhere."""
    for unit in reading.program.units.values():
        for ordinal in _refusals(unit) if len(unit.local.guards) > 1 else ():
            fact = unit.facts[ordinal]
            if _names_host(unit, fact.operands[0]):
                right = (unit, fact.operands[1])
                if type(unit.facts[right[1]]) in {f.Read, f.Attribute} and not reading.program.resolver.collections(right):
                    placement.add_port(PlacedPort("http.checked-url", None, right, Match(_CHECKED, (unit, ordinal), "test")))


def _refusals(unit: Unit) -> list[int]:
    """List the tests of containment without which a definition leaves: `if home not in address: continue`."""
    if not any(guard.test >= 0 and type(unit.facts[guard.test]) is f.Operation for guard in unit.local.guards):
        return []
    left = {unit.local.guard_of[ordinal] for ordinal, fact in enumerate(unit.facts) if _turns_away(unit, fact)}
    found: list[int] = []
    queue = [(guard.test, guard.positive) for index, guard in enumerate(unit.local.guards) if index in left and guard.test >= 0]
    while queue:
        test, positive = queue.pop()
        fact = unit.facts[test]
        if type(fact) is not f.Operation:
            continue
        if fact.operator == "not":
            queue.append((fact.operands[0], not positive))
        elif fact.operator == ("or" if positive else "and"):
            queue += [(operand, positive) for operand in fact.operands]
        elif fact.operator == ("not-in" if positive else "in"):
            found.append(test)
    return sorted(set(found))


def _turns_away(unit: Unit, fact: f.Fact) -> bool:
    """Tell whether a definition or loop is left here with nothing done: an answer such as `Kind.PAGE` only says what the address is."""
    if type(fact) is f.Return:
        return fact.value < 0 or type(unit.facts[fact.value]) is not f.Attribute
    return type(fact) in {f.Leave, f.Raise}


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
