"""Where the file comes from that an object loader opens, where that makes it one of the team's own.

Told by the attribute `path` of the loader, in place of `dynamic`: `verified` where whatever fetched it compared it with a digest, `store`
where it lies in a model store that the team fills itself, `own` where the function takes the file away again and nothing else is known
to have brought it. Every way back must end so; a parameter that nobody fills, or a call of which nothing is known, ends the matter.
"""

from __future__ import annotations

from collections.abc import Iterator

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, dotted_argument, is_one_of
from threatline.system.matching import Match
from threatline.system.placing import PlacedPort, Placement

STORES = frozenset({"artefact-store", "model-registry"})
OPENED = frozenset({"artefact.source", "deserializer.data"})
MOST_VALUES = 200


def tell_provenance(reading: Reading, placement: Placement) -> None:
    """Say of each loader of a file that is not fixed whether its file is verified, of a store, or the function's own."""
    for draft in placement.drafts:
        if draft.kind == "model-loader" and draft.attributes.get("path") == "dynamic":
            sources = [port for port in placement.ports if port.draft is draft and port.name in OPENED]
            told = {_told(reading, placement, port) for port in sources}
            if len(told) == 1 and "" not in told:
                draft.attributes["path"] = told.pop()


def _told(reading: Reading, placement: Placement, port: PlacedPort) -> str:
    if _is_own(placement, port):
        return "own"
    found: set[str] = set()
    seen = {port.node}
    queue = [port.node]
    while queue:
        node = queue.pop()
        matches = placement.matches_at.get(node, ())
        mark = _mark(reading, node, matches)
        if mark:
            found.add(mark)
            continue
        following = _before(reading, node)
        if (not following and not _is_harmless(reading, node, matches)) or len(seen) > MOST_VALUES:
            return ""
        for after in following:
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return min(found) if found else ""


def _mark(reading: Reading, node: Node, matches: list[Match] | tuple[()]) -> str:
    for match in matches:
        if match.entry.component in STORES:
            return "store"
        spec = match.entry.controls.get("ctl-hash-verify")
        if spec is None:
            continue
        given = [dotted_argument(reading, node, name, -1) for name in spec.arguments]
        given += [dotted_argument(reading, node, "", position) for position in spec.positions]
        values = [reading.constants.of(value) for value in given if value is not None]
        if any(value is not None and not is_one_of(value, spec.off) for value in values):
            return "verified"
    return ""


def _before(reading: Reading, node: Node) -> list[Node]:
    unit, ordinal = node
    if type(unit.facts[ordinal]) is f.Parameter:
        return [value for value, _, _ in reading.graph.passed(node)]
    return [step.node for step in reading.graph.before(node, ())]


def _is_harmless(reading: Reading, node: Node, matches: list[Match] | tuple[()]) -> bool:
    """Tell whether a value that leads nowhere brings no text from outside: a constant, a number, the name of what is called."""
    unit, ordinal = node
    if type(unit.facts[ordinal]) is f.Parameter:
        return False
    if any(match.entry.closed for match in matches) or reading.constants.is_fixed(node):
        return True
    return any(kind in {"module", "def"} or (kind == "ext" and "(" not in str(what)) for kind, what in reading.program.references(node))


# a file of the function's own


def _is_own(placement: Placement, port: PlacedPort) -> bool:
    """Tell whether the function deletes the very file it opens, and did not itself write or fetch it."""
    unit = port.node[0]
    bound = _bindings(unit, port.node[1])
    here = [other for ordinal in unit.local.calls for other in _ports_of(placement, (unit, ordinal))]
    same = {other.name for other in here if bound & _bindings(unit, other.node[1])}
    fetched = any(other.name == "http.url" for other in here)
    return "file.delete-path" in same and "file.write-path" not in same and not fetched and not _is_parameter(unit, bound)


def _ports_of(placement: Placement, call: Node) -> Iterator[PlacedPort]:
    unit, ordinal = call
    arguments = [argument.value for argument in unit.facts[ordinal].arguments]
    for value in arguments:
        yield from placement.ports_at.get((unit, value), ())


def _bindings(unit: Unit, ordinal: int) -> frozenset[int]:
    return frozenset(unit.local.reads.get(ordinal, ())) if type(unit.facts[ordinal]) is f.Read else frozenset()


def _is_parameter(unit: Unit, bound: frozenset[int]) -> bool:
    """Tell whether the whole path is given from outside: deleting an upload does not make it one's own."""
    return any(type(unit.facts[ordinal]) is f.Parameter for ordinal in bound)
