"""One walk: from a sink back to the source ports whose values reach it.

The walk is breadth-first, so the first path to an origin is a shortest one. A state is a value, the fields wanted of it, the calls entered
(returns leave through the call they came in by), and the controls met, all in one number (see `routes`). It promises: every step is a step
of the value graph; a value of a closed type, a predicate or a cleaned value ends the path. It gives up beyond `MOST_STATES` states, call
stacks deeper than `DEEPEST_STACK` (older calls are forgotten, which only adds paths) and fields deeper than the value graph keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from threatline.flows.contexts import Contexts, Controls
from threatline.flows.paths import FlowPath, Traced
from threatline.flows.routes import ENTERED, FIELDS, KEPT, NODE, QUERY, QUERY_BITS, Exits, Route, Routes
from threatline.program.units import Node
from threatline.system.placing import PlacedPort

MOST_STATES = 1500
MOST_STATES_TELLING = 500
TELLING = frozenset(
    "model.prompt vector.query vector.filter http.body model.image log.record file.data endpoint.response training.data".split()
)
"""Ports whose flows mostly tell how the system hangs together: near sources say that, far ones cost more than they tell."""

TRUSTED_CHOICE = frozenset({"operator.value", "secret.value"})
RUNS_FILES = frozenset({"code.source", "deserializer.data", "import.name"})


class Walk:
    """Walks from one sink. `path_ports` holds, by the read of a file, the ports of its path; `trace` answers for another
    sink, `proven` gives the controls that conditions prove of an argument, by its number.
    """

    def __init__(
        self,
        sink: PlacedPort,
        routes: Routes,
        contexts: Contexts,
        path_ports: Mapping[Node, list[PlacedPort]],
        trace: Callable[[PlacedPort], Traced],
        proven: Mapping[int, Controls],
    ) -> None:
        self.sink = sink
        self.routes = routes
        self.contexts = contexts
        self.path_ports = path_ports
        self.trace = trace
        self.proven = proven
        start = routes.query(sink.node)
        self.states = [start]
        self.parents = [-1]
        self.seen = {start}
        self.unknown: set[int] = set()
        self.paths: dict[tuple[str, Node, Controls], FlowPath] = {}
        self.open = False
        self.cut = False

    def run(self) -> Traced:
        """Find what the sink receives."""
        most = MOST_STATES_TELLING if self.sink.name in TELLING else MOST_STATES
        plans, make = self.routes.plans, self.routes.plan
        states, parents, seen = self.states, self.parents, self.seen
        for index, state in enumerate(states):  # The list grows while it is walked.
            if index >= most:
                self.cut = most == MOST_STATES
                break
            query = state & QUERY
            plan = plans.get(query)
            if plan is None:
                plan = make(query)
            if not isinstance(plan, tuple):
                self._follow(index, state, plan)
                continue
            for difference in plan:
                after = state + difference
                if after not in seen:
                    seen.add(after)
                    states.append(after)
                    parents.append(index)
        return Traced(tuple(self.paths.values()), self.open, self.cut)

    def _go(self, index: int, state: int) -> bool:
        if state in self.seen:
            return False
        self.seen.add(state)
        self.states.append(state)
        self.parents.append(index)
        return True

    def _follow(self, index: int, state: int, route: Route) -> None:
        ended = bool(route.ports) and self._arrive(index, state, route.ports)
        if route.stored:
            self._read_back(index, state, route, ended)
        if ended:
            return
        if route.exits is not None:
            self._leave(index, state, route.exits)
            return
        contexts = self.contexts
        context = state >> QUERY_BITS
        if route.controls:
            context = contexts.met(context, route.controls)
        wanted = state & FIELDS
        for to, keeps, change, unknown in route.ways:
            if change == KEPT:
                after = context
            elif change == ENTERED:
                after = contexts.entered(context, state & NODE)
            else:
                after = contexts.outside(context)
            if self._go(index, after << QUERY_BITS | (wanted | to if keeps else to)) and unknown:
                self.unknown.add(len(self.states) - 1)

    def _read_back(self, index: int, state: int, route: Route, ended: bool) -> None:
        """Go on to what was written to the store that is read here. A file that somebody else chooses may be any other."""
        if not ended or all(port.name != "file.content" for port in route.ports):
            outside = self.contexts.outside(state >> QUERY_BITS) << QUERY_BITS
            for value in route.stored:
                self._go(index, outside | value)

    # origins

    def _arrive(self, index: int, state: int, ports: tuple[PlacedPort, ...]) -> bool:
        """Record the source ports of a value; tell whether the path ends here."""
        ended = False
        for port in ports:
            if port is self.sink or (port.name == "file.content" and not self._is_chosen(index, state, port)):
                continue
            self._found(port, index, state)
            ended = True
        return ended

    def _found(self, port: PlacedPort, index: int, state: int) -> None:
        controls = self.contexts.controls[state >> QUERY_BITS]
        key = (port.name, port.node, controls)
        if key not in self.paths:
            self.paths[key] = FlowPath(port, self.sink, *self._way(index), controls)

    def _is_chosen(self, index: int, state: int, port: PlacedPort) -> bool:
        """Tell whether the file that is read is chosen by somebody else than the program and who runs it.

        What runs or rebuilds objects is as dangerous as the choice of its file, so the walk goes on to who chooses the path.
        """
        path_ports = self.path_ports.get(port.match.node, ())
        chosen = False
        for path_port in path_ports:
            if path_port.node == self.sink.node:
                continue
            behind = self.trace(path_port)
            chosen |= behind.open or any(path.source.name not in TRUSTED_CHOICE for path in behind.paths)
            if self.sink.name in RUNS_FILES:
                self._go(index, state >> QUERY_BITS << QUERY_BITS | self.routes.query(path_port.node))
        return chosen or not path_ports

    def _way(self, index: int) -> tuple[tuple[Node, ...], bool]:
        """Give the values from a state to the sink, and whether unknown code lies between."""
        node = self.routes.numbers.node
        way: list[Node] = []
        last, unknown = -1, False
        while index >= 0:
            number = self.states[index] & NODE
            if number != last:
                way.append(node(number))
                last = number
            unknown = unknown or index in self.unknown
            index = self.parents[index]
        return tuple(way), unknown

    # parameters

    def _leave(self, index: int, state: int, exits: Exits) -> None:
        wanted = state & FIELDS
        if exits.is_self and not wanted:
            return  # An object as a whole is no data; only what is taken from it is.
        contexts = self.contexts
        context = state >> QUERY_BITS
        call = contexts.calls[context]
        if call in exits.by_call:
            self._to(index, contexts.left(context), wanted, exits.by_call[call])
            return
        if call < 0 and not exits.callers and not exits.by_parameter and not exits.is_self:
            self._end_openly(index, state)
        outside = contexts.outside(context)
        if call < 0 or not exits.callers:
            self._to(index, outside, wanted, exits.callers)
            for argument, giving in exits.by_parameter:
                self._to(index, contexts.entered(outside, giving), wanted, (argument,))
        if exits.default >= 0:
            self._go(index, outside << QUERY_BITS | wanted | exits.default)

    def _to(self, index: int, context: int, wanted: int, arguments: tuple[tuple[int, bool], ...]) -> None:
        proven, seen = self.proven, self.seen
        plain = context << QUERY_BITS
        for value, is_object in arguments:
            # Two calls may pass the same value, one of them checked: they are two ways.
            controls = proven[value]
            base = self.contexts.met(context, controls) << QUERY_BITS if controls else plain
            after = base | wanted | value if is_object else base | value
            if after not in seen:
                seen.add(after)
                self.states.append(after)
                self.parents.append(index)

    def _end_openly(self, index: int, state: int) -> None:
        """Take a parameter of a public function that nobody fills as a source of its own kind: whoever imports the function fills it."""
        self.open = True
        node = self.routes.numbers.node(state & NODE)
        unit = node[0]
        if (
            unit.kind == "function"
            and not any(part.startswith("_") for part in unit.path.split("."))
            and self.routes.is_open(state & QUERY)
        ):
            self._found(PlacedPort("api.argument", None, node, self.sink.match), index, state)
