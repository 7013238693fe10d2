"""Promises and arrays of script languages: what their methods pass to the function they are given, and what they give back."""

from __future__ import annotations

from collections.abc import Callable

from threatline.facts import model as f
from threatline.program.references import Reference, Values, member
from threatline.program.returns import Returns
from threatline.program.units import Node, Unit

PROMISE = frozenset({"then", "catch", "finally"})
EACH = frozenset({"map", "flatMap", "forEach", "filter", "find", "findLast", "some", "every", "findIndex"})
FOLDS = frozenset({"reduce", "reduceRight"})
SAME = frozenset({"filter", "slice", "concat", "reverse", "sort", "toSorted", "toReversed", "flat"})
ONE = frozenset({"find", "findLast", "at", "pop", "shift"})
MADE = frozenset({"map", "flatMap"})
GIVES_SAME = PROMISE | SAME | ONE | MADE

_FUNCTIONS = frozenset({f.Define, f.Read, f.Attribute})


class Callbacks:
    """Resolves through promises (a promise stands for what it holds) and arrays.

    The two elements that `sort` passes and the result of `reduce` are given up.
    """

    def __init__(self, values: Values, returns: Returns, members: Callable[[Node, str | None], list[Node]]) -> None:
        self.values = values
        self.returns = returns
        self.members = members
        self._calls: dict[Unit, dict[str, tuple[int, int]]] = {}

    def passed(self, unit: Unit, ordinal: int) -> list[Reference]:
        """Resolve a parameter of a function that is written down as an argument of such a method."""
        parent = unit.parent
        place = self._calls_of(parent).get(unit.path) if parent is not None else None
        if parent is None or place is None:
            return []
        call, index = place
        callee = parent.facts[parent.facts[call].callee]
        if type(callee) is not f.Attribute or index > 1:
            return []
        if callee.name == "then" and index == 0 and ordinal == 0:
            return list(self.values.of((parent, callee.base)))
        if index == 0 and ((callee.name in EACH and ordinal == 0) or (callee.name in FOLDS and ordinal == 1)):
            return self._member((parent, callee.base))
        return []

    def _calls_of(self, parent: Unit) -> dict[str, tuple[int, int]]:
        """List, by definition path, the call that a function is written down in as an argument, and at which position."""
        known = self._calls.get(parent)
        if known is None:
            known = self._calls[parent] = {}
            for call in parent.local.calls:
                for index, argument in enumerate(parent.facts[call].arguments):
                    value = parent.facts[argument.value]
                    if type(value) is f.Define:
                        known.setdefault(value.path, (call, index))
        return known

    def given(self, unit: Unit, fact: f.Call) -> list[Reference] | None:
        """Resolve what a call of such a method gives; None for any other call."""
        callee = unit.facts[fact.callee]
        if unit.language == "python" or type(callee) is not f.Attribute or callee.name not in GIVES_SAME:
            return None
        first = fact.arguments[0].value if fact.arguments else -1
        passes = first >= 0 and type(unit.facts[first]) in _FUNCTIONS
        base = (unit, callee.base)
        found = self.values.of(base)
        if callee.name in PROMISE:
            made = self._made(unit, first) if callee.name == "then" and passes else []
            return made or list(found)
        if any(kind not in {"ext", "list"} for kind, _ in found) or (any(kind == "ext" for kind, _ in found) and not passes):
            return None
        if callee.name in MADE:
            return [("list", reference) for reference in self._made(unit, first)] if passes else None
        if callee.name in ONE:
            return self._member(base) or None
        return list(found) or None

    def _made(self, unit: Unit, function: int) -> list[Reference]:
        functions = [what for kind, what in self.values.of((unit, function)) if kind == "def" and what.kind != "class"]
        return [r for one in functions for r in self.returns.returned(one)]

    def _member(self, base: Node) -> list[Reference]:
        written = [r for node in self.members(base, None) for r in self.values.of(node)]
        return written or [r for reference in self.values.of(base) for r in member(reference)]
