"""Constants and shapes of values, as far as names, first-party modules and joined text tell them."""

from __future__ import annotations

from os.path import commonprefix

from threatline.facts import model as f
from threatline.program.graph import ValueGraph
from threatline.program.units import Node

Constant = str | int | float | bool | None


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
"""Stands for a value that is not constant."""

LONGEST_TEXT = 20_000
MOST_FIXED = 80
MOST_WAYS = 3


def _on_value(graph: ValueGraph, call: Node) -> bool:
    unit, ordinal = call
    callee = unit.facts[unit.facts[ordinal].callee]
    return type(callee) is f.Attribute and not any(
        kind == "module" or (kind == "ext" and "(" not in str(what)) for kind, what in graph.resolver.of((unit, callee.base))
    )


class Constants:
    """Evaluates values to constants, memoized."""

    def __init__(self, graph: ValueGraph) -> None:
        self.graph = graph
        self.memo: dict[Node, Constant | Unknown] = {}

    def of(self, node: Node, depth: int = 0) -> Constant | Unknown:
        """Give the one constant a value always is, else `UNKNOWN`."""
        known = self.memo.get(node)
        if known is not None or node in self.memo:
            return known
        if depth > 20:
            return UNKNOWN
        self.memo[node] = UNKNOWN
        found = self._evaluate(node, depth)
        self.memo[node] = found
        return found

    def _evaluate(self, node: Node, depth: int) -> Constant | Unknown:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Literal:
            literal: Constant = fact.value
            return literal
        if kind is f.Template:
            return self._joined([(unit, part) for part in fact.parts], depth)
        if kind is f.Operation:
            if fact.operator == "+":
                return self._joined([(unit, operand) for operand in fact.operands], depth)
            if fact.operator == "-" and len(fact.operands) == 1:
                value = self.of((unit, fact.operands[0]), depth + 1)
                return -value if isinstance(value, (int, float)) else UNKNOWN
            return UNKNOWN
        if kind in {f.Read, f.Bind, f.Attribute, f.Import}:
            steps = self.graph.before(node, ())
            if len(steps) == 1 and not steps[0].fields and steps[0].how in {"same", "heap"}:
                return self.of(steps[0].node, depth + 1)
        return UNKNOWN

    def _joined(self, parts: list[Node], depth: int) -> Constant | Unknown:
        values = [self.of(part, depth + 1) for part in parts]
        if any(isinstance(value, Unknown) for value in values):
            return UNKNOWN
        numbers = [value for value in values if isinstance(value, (int, float))]
        if len(numbers) == len(values):
            return sum(numbers)
        return "".join(str(value) for value in values)[:LONGEST_TEXT]

    def is_constant(self, node: Node) -> bool:
        """Tell whether a value is made of constants alone: a constant, or a collection of such."""
        return self._all_constant(node, 0)

    def _all_constant(self, node: Node, depth: int) -> bool:
        if not isinstance(self.of(node), Unknown):
            return True
        if depth > 12:
            return False
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if type(fact) is f.Collection:
            return all(self._all_constant((unit, e.value), depth + 1) for e in fact.elements)
        if type(fact) in {f.Read, f.Bind, f.Import, f.Attribute, f.Operation, f.Template}:
            if type(fact) is f.Attribute and not any(s.how == "heap" for s in self.graph.before(node, ())):
                return False
            steps = self.graph.before(node, ())
            return bool(steps) and all(not s.fields and self._all_constant(s.node, depth + 1) for s in steps)
        return False

    def is_fixed(self, node: Node) -> bool:
        """Tell whether a value follows from constants alone, through whatever calls: what the program always reads, opens or asks for."""
        seen: set[Node] = {node}
        queue = [node]
        while queue:
            current = queue.pop()
            steps = self.graph.before(current, ())
            unit, ordinal = current
            fact = unit.facts[ordinal]
            if not steps and not (type(fact) is f.Literal or (type(fact) is f.Collection and not fact.elements)):
                return type(fact) is f.Read and fact.name == "__file__"
            if type(fact) is f.Call and not fact.arguments and not _on_value(self.graph, current):
                return False
            if len(seen) > MOST_FIXED:
                return False
            for step in steps:
                if step.node not in seen and not self._is_name(step.node):
                    seen.add(step.node)
                    queue.append(step.node)
        return True

    def _is_name(self, node: Node) -> bool:
        """Tell a module or function that a value is made with (`os.path` in `os.path.join`): it is no part of the value."""
        return any(
            kind in {"module", "def"} or (kind == "ext" and "(" not in str(what)) for kind, what in self.graph.resolver.of(node)
        ) and not isinstance(self.of(node), str)

    def known_text(self, node: Node, depth: int = 0) -> str:
        """Give all constant text that a built text holds, unknown parts left out."""
        value = self.of(node)
        if isinstance(value, str) or depth > 8:
            return value if isinstance(value, str) else ""
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if type(fact) is f.Template:
            return "".join(self.known_text((unit, part), depth + 1) for part in fact.parts)
        if type(fact) is f.Operation and fact.operator in {"+", "%"}:
            return "".join(self.known_text((unit, part), depth + 1) for part in fact.operands)
        if type(fact) is f.Call and type(unit.facts[fact.callee]) is f.Attribute:
            return self.known_text((unit, unit.facts[fact.callee].base), depth + 1)
        if type(fact) in {f.Read, f.Bind}:
            return "".join(self.known_text(step.node, depth + 1) for step in self.graph.before(node, ())[:4])
        return ""

    def leading_text(self, node: Node, depth: int = 0) -> str:
        """Give the constant text that a built text begins with ("" where it begins with something unknown)."""
        value = self.of(node)
        if isinstance(value, str):
            return value
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if depth > 8:
            return ""
        parts: tuple[int, ...] = ()
        if type(fact) is f.Template:
            parts = fact.parts
        elif type(fact) is f.Operation and fact.operator in {"+", "%"}:
            parts = fact.operands[:1] if fact.operator == "%" else fact.operands
        elif type(fact) in {f.Read, f.Bind} or (type(fact) is f.Operation and fact.operator in {"if-else", "or"}):
            # Where there are several ways, what all of them begin with.
            steps = self.graph.before(node, ())
            texts = [self.leading_text(step.node, depth + 1) for step in steps[: MOST_WAYS + 1]]
            return commonprefix(texts) if len(texts) <= MOST_WAYS else ""  # noqa: RUF071 - letter by letter is what is meant
        text = ""
        for part in parts:
            piece = self.of((unit, part))
            if isinstance(piece, Unknown):
                return text + (self.leading_text((unit, part), depth + 1) if not text else "")
            text += str(piece)
        return text
