"""Checks that fail open: what refuses stands behind a test of a variable of the environment that need not be set.

`if expected and given != expected: refuse()` with `expected = os.getenv("TOKEN")` lets everybody in where the variable is not set. A
setting with a default of its own, or one that must be there (`os.environ["TOKEN"]`), opens nothing.
"""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.origins import origins
from threatline.system.placing import Placement

OPEN_NOTE = "does nothing unless a variable of the environment is set"
SETTINGS = frozenset({"operator.value", "secret.value"})
ASKED = frozenset({"getenv", "get"})
EQUAL = frozenset({"is", "=="})
UNEQUAL = frozenset({"is-not", "!="})
DEEPEST = 6


class Openings:
    """Tells which calls stand behind such a test."""

    def __init__(self, reading: Reading, placement: Placement) -> None:
        self.reading = reading
        self.placement = placement

    def fails_open(self, call: Node) -> bool:
        """Tell whether a call happens only where a variable is set."""
        unit, ordinal = call
        if ordinal < 0 or ordinal >= len(unit.local.guard_of) or not unit.local.guard_of[ordinal]:
            return False
        return any(self._wants_setting(unit, test, held, 0) for test, held in unit.local.conditions(ordinal))

    def _wants_setting(self, unit: Unit, test: int, held: bool, depth: int) -> bool:
        fact = unit.facts[test]
        if type(fact) is not f.Operation:
            return held and self._is_setting((unit, test))
        operator, operands = fact.operator, fact.operands
        if depth > DEEPEST:
            return False
        if operator == "not":
            return self._wants_setting(unit, operands[0], not held, depth + 1)
        if (operator == "and" and held) or (operator == "or" and not held):
            return any(self._wants_setting(unit, operand, held, depth + 1) for operand in operands)
        nothing = len(operands) == 2 and self.reading.constants.of((unit, operands[1])) is None
        return nothing and (operator in UNEQUAL if held else operator in EQUAL) and self._is_setting((unit, operands[0]))

    def _is_setting(self, node: Node) -> bool:
        """Tell whether a value is a variable of the environment that may be missing."""
        made = origins(self.reading, node)
        return bool(made) and all(self._may_be_missing(one) for one in made)

    def _may_be_missing(self, node: Node) -> bool:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if type(fact) is not f.Call or getattr(unit.facts[fact.callee], "name", "") not in ASKED:
            return False
        if all(port.name not in SETTINGS for port in self.placement.ports_at.get(node, ())):
            return False
        return len(fact.arguments) < 2 or not self.reading.constants.of((unit, fact.arguments[1].value))
