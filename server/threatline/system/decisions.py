"""Decisions: tests of a yes or no that let an action with effects run. Who answers is a matter of flows."""

from __future__ import annotations

from collections.abc import Iterator

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.scopes import NO_GUARD
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import PlacedPort, Placement
from threatline.system.reach import Reach

EFFECTS = frozenset(
    "runs-commands executes-code deletes-data sends-messages moves-money administers-cloud changes-records writes-database".split()
)

YES = frozenset("yes y true ok okay approve approved allow allowed accept accepted confirm confirmed safe authorized granted pass".split())
"""Words by which an action is let go ahead, in texts that are compared and in names of typed answers."""

_DECIDED = Entry(call=("test",))


def place_decisions(reading: Reading, placement: Placement, reach: Reach) -> None:
    """Place `decision.test` on each value that is compared with a yes where an action with effects waits for it."""
    acting = _acting_nodes(placement, reach)
    for unit in reading.program.units.values():
        done: set[int] = set()
        for index, guard in enumerate(unit.local.guards):
            asked = _asked(unit, guard.test) if guard.positive and guard.test >= 0 else -1
            if asked >= 0 and asked not in done and _lets_act(reading, placement, reach, acting, unit, index):
                done.add(asked)
                placement.add_port(PlacedPort("decision.test", None, (unit, asked), Match(_DECIDED, (unit, asked), "test")))


def _acting_nodes(placement: Placement, reach: Reach) -> frozenset[str]:
    """List the names of graph nodes whose function acts: where a step names the next one, it lets that one run."""
    nodes = [draft for draft in placement.drafts if draft.kind == "chain"]
    return frozenset(draft.name for draft in nodes if any(_can_act(reach.matches_from(handler)) for handler in draft.handlers))


def _can_act(matches: list[Match]) -> bool:
    return any(EFFECTS & set(match.entry.capabilities) for match in matches)


def _asked(unit: Unit, test: int, depth: int = 0) -> int:
    """Find the value that a test compares with a yes; -1 where it asks something else."""
    fact = unit.facts[test]
    if type(fact) is f.Read and depth < 3:
        bound = unit.local.reads.get(test, ())
        if len(bound) == 1 and type(unit.facts[bound[0]]) is f.Bind:
            return _asked(unit, unit.facts[bound[0]].value, depth + 1)
    if type(fact) is f.Attribute and set(fact.name.lower().split("_")) & YES:
        return test
    if type(fact) is f.Operation and fact.operator in {"==", "in"}:
        left, right = fact.operands[0], fact.operands[1]
        if fact.operator == "==" and _is_yes(unit, left):
            left, right = right, left
        if fact.operator == "in" and _is_yes(unit, left):
            return right
        if _is_yes(unit, right):
            return left
    return -1


def _is_yes(unit: Unit, ordinal: int) -> bool:
    fact = unit.facts[ordinal]
    if type(fact) is f.Collection:
        return bool(fact.elements) and any(_is_yes(unit, element.value) for element in fact.elements)
    return type(fact) is f.Literal and (fact.value is True or (isinstance(fact.value, str) and fact.value.strip().lower() in YES))


def _lets_act(reading: Reading, placement: Placement, reach: Reach, acting: frozenset[str], unit: Unit, index: int) -> bool:
    for ordinal in _inside(unit, index):
        fact = unit.facts[ordinal]
        if type(fact) is f.Literal and fact.value in acting:
            return True
        if type(fact) is f.Call and _acts(reading, placement, reach, (unit, ordinal)):
            return True
    return False


def _inside(unit: Unit, index: int) -> Iterator[int]:
    """Give the facts that stand under a condition."""
    for ordinal, innermost in enumerate(unit.local.guard_of):
        held = innermost
        while held not in {index, NO_GUARD}:
            held = unit.local.guards[held].parent
        if held == index:
            yield ordinal


def _acts(reading: Reading, placement: Placement, reach: Reach, call: Node) -> bool:
    if _can_act(placement.matches_at.get(call, [])):
        return True
    return any(_can_act(reach.matches_from(target)) for target, _ in reading.program.callees(call))
