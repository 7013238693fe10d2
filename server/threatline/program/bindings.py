"""Bindings: what a bound name and a parameter stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from threatline.facts import model as f
from threatline.program.annotations import Annotations
from threatline.program.arguments import match_argument
from threatline.program.callbacks import Callbacks
from threatline.program.callees import Callees
from threatline.program.classes import BOUND_TO_CLASS, Classes
from threatline.program.fitting import Fitting
from threatline.program.references import LONGEST, Reference, Values
from threatline.program.returns import Returns
from threatline.program.units import Node, Unit

GIVING_MEMBERS = frozenset({"map", "flatMap", "filter", "forEach", "find", "some", "every"})
"""Methods of lists in script languages that give a function one member after the other."""


class Bindings:
    """Resolves bound names by their value, else their declared type; parameters by what they are, their type, default, or arguments."""

    def __init__(
        self, values: Values, classes: Classes, callees: Callees, annotations: Annotations, returns: Returns, callbacks: Callbacks
    ) -> None:
        self.callbacks = callbacks
        self.values = values
        self.classes = classes
        self.callees = callees
        self.annotations = annotations
        self.returns = returns
        self.fitting = Fitting(values, classes)
        self.arguments_of: Mapping[Unit, list[tuple[Node, int]]] | None = None
        self.callbacks_of: Mapping[Unit, list[Node]] = {}

    def of_bind(self, unit: Unit, ordinal: int, fact: f.Bind) -> Sequence[Reference]:
        """Resolve a bound name."""
        found = self.values.of((unit, fact.value))
        if found or fact.name not in unit.local.annotations:
            return found
        return self.annotations.instances(unit, unit.local.annotations[fact.name])

    def of_parameter(self, unit: Unit, ordinal: int, fact: f.Parameter) -> list[Reference]:
        """Resolve a parameter. Its arguments are asked only where nothing else tells."""
        parent = unit.parent
        if parent is None:
            return self._passed(unit, ordinal, fact)
        if ordinal == 0 and parent.kind == "class" and unit.language == "python" and not self.classes.is_static(unit):
            of_class = self.classes.decorated(unit, "classmethod") or unit.name in BOUND_TO_CLASS
            if unit.name == "__init_subclass__":
                return [("def", derived) for derived in self.classes.descendants(parent)]
            return [("def", parent)] if of_class else [("sub", parent)]
        found: list[Reference] = []
        if fact.annotation >= 0:
            found = self.annotations.instances(parent, fact.annotation)
            if fact.kind == "rest":
                found = [("list", r) for r in found]
        if not found and fact.default >= 0:
            found = self._by_default(parent, fact.default)
        if found and all(kind == "sub" and self._is_protocol(what) for kind, what in found):
            # Whatever fits a protocol need not derive from it: what is passed says more.
            passed = self._passed(unit, ordinal, fact)
            return [*found, *passed] if self.arguments_of is not None else []
        if not found and unit.language != "python":
            found = self.callbacks.passed(unit, ordinal)
        return found or self._passed(unit, ordinal, fact) or self._called_back(unit, ordinal) or self._fitting_one(unit, fact)

    def _called_back(self, unit: Unit, ordinal: int) -> list[Reference]:
        """Resolve what other people's code gives a function of a script that it is passed to.

        Lists give their members and promises what they become; else parameter 1 of what `app.get` was given is `app.get.$1`.
        """
        found: dict[Reference, None] = {}
        for caller, call in self.callbacks_of.get(unit, ()) if unit.language != "python" else ():
            for kind, what in self.values.of((caller, caller.facts[call].callee)):
                if kind == "ext" and len(what) < LONGEST:
                    owner, _, method = what.rpartition(".")
                    member = f"{owner}[]" if method in GIVING_MEMBERS and ordinal == 0 else f"{what}.${ordinal}"
                    found["ext", owner if method == "then" else member] = None
        return list(found)

    def _fitting_one(self, unit: Unit, fact: f.Parameter) -> list[Reference]:
        """Find the class of a parameter of which nothing tells, by what is asked of it; only when its callers are known to tell nothing."""
        return self.fitting.of(unit, fact.name) if self.arguments_of is not None and fact.annotation < 0 else []

    def _is_protocol(self, cls: Unit) -> bool:
        return any(name.rpartition(".")[2] == "Protocol" for name in self.classes.lineage(cls)[1])

    def _by_default(self, parent: Unit, ordinal: int) -> list[Reference]:
        """Resolve a default. Other people's call that is given one function of ours (`Depends(client)`) stands for what that one gives."""
        fact = parent.facts[ordinal]
        if type(fact) is f.Call and len(fact.arguments) == 1:
            given = self.values.of((parent, fact.arguments[0].value))
            functions = [what for kind, what in given if kind == "def" and what.kind == "function"]
            outside = all(kind == "ext" for kind, _ in self.values.of((parent, fact.callee)))
            if functions and outside:
                return [r for function in functions for r in self._given_by(function)]
        return list(self.values.of((parent, ordinal)))

    def _given_by(self, function: Unit) -> list[Reference]:
        return self.returns.yielded(function) if function.definition.is_generator else self.returns.returned(function)

    def _passed(self, unit: Unit, ordinal: int, fact: f.Parameter) -> list[Reference]:
        if self.arguments_of is None:
            self.values.doubts += 1
            return []
        found: list[Reference] = []
        for (caller, call), skip in self.arguments_of.get(unit, ()):
            for argument in match_argument(self.callees.effective((caller, call)).arguments, fact, ordinal - skip):
                found += self.values.of((caller, argument))
        return found
