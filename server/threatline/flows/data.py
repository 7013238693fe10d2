"""Data flows between components: every port that receives, traced to the ports that give."""

from __future__ import annotations

from threatline.flows.paths import FlowPath
from threatline.flows.tracing import Tracer
from threatline.program.units import Unit
from threatline.system.build import Built
from threatline.system.model import DataFlow
from threatline.system.placing import Draft, PlacedPort
from threatline.system.values import value_of
from threatline.vocabulary import ORIGINS, PORTS

SHORTEST_EVIDENCE = 8


def data_flows(built: Built, tracer: Tracer) -> tuple[DataFlow, ...]:
    """Find the data flows of the map: one for each pair of components, with all kinds of data and the shortest evidence."""
    found: dict[tuple[str, str], tuple[set[str], FlowPath]] = {}
    for port in built.placement.ports:
        # What a tool gives back is a source for the model, and the end of what its body has read.
        if port.draft is None or (port.name in ORIGINS and port.name != "tool.result"):
            continue
        for path in tracer.trace(port).paths:
            source = path.source.draft or _endpoint_around(built, path.source)
            if source is None or source is port.draft:
                continue
            kinds, best = found.setdefault((source.id, port.draft.id), (set(), path))
            kinds.add(PORTS[path.source.name])
            if len(path.steps) < len(best.steps):
                found[source.id, port.draft.id] = (kinds, path)
    flows = [_flow(built, source, target, kinds, path) for (source, target), (kinds, path) in found.items()]
    return tuple(sorted(flows, key=lambda flow: (flow.source, flow.target)))


def _endpoint_around(built: Built, port: PlacedPort) -> Draft | None:
    """Find the endpoint that a part of a request is read in: the request is its own."""
    scope: Unit | None = port.node[0] if port.name == "endpoint.request" else None
    while scope is not None:
        draft = built.placement.by_handler.get(scope)
        if draft is not None and draft.kind == "web-endpoint":
            return draft
        scope = scope.parent
    return None


def _flow(built: Built, source: str, target: str, kinds: set[str], path: FlowPath) -> DataFlow:
    outer, inner = built.components[source].zone, built.components[target].zone
    crosses = (f"{outer}/{inner}",) if outer != inner else ()
    return DataFlow(source, target, frozenset(kinds), crosses, tuple(value_of(node) for node in path.steps[:SHORTEST_EVIDENCE]))
