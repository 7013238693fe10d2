"""Which first-party functions a call may run."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.classes import Classes
from threatline.program.references import Values
from threatline.program.units import Node, Unit


class Callees:
    """Finds the functions behind a call: functions themselves, constructors as `__init__`, callable objects as `__call__`."""

    def __init__(self, values: Values, classes: Classes) -> None:
        self.values = values
        self.classes = classes

    def of_call(self, call: Node) -> list[tuple[Unit, int]]:
        """List the first-party functions that a call may run, each with how many parameters are filled without an argument (self)."""
        unit, ordinal = call
        fact = unit.facts[ordinal]
        references = self.values.of((unit, fact.callee))
        if not references:
            return []
        found: dict[Unit, int] = {}
        for kind, what in references:
            if kind == "def" and what.kind == "class":
                init = self.classes.inherited(what, "__init__")
                if init is not None:
                    found.setdefault(init, 1)
            elif kind == "def":
                found.setdefault(what, self._filled(unit, fact, what))
            elif kind in {"inst", "sub"}:
                method = self.classes.inherited(what, "__call__")
                if method is not None:
                    found.setdefault(method, 1)
        return list(found.items())

    def _filled(self, unit: Unit, fact: f.Call, target: Unit) -> int:
        if target.parent is None or target.parent.kind != "class" or target.language != "python" or self.classes.is_static(target):
            return 0
        callee = unit.facts[fact.callee]
        if type(callee) is not f.Attribute:
            return 1
        through_class = any(kind == "def" for kind, _ in self.values.of((unit, callee.base)))
        return 0 if through_class and not self.classes.decorated(target, "classmethod") else 1
