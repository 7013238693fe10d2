"""Credentials by what code does with them: those only tested for being there, and those read out of stored records."""

from __future__ import annotations

import re
from collections import deque

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

SHOWN = re.compile(r"(?i)(?:^|_)(?:token|api_?key|password|passwd|secret|authorization|credentials?)$")
"""Names of parameters that a caller proves something with."""

KEPT = re.compile(r"(?i)(?:^|_)(?:api_?key|(?:access|refresh|auth|bearer)_token|client_secret|(?:secret|private)_key|password)$")
"""Keys under which records keep credentials."""

STORED = frozenset({"file.content", "database.rows"})
MOST_STEPS = 60

_SHOWN = Entry(call=("presence test",), component="auth-provider")
_KEPT = Entry(call=("record",), component="secret-source")


def place_unverified(_reading: Reading, placement: Placement) -> None:
    """Place `credential.presence` on the parameters of handlers that are tested for being there, and used for nothing else."""
    for handler, draft in list(placement.by_handler.items()):
        for ordinal, fact in enumerate(handler.facts):
            if type(fact) is not f.Parameter:
                break
            if SHOWN.search(fact.name) and _only_tested(handler, ordinal):
                placement.add_port(PlacedPort("credential.presence", draft, (handler, ordinal), Match(_SHOWN, (handler, ordinal), "test")))


def _only_tested(unit: Unit, parameter: int) -> bool:
    reads = {read for read, bound in unit.local.reads.items() if parameter in bound}
    tests = {guard.test for guard in unit.local.guards}
    tested = False
    for ordinal, fact in enumerate(unit.facts):
        used = reads & _used(fact)
        if not used:
            continue
        if not (type(fact) is f.Operation and _asks_presence(unit, fact)) and type(fact) not in {f.Branch, f.Loop}:
            return False
        tested = tested or ordinal in tests or type(fact) is f.Branch
    return tested and bool(reads)


def _asks_presence(unit: Unit, fact: f.Operation) -> bool:
    if fact.operator in {"not", "and", "or"}:
        return True
    constants = [unit.facts[operand] for operand in fact.operands]
    return fact.operator in {"is", "is-not", "==", "!="} and any(type(c) is f.Literal and c.value in {None, ""} for c in constants)


def _used(fact: f.Fact) -> frozenset[int]:
    """List the ordinals that a fact names, whatever for."""
    found: list[object] = []
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if name in {"callee", "base", "value", "key", "test"}:
            found.append(value)
        elif isinstance(value, tuple):
            found += [getattr(item, "value", item) for item in value]
            found += [item.key for item in value if isinstance(item, f.Element)]
    return frozenset(item for item in found if type(item) is int)


_TAKING = frozenset({f.Item, f.Call})


def place_kept(reading: Reading, placement: Placement) -> None:
    """Place a secret-source (attribute `held-in: record`) at each credential that is taken, by its key, out of stored data."""
    for unit in reading.program.units.values():
        for ordinal, fact in enumerate(unit.facts):
            if type(fact) not in _TAKING:
                continue
            base, key = _taken(unit, fact)
            if key and KEPT.search(key) and _is_stored(reading, placement, (unit, base)):
                node = (unit, ordinal)
                match = Match(_KEPT, node, "record")
                draft = Draft("secret-source", key, node, match, "record", attributes={"held-in": "record"})
                placement.drafts.append(draft)
                placement.by_node.setdefault(node, draft)
                placement.add_port(PlacedPort("record.secret", draft, node, match))


def _taken(unit: Unit, fact: f.Fact) -> tuple[int, str]:
    """Tell what `record[key]` or `record.get(key)` takes: the record and the key, ("" for none)."""
    if type(fact) is f.Item and fact.key >= 0:
        return fact.base, _text(unit, fact.key)
    if type(fact) is f.Call and fact.arguments:
        callee = unit.facts[fact.callee]
        if type(callee) is f.Attribute and callee.name == "get":
            return callee.base, _text(unit, fact.arguments[0].value)
    return -1, ""


def _text(unit: Unit, ordinal: int) -> str:
    fact = unit.facts[ordinal]
    return fact.value if type(fact) is f.Literal and isinstance(fact.value, str) else ""


def _is_stored(reading: Reading, placement: Placement, record: Node) -> bool:
    """Tell whether a record comes out of a file or a database, a bounded number of steps back."""
    seen, queue = {record}, deque([record])
    while queue and len(seen) < MOST_STEPS:
        node = queue.popleft()
        if any(port.name in STORED for port in placement.ports_at.get(node, ())):
            return True
        following = [step.node for step in reading.graph.before(node, ())]
        if type(node[0].facts[node[1]]) is f.Parameter:
            following += [value for value, _, _ in reading.graph.passed(node)]
        for after in following:
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return False
