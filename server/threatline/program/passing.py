"""What is passed to a parameter: the value graph's steps out of a function, to its callers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import NamedTuple

from threatline.facts import model as f
from threatline.program.arguments import match_argument
from threatline.program.program import Program
from threatline.program.scopes import MUTATORS
from threatline.program.steps import Fields, Step
from threatline.program.units import Node, Unit
from threatline.source.tests import is_test

MOST_LOOKED_AT = 60

_WRITTEN_DOWN = frozenset({f.Read, f.Bind, f.Collection})


class Passed(NamedTuple):
    """A value that is passed at a call. `how` is parameter, or callback where other people's code passes on what it was given itself."""

    value: Node
    call: Node
    how: str


class Passing:
    """Lists what is passed to parameters, memoized."""

    def __init__(self, program: Program, steps: Callable[[Node, Fields], list[Step]]) -> None:
        self.program = program
        self.steps = steps
        self._passed: dict[Node, list[Passed]] = {}
        self._by_call: dict[Node, dict[Node, list[Passed]]] = {}

    def passed(self, node: Node) -> list[Passed]:
        """List what is passed to a parameter: by calls of its function, then by other people's code that the function is passed to.

        What tests pass to the program is no part of it.
        """
        known = self._passed.get(node)
        if known is None:
            unit, ordinal = node
            found = [*self._by_calls(unit, ordinal), *self._by_callbacks(unit), *self._by_annotation(unit, ordinal)]
            known = self._passed[node] = found if is_test(unit.file) else [one for one in found if not is_test(one.call[0].file)]
        return known

    def passed_at(self, node: Node, call: Node) -> list[Passed]:
        """List what one call passes to a parameter."""
        by_call = self._by_call.get(node)
        if by_call is None:
            by_call = self._by_call[node] = {}
            for passed in self.passed(node):
                by_call.setdefault(passed.call, []).append(passed)
        return by_call.get(call, [])

    def _by_calls(self, unit: Unit, ordinal: int) -> list[Passed]:
        parameter = unit.facts[ordinal]
        found: list[Passed] = []
        for call, skip in self.program.callers.get(unit, ()):
            caller = call[0]
            run = self.program.effective(call)
            spread = {a.value for a in run.arguments if a.name == "**"} if parameter.kind != "options" else set()
            arguments = run.arguments if parameter.kind != "options" else _left_over(unit, run.arguments)
            for value in match_argument(arguments, parameter, ordinal - skip):
                nodes = self._under_key((caller, value), parameter.name) if value in spread else [(caller, value)]
                found += [Passed(node, call, "parameter") for node in nodes]
            callee = caller.facts[run.function]
            if ordinal == 0 and skip and type(callee) is f.Attribute and unit.parent is not None and unit.parent.kind == "class":
                found.append(Passed((caller, callee.base), call, "parameter"))
        return found

    def _under_key(self, spread: Node, name: str) -> list[Node]:
        """List what a `**spread` holds under a name, as far as the caller says it; the whole of what comes from elsewhere."""
        found: list[Node] = []
        seen: set[tuple[Node, Fields]] = {(spread, (name,))}
        queue: list[tuple[Node, Fields]] = [(spread, (name,))]
        while queue and len(seen) < MOST_LOOKED_AT:
            node, fields = queue.pop(0)
            here = type(node[0].facts[node[1]]) in _WRITTEN_DOWN
            steps = self.steps(node, fields) if here and node[0] is spread[0] else []
            if not here or node[0] is not spread[0]:
                found.append(node)
            for step in steps:
                if not step.fields and step.node not in found:
                    found.append(step.node)
                elif step.fields and (step.node, step.fields) not in seen:
                    seen.add((step.node, step.fields))
                    queue.append((step.node, step.fields))
        return found if len(seen) < MOST_LOOKED_AT else [spread]

    def _by_annotation(self, unit: Unit, ordinal: int) -> list[Passed]:
        """List what other people's code gives for a call inside the declared type: `Annotated[str, Depends(function)]`."""
        parent, fact = unit.parent, unit.facts[ordinal]
        annotation = parent.facts[fact.annotation] if parent is not None and fact.annotation >= 0 else None
        if parent is None or type(annotation) is not f.Item or annotation.key < 0:
            return []
        inner = parent.facts[annotation.key]
        found: list[Passed] = []
        for element in inner.elements[1:] if type(inner) is f.Collection else ():
            call = parent.facts[element.value]
            if type(call) is f.Call and any(self.program.functions_in((parent, a.value)) for a in call.arguments):
                node = (parent, element.value)
                found.append(Passed(node, node, "parameter"))
        return found

    def _by_callbacks(self, unit: Unit) -> list[Passed]:
        found: list[Passed] = []
        for call in self.program.callbacks.get(unit, ()):
            caller = call[0]
            fact = caller.facts[call[1]]
            others = [a.value for a in fact.arguments if unit not in self.program.functions_in((caller, a.value))]
            found += [Passed((caller, value), call, "callback") for value in others]
            callee = caller.facts[fact.callee]
            if type(callee) is f.Attribute and callee.name not in MUTATORS:
                found.append(Passed((caller, callee.base), call, "callback"))
        return found


def _left_over(unit: Unit, arguments: tuple[f.Argument, ...]) -> tuple[f.Argument, ...]:
    """Leave out the arguments that a function takes by a name of their own: its `**options` do not hold them."""
    taken = {fact.name for fact in takewhile(lambda fact: type(fact) is f.Parameter, unit.facts) if fact.kind not in {"rest", "options"}}
    return tuple([argument for argument in arguments if argument.name not in taken])
