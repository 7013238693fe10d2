"""Paths from source ports to a sink: the value graph walked backwards, callers matched with calls, controls remembered.

The walk is breadth-first, so the first path to an origin is a shortest one. A state is a value, the fields wanted of it, the calls entered
(returns leave through the call they came in by), and the controls met. It promises: every step is a step of the value graph; a value of a
closed type, a predicate or a cleaned value ends the path. It gives up (and says so in `Traced.bounded`) beyond `MOST_STATES` states, call
stacks deeper than `DEEPEST_STACK` (older calls are forgotten, which only adds paths) and fields deeper than the value graph keeps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from threatline.facts import model as f
from threatline.flows.position import host_is_fixed
from threatline.program.graph import Fields, Step
from threatline.program.units import Node
from threatline.system.build import Built
from threatline.system.calls import holds
from threatline.system.handlers import closed_annotation
from threatline.system.placing import PlacedPort
from threatline.vocabulary import ORIGINS

MOST_STATES = 2500
MOST_STATES_TELLING = 500
TELLING = frozenset({"model.prompt", "vector.query", "http.body", "model.image", "log.record", "file.data", "endpoint.response", "training.data"})
"""Ports whose flows mostly tell how the system hangs together: near sources say that, far ones cost more than they tell."""

MOST_CALLERS = 24
DEEPEST_STACK = 6

TRUSTED_CHOICE = frozenset({"operator.value", "secret.value"})
RUNS_FILES = frozenset({"code.source", "deserializer.data", "import.name"})

Stack = tuple[Node, ...]
Controls = frozenset[str]
State = tuple[Node, Fields, Stack, Controls]


@dataclass(frozen=True, slots=True)
class FlowPath:
    """One path: from the source port's value to the sink's, all values between included, source first.

    `controls` are met on the way (cleaned values); `calls` are the calls it goes out through, outermost first. `through_unknown` tells
    that it passes other people's code of which nothing is known.
    """

    source: PlacedPort
    sink: PlacedPort
    steps: tuple[Node, ...]
    controls: Controls
    through_unknown: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """All that was found behind one sink. `open_parameters` are parameters that nobody fills, with the way from them to the sink."""

    paths: tuple[FlowPath, ...]
    open_parameters: tuple[tuple[Node, tuple[Node, ...]], ...]
    bounded: bool


NOTHING = Traced((), (), False)


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the catalog says of a value's way through a call or read: nothing passes, only some inputs do, what comes out is cleaned.

    `unknown` marks a call of which nothing at all is known.
    """

    ends: bool = False
    passes: frozenset[str | int] | None = None
    controls: Controls = frozenset()
    unknown: bool = False


NO_TRANSFER = Transfer()
READS = frozenset({f.Attribute, f.Item, f.Read})


