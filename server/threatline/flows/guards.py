"""Controls that stand as conditions on a path: tests that dominate a use, and checks that raise before it.

What counts: membership in a collection and equality with a constant of the very value (all controls: only listed values pass), tests that
the catalog knows (`provides … to: checked`), a prefix test of a resolved path, a host taken from the value that is in a collection, a first
letter that is no dash, a path without slashes or with neither root nor `..`, a module whose package is in a collection; each also inside a
first-party function that is asked or that raises. A test of another value, a substring test, a test of the first word, and a name that
merely sounds like a check prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from threatline.facts import model as f
from threatline.flows.asking import BELOW, EVERY, JOINERS, PACKAGE, RELATIVE, RESOLVERS, Asking
from threatline.flows.conversions import refuses_text
from threatline.flows.parts import meet
from threatline.flows.paths import FlowPath
from threatline.knowledge.catalog import Provided
from threatline.program.constants import Constants
from threatline.program.units import Node, Unit
from threatline.system.build import Built
from threatline.system.calls import receiver

MOST_CHECKS = 2
GIVEN = frozenset({"tool.arguments", "endpoint.request", "model.output", "agent.output", "chat.input"})
SPLITTERS = frozenset({"split", "partition"})
PARTIAL = frozenset({RELATIVE, BELOW, PACKAGE})


class Guards(Asking):
    """Finds the controls that conditions prove on paths."""

    def __init__(self, built: Built) -> None:
        super().__init__(built)
        self._memo: dict[tuple[Unit, int, frozenset[int]], frozenset[str]] = {}

    def on(self, path: FlowPath) -> frozenset[str]:
        """List the controls that conditions prove on a path; `EVERY` where only listed values can pass."""
        by_unit: dict[Unit, list[int]] = {}
        for unit, ordinal in path.steps:
            by_unit.setdefault(unit, []).append(ordinal)
        sink_unit, sink_ordinal = path.sink.match.node
        found: set[str] = set()
        for unit, ordinals in by_unit.items():
            use = sink_ordinal if unit is sink_unit and sink_ordinal >= 0 else max(ordinals)
            found |= self._in_unit(unit, use, frozenset(self._bindings(unit, ordinals)))
        if path.sink.name == "process.arguments":
            found |= _in_list(self.reading.constants, path)
        if path.sink.name == "import.name" and PACKAGE in found:
            found.add(EVERY)
        return _whole(found)

    def passing(self, argument: Node) -> frozenset[str]:
        """List the controls that conditions prove of a value where it is passed to a call: of the very value, not of what it is made of."""
        unit, ordinal = argument
        if ordinal >= len(unit.local.guard_of) or not unit.local.guard_of[ordinal]:
            return frozenset()
        return _whole(self._in_unit(unit, ordinal, frozenset(self._behind(unit, ordinal, derived=False))))

    def _in_unit(self, unit: Unit, use: int, values: frozenset[int]) -> frozenset[str]:
        key = (unit, use, values)
        known = self._memo.get(key)
        if known is None:
            known = self._memo[key] = frozenset(self._prove(unit, use, values))
        return known

    def _prove(self, unit: Unit, use: int, values: frozenset[int]) -> Iterable[str]:
        if use >= len(unit.local.guard_of):
            return
        for test, positive in unit.local.conditions(use):
            yield from self._test(unit, test, positive, values, 0)
        for call in unit.local.calls:
            if call >= use:
                break
            if unit.local.dominates(call, use):
                yield from self._raising(unit, call, values)
            elif self._leaves(unit, call):
                yield from self._left(unit, call, use, values)

    def _leaves(self, unit: Unit, call: int) -> bool:
        return any(match.entry.leaves for match in self.built.placement.matches_at.get((unit, call), ()))

    def _left(self, unit: Unit, call: int, use: int, values: frozenset[int]) -> Iterable[str]:
        """Behind `if bad: abort()` the test is known to have failed, where the use lies outside that arm."""
        held = unit.local.conditions(call)
        if held and held[0] not in unit.local.conditions(use):
            test, positive = held[0]
            yield from self._test(unit, test, not positive, values, 0)

    def _bindings(self, unit: Unit, ordinals: Iterable[int]) -> set[int]:
        found = set(ordinals)
        for ordinal in ordinals:
            if ordinal >= 0 and type(unit.facts[ordinal]) is f.Read:
                found.update(unit.local.reads.get(ordinal, ()))
        return found

    # tests

    def _test(self, unit: Unit, test: int, positive: bool, values: frozenset[int], depth: int) -> Iterable[str]:
        fact = unit.facts[test]
        if depth > 8:
            return
        if type(fact) is f.Operation:
            if fact.operator == "not":
                yield from self._test(unit, fact.operands[0], not positive, values, depth + 1)
            elif (fact.operator in {"and", "&&"} and positive) or (fact.operator in {"or", "||"} and not positive):
                for operand in fact.operands:
                    yield from self._test(unit, operand, positive, values, depth + 1)
            elif fact.operator in {"and", "&&", "or", "||"}:
                # Either of them holds, so what all of them prove is proved.
                proved = [frozenset(self._test(unit, operand, positive, values, depth + 1)) for operand in fact.operands]
                yield from sorted(frozenset.intersection(*proved)) if all(proved) else ()
            elif fact.operator in {"in", "not-in"} and (fact.operator == "in") == positive:
                yield from self._membership(unit, fact, values)
            elif fact.operator in {"in", "not-in"}:
                yield from self._lacking(unit, fact, values)
            elif fact.operator in {"==", "===", "!=", "!=="} and fact.operator.startswith("=") == positive:
                yield from self._equality(unit, fact, values)
        elif type(fact) is f.Call:
            yield from self._asked(unit, test, positive, values, depth)

    def _membership(self, unit: Unit, fact: f.Operation, values: frozenset[int]) -> Iterable[str]:
        left, right = fact.operands[0], fact.operands[1]
        yield from self._compared(unit, (right,), values)
        if isinstance(self.reading.constants.of((unit, right)), str) or self._is_given(unit, right):
            return
        if self._same(unit, left, values):
            yield EVERY
        elif self._is_host_of(unit, left, values):
            yield "ctl-url-allowlist"
        elif self._is_package_of(unit, left, values):
            yield PACKAGE

    def _is_package_of(self, unit: Unit, ordinal: int, values: frozenset[int]) -> bool:
        """Tell whether a text is what stands before the first dot of a value: `name.split(".")[0]`."""
        for inner in self._behind(unit, ordinal, derived=False):
            fact = unit.facts[inner]
            if type(fact) is not f.Item or fact.key < 0 or self.reading.constants.of((unit, fact.key)) != 0:
                continue
            call = unit.facts[fact.base]
            callee = unit.facts[call.callee] if type(call) is f.Call else None
            if type(call) is not f.Call or type(callee) is not f.Attribute or callee.name not in SPLITTERS or not call.arguments:
                continue
            if self.reading.constants.of((unit, call.arguments[0].value)) == "." and meet(unit, self._behind(unit, callee.base), values):
                return True
        return False

    def _lacking(self, unit: Unit, fact: f.Operation, values: frozenset[int]) -> Iterable[str]:
        """Find what a path is known not to hold: slashes, or steps to the parent folder."""
        part, whole = fact.operands[0], fact.operands[1]
        if meet(unit, self._behind(unit, whole), values):
            yield from self._without(self.reading.constants.of((unit, part)) if not self._is_separator(unit, part) else "/")

    def _is_given(self, unit: Unit, ordinal: int) -> bool:
        """Tell whether a list of what is allowed comes from the very side that it is to restrict."""
        ports = self.built.placement.ports_at
        behind = self._behind(unit, ordinal, derived=False)
        return any(port.name in GIVEN for inner in behind for port in ports.get((unit, inner), ()))

    def _equality(self, unit: Unit, fact: f.Operation, values: frozenset[int]) -> Iterable[str]:
        yield from self._compared(unit, fact.operands, values)
        for one, other in (fact.operands[:2], fact.operands[1::-1]):
            if self._same(unit, one, values) and self.reading.constants.is_constant((unit, other)):
                yield EVERY
            elif self._is_host_of(unit, one, values) and self.reading.constants.is_constant((unit, other)):
                yield "ctl-url-allowlist"
            elif self._is_resolved(unit, one, values) and not meet(unit, self._behind(unit, other), values):
                # The folder itself: what is asked beside whether a path lies below it.
                yield "ctl-path-confine"

    def _compared(self, unit: Unit, operands: tuple[int, ...], values: frozenset[int]) -> Iterable[str]:
        """Find what the catalog calls a check inside a comparison: `commonpath([p, base]) == base`, `base in p.parents`."""
        for operand in operands:
            for match in self.built.placement.matches_at.get((unit, operand), ()):
                for provided in match.entry.provides:
                    if provided.to == "checked" and self._behind(unit, operand) & values:
                        yield provided.control

    def _asked(self, unit: Unit, call: int, positive: bool, values: frozenset[int], depth: int) -> Iterable[str]:
        node = (unit, call)
        for match in self.built.placement.matches_at.get(node, ()):
            for provided in match.entry.provides:
                if provided.to == "checked" and positive and self._checks(node, provided, values):
                    yield provided.control
        yield from self._prefix(unit, call, values) if positive else self._not_begun(unit, call, values)
        if positive:
            yield from self._contained(unit, call, values)
            yield from self._any_equal(unit, call, values)
        for target, skip in self.reading.program.callees(node):
            yield from self._inside(unit, call, target, skip, values, positive, depth)

    def _inside(self, unit: Unit, call: int, target: Unit, skip: int, values: frozenset[int], positive: bool, depth: int) -> Iterable[str]:
        """Look into a first-party function that is asked: what it returns is the test, in its own words."""
        parameters = self._parameters(unit, call, target, skip, values)
        if not parameters or depth > 3:
            return
        for ordinal in target.local.returns:
            value = target.facts[ordinal].value
            if value < 0:
                continue
            constant = self.reading.constants.of((target, value))
            if constant is positive:
                for test, held in target.local.conditions(ordinal):
                    yield from self._test(target, test, held, parameters, depth + 1)
            elif not isinstance(constant, bool):
                yield from self._test(target, value, positive, parameters, depth + 1)
        yield from self._raises(target, parameters, depth)

    # checks that raise

    def _raising(self, unit: Unit, call: int, values: frozenset[int]) -> Iterable[str]:
        node = (unit, call)
        for match in self.built.placement.matches_at.get(node, ()):
            for provided in match.entry.provides:
                if provided.to == "checked" and provided.raises and self._checks(node, provided, values):
                    yield provided.control
        for target, skip in self.reading.program.callees(node):
            parameters = self._parameters(unit, call, target, skip, values)
            if parameters:
                yield from self._raises(target, parameters, 0)

    def _raises(self, target: Unit, parameters: frozenset[int], depth: int) -> Iterable[str]:
        if depth > 3:
            return
        for ordinal in target.local.raises:
            if ordinal in target.local.caught:
                continue
            for test, held in target.local.conditions(ordinal)[:1]:
                yield from self._test(target, test, not held, parameters, depth + 1)
        for call in target.local.calls:
            if target.local.guard_of[call] == 0:
                for match in self.built.placement.matches_at.get((target, call), ()):
                    for provided in match.entry.provides:
                        if provided.to == "checked" and provided.raises and self._checks((target, call), provided, parameters):
                            yield provided.control
                yield from self._raising_inside(target, call, parameters, depth)
                if refuses_text(target, call) and self._is_asked(target, call, parameters):
                    yield EVERY

    def _is_asked(self, unit: Unit, call: int, values: frozenset[int]) -> bool:
        return any(self._same(unit, argument.value, values) for argument in unit.facts[call].arguments[:1])

    def _raising_inside(self, unit: Unit, call: int, values: frozenset[int], depth: int) -> Iterable[str]:
        """Follow a check that asks other checks."""
        if depth < MOST_CHECKS:
            for target, skip in self.reading.program.callees((unit, call)):
                parameters = self._parameters(unit, call, target, skip, values)
                if parameters:
                    yield from self._raises(target, parameters, depth + 1)

    def _checks(self, node: Node, provided: Provided, values: frozenset[int]) -> bool:
        """Tell whether a check is about a value, and whole: that a joined path lies below a folder says nothing before it is resolved."""
        unit, call = node
        if not self._about(node, provided.place, values):
            return False
        base = receiver(unit, call)
        if provided.control != "ctl-path-confine" or base < 0:
            return True
        behind = [unit.facts[ordinal] for ordinal in self._behind(unit, base)]
        called = {getattr(unit.facts[fact.callee], "name", "") for fact in behind if type(fact) is f.Call}
        joined = bool(called & JOINERS) or any(type(fact) is f.Operation and fact.operator == "/" for fact in behind)
        return not joined or bool(called & RESOLVERS)

    def _parameters(self, unit: Unit, call: int, target: Unit, skip: int, values: frozenset[int]) -> frozenset[int]:
        found: set[int] = set()
        for ordinal, fact in enumerate(target.facts):
            if type(fact) is not f.Parameter:
                break
            passed = self.reading.graph.passed_at((target, ordinal), (unit, call))
            if any(self._behind(unit, value[1]) & values for value, _, _ in passed):
                found.add(ordinal)
        return frozenset(found)


def _whole(found: Iterable[str]) -> frozenset[str]:
    """Put together what was proved in parts: a path with neither a root nor a step to a parent stays below its folder."""
    proved = frozenset(found)
    return (proved | {"ctl-path-confine"} if {RELATIVE, BELOW} <= proved else proved) - PARTIAL


def _in_list(constants: Constants, path: FlowPath) -> set[str]:
    """Find values that no program reads as an option by where they stand in its list: behind `--`, or right behind an option."""
    for (unit, ordinal), (holder, collection) in pairwise(path.steps):
        fact = holder.facts[collection] if collection >= 0 else None
        if unit is not holder or type(fact) is not f.Collection or fact.shape not in {"list", "tuple"}:
            continue
        values = [element.value for element in fact.elements]
        at = values.index(ordinal) if ordinal in values else 0
        before = [constants.of((holder, value)) for value in values[:at]]
        last = before[-1] if before and not fact.elements[at].spread else None
        if "--" in before or (isinstance(last, str) and last.startswith("-") and "=" not in last):
            return {"ctl-tool-arg-schema"}
    return set()
