"""Questions that a condition asks of a value: what it begins with, what it is a member of, what stands in it, and whether it is that value.

A question proves something only of the very value, or of the path or host that is made of it; which conditions count where is told by
`guards`.
"""

from __future__ import annotations

from collections.abc import Iterable

from threatline.facts import model as f
from threatline.flows.parts import access, first_name, meet
from threatline.knowledge.catalog import Place
from threatline.program.units import Node, Unit
from threatline.system.build import Built
from threatline.system.calls import places_of, receiver

EVERY = "*"
"""Stands for all controls: only values from a closed list pass."""

MOST_NODES = 60
RESOLVERS = frozenset({"resolve", "realpath", "abspath", "absolute", "normpath"})
JOINERS = frozenset({"join", "joinpath"})
HOST_PARTS = frozenset({"hostname", "netloc", "host"})
ROOT_TESTS = frozenset({"isabs", "is_absolute", "isAbsolute"})
RELATIVE, BELOW, PACKAGE = "path has no root", "path has no parent", "package is listed"
"""What tests prove that is a control only together, or only before some sinks."""


class Asking:
    """Answers what calls and comparisons of one definition ask about values, given by their ordinals."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.reading = built.reading

    def _prefix(self, unit: Unit, call: int, values: frozenset[int]) -> Iterable[str]:
        fact = unit.facts[call]
        callee = unit.facts[fact.callee]
        if type(callee) is f.Attribute and callee.name in {"startswith", "startsWith"}:
            if self._is_resolved(unit, callee.base, values):
                yield "ctl-path-confine"
            if self._same(unit, callee.base, values) and fact.arguments and self._fixes_host((unit, fact.arguments[0].value)):
                yield "ctl-url-allowlist"

    def _is_resolved(self, unit: Unit, ordinal: int, values: frozenset[int]) -> bool:
        """Tell whether a value is the path meant with its dots taken out. Joining does that in script languages."""
        nodes = self._behind(unit, ordinal)
        names = {getattr(unit.facts[unit.facts[o].callee], "name", "") for o in nodes if type(unit.facts[o]) is f.Call}
        resolving = RESOLVERS if unit.language == "python" else RESOLVERS | JOINERS | {"normalize"}
        return bool(names & resolving) and meet(unit, nodes, values)

    def _contained(self, unit: Unit, call: int, values: frozenset[int]) -> Iterable[str]:
        """Find values that are members of a set or a map (`ALLOWED.has(value)`), or of a constant list (`[…].includes(value)`)."""
        callee, asked = unit.facts[unit.facts[call].callee], unit.facts[call].arguments
        if type(callee) is not f.Attribute or len(asked) != 1 or callee.name not in {"has", "includes"}:
            return
        collection, value = (unit, callee.base), asked[0].value
        if isinstance(self.reading.constants.of(collection), str):
            return
        if callee.name == "includes" and not self.reading.constants.is_constant(collection):
            return  # A text has `includes` too, and proves nothing with it.
        if self._same(unit, value, values):
            yield EVERY
        elif self._is_host_of(unit, value, values):
            yield "ctl-url-allowlist"

    def _not_begun(self, unit: Unit, call: int, values: frozenset[int]) -> Iterable[str]:
        """Find values that are known not to begin with a dash (they are no option of a program), a root or the parent folder, and those of
        which no separator is a part: `any(s in name for s in SEPARATORS)`.
        """
        callee, asked = unit.facts[unit.facts[call].callee], unit.facts[call].arguments
        name = getattr(callee, "name", "")
        if name == "any" and len(asked) == 1:
            yield from self._no_separator(unit, asked[0].value, values)
        elif name in ROOT_TESTS:
            about = asked[0].value if asked else getattr(callee, "base", -1)
            if about >= 0 and meet(unit, self._behind(unit, about), values):
                yield RELATIVE
        elif type(callee) is f.Attribute and name in {"startswith", "startsWith"} and len(asked) == 1:
            constant = self.reading.constants.of((unit, asked[0].value))
            if constant == "-" and self._behind(unit, callee.base) & values:
                yield "ctl-tool-arg-schema"
            elif constant == "/" and meet(unit, self._behind(unit, callee.base), values):
                yield RELATIVE
            elif constant in {"..", "../"} and self._is_resolved(unit, callee.base, values):
                yield BELOW

    def _no_separator(self, unit: Unit, ordinal: int, values: frozenset[int]) -> Iterable[str]:
        given = unit.facts[ordinal]
        if type(given) is not f.Collection or not given.generated or len(given.elements) != 1:
            return
        test = unit.facts[given.elements[0].value]
        if type(test) is not f.Operation or test.operator != "in" or not meet(unit, self._behind(unit, test.operands[1]), values):
            return
        for bound in unit.local.reads.get(test.operands[0], ()):
            each = unit.facts[bound]
            looped = unit.facts[each.value] if type(each) is f.Bind else None
            if type(looped) is not f.Iterate:
                continue
            for owner, listed in self.reading.program.resolver.collections((unit, looped.value)):
                for element in owner.facts[listed].elements:
                    separates = self._is_separator(owner, element.value)
                    yield from self._without("/" if separates else self.reading.constants.of((owner, element.value)))

    def _is_separator(self, unit: Unit, ordinal: int) -> bool:
        fact = unit.facts[ordinal]
        return type(fact) is f.Attribute and fact.name == "sep" and first_name(unit, fact.base) == "os"

    @staticmethod
    def _without(text: object) -> Iterable[str]:
        if text == "/":
            yield "ctl-path-confine"
        elif text == "..":
            yield BELOW

    def _fixes_host(self, node: Node) -> bool:
        """Tell whether every text that an address may begin with ends behind its host."""
        texts = [node]
        for unit, ordinal in self.reading.program.resolver.collections(node):
            texts = [(unit, element.value) for element in unit.facts[ordinal].elements]
        found = [self.reading.constants.of(text) for text in texts]
        return bool(found) and all(isinstance(text, str) and "/" in text.partition("://")[2] for text in found)

    def _any_equal(self, unit: Unit, call: int, values: frozenset[int]) -> Iterable[str]:
        """Find `any(value == name for name in NAMES)`, which is membership in other words."""
        fact = unit.facts[call]
        if getattr(unit.facts[fact.callee], "name", "") != "any" or len(fact.arguments) != 1:
            return
        given = unit.facts[fact.arguments[0].value]
        if type(given) is not f.Collection or not given.generated or len(given.elements) != 1:
            return
        test = unit.facts[given.elements[0].value]
        if type(test) is not f.Operation or test.operator != "==":
            return
        for one, other in (test.operands[:2], test.operands[1::-1]):
            if self._same(unit, one, values) and self._is_each_constant(unit, other):
                yield EVERY

    def _is_each_constant(self, unit: Unit, ordinal: int) -> bool:
        bound = [unit.facts[o] for o in unit.local.reads.get(ordinal, ())]
        each = [unit.facts[fact.value] for fact in bound if type(fact) is f.Bind]
        lists = [fact.value for fact in each if type(fact) is f.Iterate]
        return len(bound) == len(lists) > 0 and all(self.reading.constants.is_constant((unit, o)) for o in lists)

    # which value a test is about

    def _about(self, node: Node, place: Place | None, values: frozenset[int]) -> bool:
        unit, call = node
        asked = [v[1] for v in places_of(self.reading, node, place)] if place is not None else []
        if place is None:
            base = receiver(unit, call)
            asked = [a.value for a in unit.facts[call].arguments] + ([base] if base >= 0 else [])
        return any(meet(unit, self._behind(unit, ordinal), values) for ordinal in asked)

    def _same(self, unit: Unit, ordinal: int, values: frozenset[int]) -> bool:
        if self._behind(unit, ordinal, derived=False) & values:
            return True
        asked = access(unit, ordinal)
        return asked is not None and any(access(unit, value) == asked for value in values if value >= 0)

    def _is_host_of(self, unit: Unit, ordinal: int, values: frozenset[int]) -> bool:
        nodes = self._behind(unit, ordinal)
        return meet(unit, nodes, values) and any(getattr(unit.facts[o], "name", "") in HOST_PARTS for o in nodes)

    def _behind(self, unit: Unit, ordinal: int, *, derived: bool = True) -> set[int]:
        """List the facts of this definition that a value comes from; with `derived` false only those it is the same as."""
        found, queue = {ordinal}, [ordinal]
        while queue and len(found) < MOST_NODES:
            current = queue.pop()
            if type(unit.facts[current]) is f.Read:
                found.update(unit.local.reads.get(current, ()))
            for step in self.reading.graph.before((unit, current), ()):
                if step.node[0] is not unit or step.node[1] in found:
                    continue
                if not derived and (step.how != "same" or step.fields):
                    continue
                found.add(step.node[1])
                queue.append(step.node[1])
        return found
