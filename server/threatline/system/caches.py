"""Answers kept in a table of the module by a key that leaves out whose they are, though the function knows."""

from __future__ import annotations

import re

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

OWNER = re.compile(r"(?i)^(?:tenant|user|org|organi[sz]ation|account|customer|client|workspace)_?(?:id|uuid|key)$|^tenant$")
"""Names of parameters that tell for whom a function works."""

_KEPT = Entry(call=("table",), component="response-cache")


def place_caches(reading: Reading, placement: Placement) -> None:
    """Place a response-cache with `cache.key` where a function that is told an owner keeps and gives back results without it."""
    for unit in reading.program.units.values():
        if unit.kind != "function":
            continue
        owners = _owners(unit)
        if owners:
            for ordinal, fact in enumerate(unit.facts):
                if type(fact) is f.BindItem and _is_shared(unit, fact.base) and not _behind(unit, fact.key) & owners:
                    _place(placement, unit, ordinal, fact)


def _place(placement: Placement, unit: Unit, ordinal: int, fact: f.BindItem) -> None:
    name = unit.facts[fact.base].name
    if not _is_read_again(unit, name):
        return
    node = (unit, ordinal)
    match = Match(_KEPT, node, "table")
    draft = Draft("response-cache", name, node, match, "table")
    placement.drafts.append(draft)
    placement.by_node.setdefault(node, draft)
    placement.add_port(PlacedPort("cache.key", draft, (unit, fact.key), match))


def _owners(unit: Unit) -> frozenset[int]:
    found = []
    for ordinal, fact in enumerate(unit.facts):
        if type(fact) is not f.Parameter:
            break
        if OWNER.search(fact.name):
            found.append(ordinal)
    return frozenset(found)


def _is_shared(unit: Unit, base: int) -> bool:
    """Tell whether a table is one of the module's, made empty there."""
    fact = unit.facts[base]
    if type(fact) is not f.Read or fact.name in unit.local.binds:
        return False
    made = [unit.module.facts[o] for o in unit.module.local.final.get(fact.name, ())]
    values = [unit.module.facts[one.value] for one in made if type(one) is f.Bind]
    return any(type(value) is f.Collection and value.shape == "dict" and not value.elements for value in values)


def _is_read_again(unit: Unit, name: str) -> bool:
    """Tell whether the function also takes from the table what it keeps there."""
    for fact in unit.facts:
        if type(fact) is f.Item and getattr(unit.facts[fact.base], "name", "") == name:
            return True
        if type(fact) is f.Attribute and fact.name == "get" and getattr(unit.facts[fact.base], "name", "") == name:
            return True
    return False


def _behind(unit: Unit, ordinal: int) -> set[int]:
    """List the facts of this definition that a value is made of, calls being made of all they are given."""
    seen, queue = {ordinal}, [ordinal]
    while queue:
        current = queue.pop()
        for before in _parts(unit, current):
            if before not in seen:
                seen.add(before)
                queue.append(before)
    return seen


def _parts(unit: Unit, ordinal: int) -> list[int]:
    fact = unit.facts[ordinal]
    if type(fact) is f.Read:
        return list(unit.local.reads.get(ordinal, ()))
    if type(fact) is f.Call:
        return [fact.callee, *(argument.value for argument in fact.arguments)]
    if type(fact) is f.Collection:
        return [value for element in fact.elements for value in (element.value, element.key) if value >= 0]
    if type(fact) is f.Template:
        return list(fact.parts)
    if type(fact) is f.Operation:
        return list(fact.operands)
    if type(fact) is f.Item:
        return [value for value in (fact.base, fact.key) if value >= 0]
    if type(fact) is f.Attribute:
        return [fact.base]
    return [fact.value] if isinstance(fact, (f.Bind, f.Unpack, f.Iterate, f.Enter, f.BindAttribute, f.BindItem)) else []
