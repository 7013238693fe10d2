"""Who is asking: whether the identity of the caller decides which records a tool touches."""

from __future__ import annotations

from collections import deque

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.model import Component
from threatline.threats.selecting import Selecting

OWNER_CHECK = "ctl-object-authz-in-tool"
RECORDS = ("sql.parameters", "sql.query", "record.id", "memory.key", "vector.filter")
COMPARING = frozenset({"==", "!=", "in", "not-in"})
MOST_VALUES = 300


def asks_for_owner(selecting: Selecting, component: Component) -> bool:
    """Tell whether every record that a tool names by its arguments is asked for together with the caller's identity, or is compared
    with it afterwards. What the model says about the caller is an argument like any other.
    """
    paths = selecting.reaching(component, RECORDS)
    if not paths:
        return False
    asked = {path.sink.match.node for path in paths}
    named = {node for node in asked if _names_identity(selecting, node)}
    return named == asked or _compares_identity(selecting, component)


def _names_identity(selecting: Selecting, call: Node) -> bool:
    sinks = (port for name in RECORDS for port in selecting.ports_named.get(name, ()) if port.match.node == call)
    return any(path.source.name == "identity.value" for port in sinks for path in selecting.tracer.trace(port).paths)


def _compares_identity(selecting: Selecting, component: Component) -> bool:
    if not selecting.ports_named.get("identity.value"):
        return False
    units = (selecting.built.reading.program.units.get(key) for key in component.handlers)
    inside = [unit for handler in units if handler is not None for unit in selecting.built.reach.closure(handler)]
    return any(_is_compared(selecting, unit, guard.test) for unit in inside for guard in unit.local.guards[1:] if guard.test >= 0)


def _is_compared(selecting: Selecting, unit: Unit, test: int) -> bool:
    fact = unit.facts[test]
    while type(fact) is f.Operation and fact.operator == "not":
        fact = unit.facts[fact.operands[0]]
    if type(fact) is not f.Operation or fact.operator not in COMPARING:
        return False
    return any(_is_identity(selecting, (unit, operand)) for operand in fact.operands)


def _is_identity(selecting: Selecting, value: Node) -> bool:
    """Walk back from a value, through callers too, to the identity of whoever asks."""
    graph, placed = selecting.built.reading.graph, selecting.built.placement.ports_at
    seen = {value}
    queue = deque([value])
    while queue and len(seen) < MOST_VALUES:
        node = queue.popleft()
        if any(port.name == "identity.value" for port in placed.get(node, ())):
            return True
        following = [step.node for step in graph.before(node, ())]
        if type(node[0].facts[node[1]]) is f.Parameter:
            following += [passed.value for passed in graph.passed(node)]
        for after in following:
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return False
