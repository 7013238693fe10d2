"""Which object a value is: back through names, fields, returns and parameters, never through making something new of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Container

from threatline.facts import model as f
from threatline.program.units import Node
from threatline.system.calls import Reading

MOST_STEPS = 400
SAME_OBJECT = frozenset({"same", "heap", "return"})


def origins(reading: Reading, value: Node, wanted: Container[Node] = (), *, most: int = 12) -> list[Node]:
    """List the values at which an object is made: calls, literals, parameters nobody fills. Nodes in `wanted` end the search."""
    found: list[Node] = []
    seen = {value}
    queue = deque([value])
    steps = 0
    while queue and steps < MOST_STEPS and len(found) < most:
        node = queue.popleft()
        steps += 1
        if node in wanted:
            found.append(node)
            continue
        following = _before(reading, node)
        if not following:
            found.append(node)
        for after in following:
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return found


def _before(reading: Reading, node: Node) -> list[Node]:
    unit, ordinal = node
    fact = unit.facts[ordinal]
    if type(fact) is f.Parameter:
        return [value for value, _, how in reading.graph.passed(node) if how == "parameter"]
    if type(fact) is f.Call:
        following = [step.node for step in reading.graph.before(node, ()) if step.how == "return"]
        return following or _fluent(reading, node, fact)
    return [step.node for step in reading.graph.before(node, ()) if step.how in SAME_OBJECT]


def _fluent(reading: Reading, node: Node, fact: f.Call) -> list[Node]:
    """Step to the receiver of a method that gives its own kind back (`llm.bind_tools(…)`): a copy of the same."""
    unit = node[0]
    callee = unit.facts[fact.callee]
    if type(callee) is not f.Attribute:
        return []
    canonical = reading.catalog.canonical
    mine = {canonical(name) for name in reading.program.names(node)}
    base = {canonical(name) for name in reading.program.names((unit, callee.base))}
    return [(unit, callee.base)] if mine & base else []
