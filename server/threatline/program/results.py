"""What a call's result is made of: the value graph's steps into calls."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.arguments import match_argument
from threatline.program.calls import CONTAINER_METHODS
from threatline.program.classes import CONSTRUCTORS
from threatline.program.members import constant_key
from threatline.program.program import Program
from threatline.program.steps import MEMBER, Fields, Step, deeper
from threatline.program.units import Node, Unit

COPIES = frozenset(
    """
        copy.copy copy.deepcopy builtins.list builtins.dict builtins.tuple builtins.set builtins.frozenset builtins.sorted
        builtins.reversed npm:js.Object.freeze npm:js.Object.seal npm:js.structuredClone npm:js.Promise.all npm:js.Promise.resolve
        npm:js.Array.from
    """.split()
)
"""Calls that give an object like their argument, with the same parts."""

ITEM_VIEWS = frozenset({"values", "copy", "items", "keys", "deepcopy"})


DEEP_ENOUGH = 2
"""Fields that name a place of a pair: which pair, and which of its parts."""


def given(function: Unit, fields: Fields, how: str) -> list[Step]:
    """Step to what a function returns and yields. An element of what a generator gives is what it yields."""
    facts = function.facts
    found = [Step((function, facts[o].value), fields, how) for o in function.local.returns if facts[o].value >= 0]
    for ordinal in function.local.yields:
        fact = facts[ordinal]
        inner = fields if fact.each or not fields or fields[0] != MEMBER else fields[1:]
        if fact.value >= 0:
            found.append(Step((function, fact.value), inner, how))
    return found


class Results:
    """Steps from calls: into first-party functions and constructors, through other people's code to all it is given.

    Given up: what other people's code remembers between two calls, and which part of an argument it gives back.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.resolver = program.resolver

    def steps(self, unit: Unit, ordinal: int, fact: f.Call, fields: Fields) -> list[Step]:
        """List the steps back from a call's result."""
        found: list[Step] = []
        stepped = False
        for kind, what in self.resolver.of((unit, fact.callee)):
            if kind == "def" and what.kind == "class":
                stepped = True
                found += self._constructed(what, unit, fact, fields)
        for target, _ in self.program.callees((unit, ordinal)):
            if target.name not in CONSTRUCTORS:
                stepped = True
                found += given(target, fields, "return")
        return found if stepped else self._outside(unit, fact, fields)

    def is_even(self, unit: Unit, ordinal: int, fact: f.Call) -> bool:
        """Tell whether the steps are surely the same whatever fields are wanted (see `ValueGraph.is_even`)."""
        if any(kind == "def" and what.kind == "class" for kind, what in self.resolver.of((unit, fact.callee))):
            return False
        targets = [target for target, _ in self.program.callees((unit, ordinal)) if target.name not in CONSTRUCTORS]
        if targets:
            return not any(target.local.yields for target in targets)
        callee = unit.facts[fact.callee]
        if _pairing(unit, fact):
            return False
        return type(callee) is not f.Attribute or callee.name not in CONTAINER_METHODS or not fact.arguments

    def is_record(self, cls: Unit) -> bool:
        """Tell whether a class is made of the fields it declares: it has no constructor, or one that hands on all it is given."""
        init = self.resolver.classes.constructor(cls)
        if init is None:
            return True
        taken = [fact.kind for fact in init.facts if type(fact) is f.Parameter]
        return taken[1:] == ["options"] and any(owner.local.annotations for owner in self.resolver.lineage(cls)[0])

    def _constructed(self, cls: Unit, unit: Unit, fact: f.Call, fields: Fields) -> list[Step]:
        init = None if self.is_record(cls) else self.resolver.classes.constructor(cls)
        if not fields:
            # A record is the sum of its fields (it may be dumped or printed); another object as a whole is no data.
            return [Step((unit, a.value), (), "construct", a.name) for a in fact.arguments] if init is None else []
        lineage = self.resolver.lineage(cls)[0]
        if init is not None:
            return [
                Step(node, fields[1:], "return" if node[0] is init else "heap")
                for owner in lineage
                for node in self.resolver.field_writes(owner).get(fields[0], ())
            ]
        order = [name for owner in reversed(lineage) for name in owner.local.annotations]
        # A named tuple's fields are known by their place, too.
        name = order[int(fields[0])] if fields[0].isdigit() and int(fields[0]) < len(order) else fields[0]
        index = order.index(name) if name in order else -1
        spread = {a.value for a in fact.arguments if a.name == "**"}
        return [
            Step((unit, value), fields if value in spread else fields[1:], "construct")
            for value in match_argument(fact.arguments, f.Parameter(name, "positional" if index >= 0 else "keyword"), index)
        ]

    def record_steps(self, cls: Unit, unit: Unit, fact: f.Call, fields: Fields) -> list[Step]:
        """Step to what a call that makes a record gives to a field of it."""
        return [Step(step.node, step.fields, "heap") for step in self._constructed(cls, unit, fact, fields)]

    def _outside(self, unit: Unit, fact: f.Call, fields: Fields) -> list[Step]:
        callee = unit.facts[fact.callee]
        found: list[Step] = []
        paired = self._paired(unit, fact, fields)
        if paired is not None:
            return paired
        if fields and len(fact.arguments) == 1 and self._is_copy((unit, fact.callee)):
            return [Step((unit, fact.arguments[0].value), fields, "argument", fact.arguments[0].name or "0")]
        if type(callee) is f.Attribute:
            receiver = (unit, callee.base)
            if callee.name in CONTAINER_METHODS and fact.arguments:
                key = constant_key(unit, fact.arguments[0].value)
                # What is looked up in a table that is written down here is the table's; the key only chooses.
                if key is not None or self.resolver.members(receiver, None):
                    looked_up = Step(receiver, deeper(key or MEMBER, fields), "receiver")
                    return [looked_up, *(Step((unit, a.value), fields, "argument", a.name or "1") for a in fact.arguments[1:2])]
            if callee.name in ITEM_VIEWS and not fact.arguments:
                return [Step(receiver, fields, "receiver")]
            found.append(Step(receiver, (), "receiver"))
        for index, argument in enumerate(fact.arguments):
            functions = self.program.functions_in((unit, argument.value))
            for function in functions:
                found += given(function, (), "return")
            if not functions:
                found.append(Step((unit, argument.value), (), "argument", argument.name or str(index)))
        return found

    def _paired(self, unit: Unit, fact: f.Call, fields: Fields) -> list[Step] | None:
        """Step to the one argument that a place of `enumerate`'s or `zip`'s pairs is taken from; None for other calls and other fields."""
        name = _pairing(unit, fact)
        if not name or len(fields) < DEEP_ENOUGH or fields[0] != MEMBER or not fields[1].isdigit():
            return None
        place = int(fields[1]) - (name == "enumerate")
        plain = [a.value for a in fact.arguments if a.name == ""]
        if place >= len(plain) or any(a.name == "*" for a in fact.arguments) or not self._is_builtin((unit, fact.callee), name):
            return None
        # What `enumerate` counts is no data.
        return [Step((unit, plain[place]), (MEMBER, *fields[2:]), "argument", str(place))] if place >= 0 else []

    def _is_builtin(self, callee: Node, name: str) -> bool:
        return any(kind == "ext" and what == f"builtins.{name}" for kind, what in self.resolver.of(callee))

    def _is_copy(self, callee: Node) -> bool:
        return not COPIES.isdisjoint(what for kind, what in self.resolver.of(callee) if kind == "ext")


def _pairing(unit: Unit, fact: f.Call) -> str:
    callee = unit.facts[fact.callee]
    return callee.name if type(callee) is f.Read and callee.name in {"enumerate", "zip"} else ""
