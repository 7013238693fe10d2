"""Which first-party functions a call may run."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.classes import Classes
from threatline.program.forwarding import Forwarded
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
        found = self._run_by(unit, fact.callee)
        if found:
            return found
        run = unit.local.forwards.get(ordinal)
        return self._run_by(unit, run.function) if run is not None else []

    def effective(self, call: Node) -> Forwarded:
        """Give the function that a call runs and its arguments: its own, or those that a thread or a queue passes on."""
        unit, ordinal = call
        fact = unit.facts[ordinal]
        run = unit.local.forwards.get(ordinal)
        if run is None or self._run_by(unit, fact.callee) or not self._run_by(unit, run.function):
            return Forwarded(fact.callee, fact.arguments)
        return run

    def _run_by(self, unit: Unit, callee: int) -> list[tuple[Unit, int]]:
        references = self.values.of((unit, callee))
        if not references:
            return []
        found: dict[Unit, int] = {}
        for reference in references:
            kind, what = reference
            held = 0
            while kind == "part":
                inner, bound = what
                held += bound
                kind, what = inner
            if kind == "def" and what.kind == "class":
                init = self.classes.constructor(what)
                if init is not None:
                    found.setdefault(init, (1 if what.language == "python" else 0) + held)
            elif kind == "def":
                found.setdefault(what, self._filled(unit, callee, what) + held)
            elif kind in {"inst", "sub"}:
                method = self.classes.inherited(what, "__call__")
                if method is not None:
                    found.setdefault(method, 1 + held)
        return list(found.items())

    def _filled(self, unit: Unit, ordinal: int, target: Unit) -> int:
        if target.parent is None or target.language != "python":
            return 0
        if target.parent.kind != "class":
            # A plain function may have been made a method by assignment.
            first = target.facts[0] if target.facts else None
            is_method = type(first) is f.Parameter and first.name == "self" and type(unit.facts[ordinal]) is f.Attribute
            return 1 if is_method or self._is_bound_task(target) else 0
        if self.classes.is_static(target):
            return 0
        callee = unit.facts[ordinal]
        if type(callee) is not f.Attribute:
            return 1
        through_class = any(kind == "def" for kind, _ in self.values.of((unit, callee.base)))
        return 0 if through_class and not self.classes.decorated(target, "classmethod") else 1

    @staticmethod
    def _is_bound_task(target: Unit) -> bool:
        """Tell whether a decorator hands the task itself to the function first (`@app.task(bind=True)`)."""
        assert target.parent is not None
        facts = target.parent.facts
        return any(
            argument.name == "bind" and getattr(facts[argument.value], "value", None) is True
            for ordinal in target.definition.decorators
            if type(facts[ordinal]) is f.Call
            for argument in facts[ordinal].arguments
        )