class Tracer:
    """Traces sinks, memoized."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.reading = built.reading
        self.graph = built.reading.graph
        self._traced: dict[tuple[str, Node], Traced] = {}
        self._transfers: dict[Node, Transfer] = {}
        self.path_ports: dict[Node, list[PlacedPort]] = {}
        for port in built.placement.ports:
            if port.name == "file.read-path":
                self.path_ports.setdefault(port.match.node, []).append(port)

    def trace(self, sink: PlacedPort) -> Traced:
        """Find the source ports whose values reach a sink."""
        key = (sink.name, sink.node)
        known = self._traced.get(key)
        if known is None:
            self._traced[key] = NOTHING
            known = self._traced[key] = _Walk(self, sink).run()
        return known


    def transfer(self, node: Node) -> Transfer:
        """Tell how values pass a call or a read."""
        known = self._transfers.get(node)
        if known is None:
            known = self._transfers[node] = self._find_transfer(node)
        return known

    def _find_transfer(self, node: Node) -> Transfer:
        matches = self.built.placement.matches_at.get(node, ())
        fact = node[0].facts[node[1]]
        if not matches:
            return Transfer(unknown=type(fact) is f.Call and not self.reading.program.names((node[0], fact.callee)))
        passes = frozenset(word for match in matches for word in match.entry.passes if word != "all")
        met = {p.control for m in matches for p in m.entry.provides if p.to == "result" and all(holds(self.reading, node, c) for c in p.when)}
        return Transfer(any(m.entry.closed for m in matches) or "none" in passes, passes or None, frozenset(met))


class _Walk:
    def __init__(self, tracer: Tracer, sink: PlacedPort) -> None:
        self.tracer = tracer
        self.reading = tracer.reading
        self.graph = tracer.graph
        self.placement = tracer.built.placement
        self.sink = sink
        start: State = (sink.node, (), (), frozenset())
        self.came_from: dict[State, tuple[State | None, bool]] = {start: (None, False)}
        self.queue = deque([start])
        self.paths: dict[tuple[str, Node, Controls], FlowPath] = {}
        self.open: dict[Node, tuple[Node, ...]] = {}

    def run(self) -> Traced:
        states = 0
        most = MOST_STATES_TELLING if self.sink.name in TELLING else MOST_STATES
        while self.queue and states < most:
            state = self.queue.popleft()
            states += 1
            if not self._is_origin(state):
                self._expand(state)
        return Traced(tuple(self.paths.values()), tuple(self.open.items()), bool(self.queue))

    def _is_origin(self, state: State) -> bool:
        node, fields, _, controls = state
        ended = False
        for port in self.placement.ports_at.get(node, ()):
            if port.name in ORIGINS and port is not self.sink and not self._closed_field(node, fields):
                if port.name == "file.content" and not self._chosen_file(state, port):
                    continue
                key = (port.name, node, controls)
                if key not in self.paths:
                    self.paths[key] = FlowPath(port, self.sink, self._way(state), controls, self._unknown(state))
                ended = True
        return ended

    def _chosen_file(self, state: State, port: PlacedPort) -> bool:
        """Tell whether the file that is read is chosen by somebody else than the program and who runs it.

        What runs or rebuilds objects is as dangerous as the choice of its file, so the walk goes on to who chooses the path.
        """
        path_ports = self.tracer.path_ports.get(port.match.node, ())
        chosen = False
        for path_port in path_ports:
            if path_port.node == self.sink.node:
                continue
            behind = self.tracer.trace(path_port)
            chosen |= bool(behind.open_parameters) or any(path.source.name not in TRUSTED_CHOICE for path in behind.paths)
            if self.sink.name in RUNS_FILES:
                self._go(state, Step(path_port.node, (), "argument"), state[2], state[3])
        return chosen or not path_ports

    def _closed_field(self, node: Node, fields: Fields) -> bool:
        """A field of closed type of a typed parameter (a request model's `id: int`) lets no text pass."""
        if not fields or type(node[0].facts[node[1]]) is not f.Parameter:
            return False
        for kind, what in self.reading.program.references(node):
            if kind in {"inst", "sub"}:
                for owner in self.reading.program.resolver.lineage(what)[0]:
                    if fields[0] in owner.local.annotations:
                        return closed_annotation(self.reading, owner, owner.local.annotations[fields[0]])
        return False

    def _way(self, state: State) -> tuple[Node, ...]:
        way: list[Node] = []
        current: State | None = state
        while current is not None:
            if not way or way[-1] != current[0]:
                way.append(current[0])
            current = self.came_from[current][0]
        return tuple(way)

    def _unknown(self, state: State) -> bool:
        current: State | None = state
        while current is not None:
            before, unknown = self.came_from[current]
            if unknown:
                return True
            current = before
        return False

    def _expand(self, state: State) -> None:
        node, fields, stack, controls = state
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if type(fact) is f.Parameter:
            self._leave(state)
            return
        if type(fact) is f.Call:
            self._through_call(state)
            return
        transfer = self.tracer.transfer(node) if type(fact) in READS else NO_TRANSFER
        if transfer.ends:
            return
        controls |= transfer.controls
        for step in self.graph.before(node, fields):
            if step.how == "text" and self._fixed(node, step.node):
                continue
            self._go(state, step, stack if step.how != "heap" else (), controls)

    def _fixed(self, node: Node, part: Node) -> bool:
        return self.sink.name == "http.url" and host_is_fixed(self.reading.constants, node, part)

    def _go(self, state: State, step: Step, stack: Stack, controls: Controls, unknown: bool = False) -> None:
        after: State = (step.node, step.fields, stack, controls)
        if after not in self.came_from:
            self.came_from[after] = (state, unknown)
            self.queue.append(after)

    def _through_call(self, state: State) -> None:
        node, fields, stack, controls = state
        transfer = self.tracer.transfer(node)
        if transfer.ends:
            return
        controls |= transfer.controls
        for step in self.graph.before(node, fields):
            if transfer.passes is not None and step.how in {"receiver", "argument"} and not _passes(node, step, transfer.passes):
                continue
            inner = _pushed(stack, node) if step.how == "return" else () if step.how == "heap" else stack
            self._go(state, step, inner, controls, transfer.unknown and step.how == "argument")

    def _leave(self, state: State) -> None:
        node, fields, stack, controls = state
        if not fields and _is_self(self.reading, node):
            return  # An object as a whole is no data; only what is taken from it is.
        passed = self.graph.passed(node)
        if stack:
            call = stack[-1]
            inside = [(value, how) for value, through, how in passed if through == call]
            if inside:
                for value, how in inside:
                    self._go(state, Step(value, fields if how == "parameter" else (), how), stack[:-1], controls)
                return
        elif not passed and not _is_self(self.reading, node):
            self._end_openly(state)
        if not stack or not passed:
            for value, _, how in passed[:MOST_CALLERS]:
                self._go(state, Step(value, fields if how == "parameter" else (), how), (), controls)
        default = _default(node)
        if default is not None:
            self._go(state, Step(default, fields, "same"), (), controls)


    def _end_openly(self, state: State) -> None:
        """A parameter of a public function that nobody fills is a source of its own kind: whoever imports the function fills it."""
        node, fields, _, controls = state
        self.open.setdefault(node, self._way(state))
        unit = node[0]
        if unit.kind == "function" and not any(part.startswith("_") for part in unit.path.split(".")) and not self._closed_field(node, fields):
            source = PlacedPort("api.argument", None, node, self.sink.match)
            self.paths.setdefault(("api.argument", node, controls), FlowPath(source, self.sink, self._way(state), controls, self._unknown(state)))


def _pushed(stack: Stack, call: Node) -> Stack:
    """Enter a call. Beyond the depth the older calls are forgotten."""
    return (*stack, call) if len(stack) < DEEPEST_STACK else (call,)


def _passes(node: Node, step: Step, passes: frozenset[str | int]) -> bool:
    if step.how == "receiver":
        return "receiver" in passes
    return step.name in passes or (step.name.isdigit() and int(step.name) in passes)


def _default(node: Node) -> Node | None:
    unit, ordinal = node
    fact = unit.facts[ordinal]
    assert isinstance(fact, f.Parameter)
    return (unit.parent, fact.default) if fact.default >= 0 and unit.parent is not None else None


def _is_self(reading: object, node: Node) -> bool:
    unit, ordinal = node
    return ordinal == 0 and unit.parent is not None and unit.parent.kind == "class"
