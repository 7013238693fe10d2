"""What running a function leads to: the functions it calls, and the catalog entries that apply in them."""

from __future__ import annotations

from collections import deque

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match

MOST_UNITS = 160
DEEPEST = 8
DEEPEST_MENTION = 4


class Reach:
    """Closures over the call graph, memoized."""

    def __init__(self, reading: Reading, matches: list[Match]) -> None:
        self.reading = reading
        self.inside: dict[Unit, list[Match]] = {}
        self.decorating: dict[Unit, list[Match]] = {}
        self._around: dict[Unit, list[Match]] = {}
        self._closures: dict[Unit, tuple[Unit, ...]] = {}
        self._calls: dict[Unit, tuple[Unit, ...]] = {}
        for match in matches:
            if match.handler is None:
                self.inside.setdefault(match.node[0], []).append(match)
            elif not match.entry.base:
                self.decorating.setdefault(match.handler, []).append(match)

    def closure(self, unit: Unit) -> tuple[Unit, ...]:
        """List a function and all it may run, nearest first, at most `MOST_UNITS`."""
        known = self._closures.get(unit)
        if known is not None:
            return known
        seen = {unit: None}
        queue = deque([(unit, 0)])
        while queue and len(seen) < MOST_UNITS:
            current, depth = queue.popleft()
            if depth >= DEEPEST:
                continue
            for called in self._called(current):
                if called not in seen:
                    seen[called] = None
                    queue.append((called, depth + 1))
        self._closures[unit] = found = tuple(seen)
        return found

    def _called(self, unit: Unit) -> tuple[Unit, ...]:
        known = self._calls.get(unit)
        if known is None:
            known = self._calls[unit] = tuple(dict.fromkeys(self._find_called(unit)))
        return known

    def _find_called(self, unit: Unit) -> list[Unit]:
        program = self.reading.program
        found: list[Unit] = []
        for ordinal in unit.local.calls:
            found += [target for target, _ in program.callees((unit, ordinal))]
            for argument in unit.facts[ordinal].arguments:
                if type(unit.facts[argument.value]) in {f.Read, f.Attribute, f.Define}:
                    found += program.functions_in((unit, argument.value))
        return found

    def matches_from(self, unit: Unit) -> list[Match]:
        """List the entries that apply in a function or in what it runs."""
        return [match for inner in self.closure(unit) for match in self.inside.get(inner, ())]

    def around(self, unit: Unit) -> list[Match]:
        """List the entries that apply to a handler from outside its body: its decorators, and what its dependencies run."""
        known = self._around.get(unit)
        if known is None:
            self._around[unit] = []
            known = self._around[unit] = self._find_around(unit)
        return known

    def _find_around(self, unit: Unit) -> list[Match]:
        found = list(self.decorating.get(unit, ()))
        parent = unit.parent
        if parent is None:
            return found
        roots = list(unit.definition.decorators)
        for fact in unit.facts:
            if type(fact) is not f.Parameter:
                break
            roots += [ordinal for ordinal in (fact.default, fact.annotation) if ordinal >= 0]
        return found + [match for ordinal in roots for match in self.depending((parent, ordinal))]

    def depending(self, node: Node) -> list[Match]:
        """List the entries that run because an expression mentions functions or callable objects, first-party or a library's."""
        found = library_callables(self.reading, node)
        for function in functions_mentioned(self.reading, node):
            found += self.decorating.get(function, ())
            found += self.matches_from(function)
            found += self.around(function) if function is not node[0] else ()
        return found


def library_callables(reading: Reading, node: Node, depth: int = 0) -> list[Match]:
    """List the entries for calling the library objects that an expression mentions (`Depends(bearer)`)."""
    unit, ordinal = node
    found: dict[int, Match] = {}
    for name in reading.names(node):
        if name.endswith("()"):
            # What makes a hook of a script's framework is what the catalog knows: `rateLimit({…})`.
            for called in (name, name.removesuffix("()")) if unit.language != "python" else (name,):
                for entry in reading.catalog.entries("call", called):
                    found.setdefault(id(entry), Match(entry, node, reading.catalog.canonical(called)))
    listed = list(found.values())
    for inner in _inner(unit, ordinal) if depth < DEEPEST_MENTION else ():
        listed += library_callables(reading, (unit, inner), depth + 1)
    return listed


def _inner(unit: Unit, ordinal: int) -> list[int]:
    fact = unit.facts[ordinal]
    if type(fact) is f.Call:
        return [fact.callee, *(a.value for a in fact.arguments)]
    if type(fact) is f.Collection:
        return [e.value for e in fact.elements]
    return [fact.key] if type(fact) is f.Item and fact.key >= 0 else []


def functions_mentioned(reading: Reading, node: Node, depth: int = 0) -> list[Unit]:
    """List the first-party functions and callable classes that an expression mentions anywhere in it."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    inner = _inner(unit, ordinal)
    found: list[Unit] = []
    for kind, what in reading.program.references(node):
        if kind == "def" and what.kind != "class":
            found.append(what)
        elif kind in {"inst", "sub", "def"}:
            found += [m for name in ("__call__", "__init__") if (m := reading.program.resolver.method(what, name))]
    if depth < DEEPEST_MENTION:
        for ordinal_ in inner:
            found += functions_mentioned(reading, (unit, ordinal_), depth + 1)
    if type(fact) in {f.Read, f.Attribute} and not found:
        # An alias such as `CurrentUser = Annotated[User, Depends(current_user)]` mentions what its value mentions.
        for step in reading.graph.before(node, ()):
            if depth < DEEPEST_MENTION and type(step.node[0].facts[step.node[1]]) in {f.Bind, f.Call, f.Item, f.Collection}:
                target = step.node[0].facts[step.node[1]]
                value = target.value if type(target) is f.Bind else step.node[1]
                found += functions_mentioned(reading, (step.node[0], value), depth + 1)
    return list(dict.fromkeys(found))


def deciding(unit: Unit) -> frozenset[int]:
    """List the values of a definition that a condition in it hangs on."""
    queue = [guard.test for guard in unit.local.guards[1:] if guard.test >= 0]
    seen = set(queue)
    while queue:
        ordinal = queue.pop()
        fact = unit.facts[ordinal]
        inner = _inner(unit, ordinal)
        if type(fact) is f.Operation:
            inner = list(fact.operands)
        elif type(fact) is f.Attribute:
            inner = [fact.base]
        elif type(fact) is f.Read:
            inner = list(unit.local.reads.get(ordinal, ()))
        elif type(fact) is f.Bind:
            inner = [fact.value]
        queue += [one for one in inner if one not in seen]
        seen.update(inner)
    return frozenset(seen)
