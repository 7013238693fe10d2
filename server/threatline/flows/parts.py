"""Parts of objects: which reads are of the same part of the same object, wherever they stand in a definition."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.members import constant_key
from threatline.program.units import Unit

MOST_PARTS = 6


def meet(unit: Unit, nodes: set[int], values: frozenset[int]) -> bool:
    """Tell whether two groups of facts have one in common, or one that reads the same part of the same object.

    Of the values only the innermost parts count: that `request.query` is behind a test says nothing of `request.query.name`.
    """
    if nodes & values:
        return True
    asked = {part for value in values if value >= 0 and (part := access(unit, value)) is not None}
    whole = {(base, way[start:]) for base, way in asked for start in range(1, len(way))}
    return any(access(unit, node) in asked - whole for node in nodes) if asked else False


def access(unit: Unit, ordinal: int) -> tuple[frozenset[int] | str, tuple[str, ...]] | None:
    """Name a part of an object by the bindings of the object and the way into it: `config["module"]` is the same wherever it is read."""
    way: list[str] = []
    for _ in range(MOST_PARTS):
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Read:
            return (frozenset(unit.local.reads.get(ordinal, ())) or fact.name, tuple(way)) if way else None
        key = fact.name if kind is f.Attribute else None
        if kind is f.Item and fact.key >= 0:
            key = constant_key(unit, fact.key)
        elif kind is f.Call and fact.arguments and getattr(unit.facts[fact.callee], "name", "") == "get":
            key = constant_key(unit, fact.arguments[0].value)
            ordinal = fact.callee
        if key is None:
            return None
        way.append(key)
        ordinal = unit.facts[ordinal].base
    return None


def first_name(unit: Unit, ordinal: int) -> str:
    """Give the name that a chain of fields begins with, "" where it begins with no name."""
    fact = unit.facts[ordinal]
    while type(fact) is f.Attribute:
        fact = unit.facts[fact.base]
    return fact.name if type(fact) is f.Read else ""
