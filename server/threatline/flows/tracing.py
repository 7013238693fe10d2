"""Tracing: which source ports reach a sink, answered once for everyone who asks."""

from __future__ import annotations

from collections import Counter

from threatline.flows.contexts import Contexts, Controls
from threatline.flows.guards import Guards
from threatline.flows.paths import NOTHING, Traced
from threatline.flows.routes import Routes
from threatline.flows.stored import Stored
from threatline.flows.walk import MOST_STATES, Walk
from threatline.program.numbers import Numbers
from threatline.program.units import Node
from threatline.source.file import Problem
from threatline.system.build import Built
from threatline.system.placing import PlacedPort


class _Proven(dict[int, Controls]):
    """The controls that conditions prove of an argument where it is passed, by the argument's number; found when first asked for."""

    def __init__(self, guards: Guards, numbers: Numbers) -> None:
        super().__init__()
        self.guards = guards
        self.numbers = numbers

    def __missing__(self, argument: int) -> Controls:
        found = self[argument] = self.guards.passing(self.numbers.node(argument))
        return found


class Tracer:
    """Traces sinks, memoized."""

    def __init__(self, built: Built) -> None:
        self._traced: dict[tuple[str, Node], Traced] = {}
        self.stored = Stored(built)
        self._routes = Routes(built, behind=self.stored.behind)
        self._address_routes = Routes(built, self._routes)
        self._contexts = Contexts()
        self.guards = Guards(built)
        self._proven = _Proven(self.guards, self._routes.numbers)
        self._path_ports: dict[Node, list[PlacedPort]] = {}
        for port in built.placement.ports:
            if port.name == "file.read-path":
                self._path_ports.setdefault(port.match.node, []).append(port)

    def problems(self) -> list[Problem]:
        """Tell of each file at how many places the search for sources ended at a bound."""
        cut = Counter(sink[0].file for (_, sink), traced in self._traced.items() if traced.cut)
        return [
            Problem(file, "too-many", f"values followed up to a bound of {MOST_STATES} steps at {count} place{'s' if count > 1 else ''}")
            for file, count in sorted(cut.items())
        ]

    def trace(self, sink: PlacedPort) -> Traced:
        """Find the source ports whose values reach a sink."""
        key = (sink.name, sink.node)
        known = self._traced.get(key)
        if known is None:
            self._traced[key] = NOTHING  # What a file holds may choose that very file.
            routes = self._address_routes if sink.name == "http.url" else self._routes
            known = self._traced[key] = Walk(sink, routes, self._contexts, self._path_ports, self.trace, self._proven).run()
        return known
