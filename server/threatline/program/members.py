"""Collections: which literals a value may be, and what their members are."""

from __future__ import annotations

from collections.abc import Iterable

from threatline.facts import model as f
from threatline.program.attributes import Attributes
from threatline.program.callees import Callees
from threatline.program.classes import Classes
from threatline.program.names import Names
from threatline.program.references import MOST, Reference, Values, member
from threatline.program.returns import Returns
from threatline.program.units import Node, Unit

DEEPEST_LITERAL = 6
JOINING = frozenset({"or", "and", "|", "+"})


def constant_key(unit: Unit, ordinal: int) -> str | None:
    """Give a constant key as text; None where it is not constant."""
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    return str(fact.value) if type(fact) is f.Literal else None


class Members:
    """Finds members of lists, dictionaries and tuples that are written down, through names, fields, first-party returns and joins.

    What is appended later, and members of what is no literal beyond its name, are given up here.
    """

    def __init__(self, values: Values, names: Names, classes: Classes, callees: Callees, attributes: Attributes, returns: Returns) -> None:
        self.values = values
        self.names = names
        self.classes = classes
        self.callees = callees
        self.attributes = attributes
        self.returns = returns

    def members(self, node: Node, key: str | None) -> list[Node]:
        """List the values a collection literal behind `node` holds under a key (all of them where the key is None)."""
        found: list[Node] = []
        for unit, ordinal in self.collections(node):
            for index, element in enumerate(unit.facts[ordinal].elements):
                name = constant_key(unit, element.key) if element.key >= 0 else str(index)
                if key is None or name is None or name == key:
                    found.append((unit, element.value))
        return found[:MOST]

    def collections(self, node: Node, depth: int = 0) -> list[Node]:
        """Find the collection literals a value may be, through names and first-party returns."""
        if type(node[0].facts[node[1]]) is f.Collection:
            return [node]
        if depth > DEEPEST_LITERAL:
            return []
        return [found for target in self._behind(node)[:MOST] for found in self.collections(target, depth + 1)]

    def _behind(self, node: Node) -> list[Node]:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Read:
            local = unit.local.reads.get(ordinal)
            if local is not None:
                return [(unit, o) for o in local]
            return [(scope, o) for scope, ordinals in self.names.free(unit, fact.name) for o in ordinals]
        if kind is f.Bind:
            return [(unit, fact.value)]
        if kind is f.Unpack:
            return self.members((unit, fact.value), _part(fact))
        if kind is f.Call:
            targets = [target for target, _ in self.callees.of_call(node)]
            return [(target, target.facts[r].value) for target in targets for r in target.local.returns if target.facts[r].value >= 0]
        if kind is f.Attribute:
            return self._behind_attribute(unit, fact)
        if kind is f.Operation and fact.operator in JOINING:
            return [(unit, o) for o in fact.operands]
        return []

    def _behind_attribute(self, unit: Unit, fact: f.Attribute) -> list[Node]:
        found: list[Node] = []
        for kind, what in self.values.of((unit, fact.base)):
            if kind in {"inst", "sub", "def"} and what.kind == "class":
                found += self.classes.field_writes(what).get(fact.name, [])
                found += [(what, o) for o in what.local.final.get(fact.name, ())]
            elif kind == "module":
                module = self.values.units.get((what, ""))
                found += [(module, o) for o in self.names.exported(module, fact.name)] if module else []
        return found

    # what members refer to

    def _each(self, nodes: Iterable[Node]) -> list[Reference]:
        return [r for node in nodes for r in self.values.of(node)]

    def of_item(self, unit: Unit, ordinal: int, fact: f.Item) -> list[Reference]:
        """Resolve `base[key]`."""
        base = (unit, fact.base)
        return self._each(self.members(base, constant_key(unit, fact.key))) or [r for b in self.values.of(base) for r in member(b)]

    def of_unpack(self, unit: Unit, ordinal: int, fact: f.Unpack) -> list[Reference]:
        """Resolve a part of an unpacked value."""
        base = (unit, fact.value)
        members = self.members(base, _part(fact))
        if members:
            return self._each(members)
        if fact.key:
            return [r for b in self.values.of(base) for r in self.attributes.attribute(b, fact.key)]
        return [r for b in self.values.of(base) for r in member(b)]

    def of_iterate(self, unit: Unit, ordinal: int, fact: f.Iterate) -> list[Reference]:
        """Resolve an element of an iterated value."""
        base = (unit, fact.value)
        found = self._each(self.members(base, None))
        if found:
            return found
        for reference in self.values.of(base):
            found += self.returns.yielded(reference[1]) if reference[0] == "gen" else member(reference)
        return found


def _part(fact: f.Unpack) -> str | None:
    return fact.key or (str(fact.index) if fact.index >= 0 else None)
