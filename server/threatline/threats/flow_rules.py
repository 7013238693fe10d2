"""Flow sentences: data, from there, reaches this port without any of these controls on the path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from threatline.facts.model import Call, Operation, Parameter, Read, Template
from threatline.flows.asking import EVERY
from threatline.flows.denying import Denials
from threatline.flows.paths import FlowPath, is_part
from threatline.flows.stored import WRITTEN_BY
from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Rule, Selector
from threatline.program.units import Node, Unit
from threatline.system.model import Component, Value
from threatline.system.placing import PlacedPort
from threatline.system.values import value_of
from threatline.threats.drafting import Material
from threatline.threats.finding import Step
from threatline.threats.fixed_parts import is_misled, is_settled
from threatline.threats.judging import judge
from threatline.threats.selecting import EFFECTS, Selecting
from threatline.threats.telling import telling
from threatline.threats.wording import control_titles, phrase, where, who_is
from threatline.vocabulary import ORIGINS, PORTS, Confidence

MOST_SOURCES = 3
MOST_STEPS = 5
MOST_DOORS = 8
MOST_SHOWN = 3
MOST_ALIKE = 12
MOST_ORIGINS = 2
TEXT_OF_OTHERS = frozenset({"user-input", "external-content", "model-output", "tool-result"})
HERE = frozenset({"executes-code", "runs-commands"})
FORBIDDING = "a list of forbidden words: what does not use them gets past it"
Door = tuple[Unit, int]
TEXT_CALLS = frozenset(
    "str repr bytes format join encode decode strip replace dumps loads jsonify dict list tuple get copy items values asdict "
    "model_dump vars".split()
)
"""Calls whose result still holds the text that went in."""

"""Calls that make a text of which what went in is a part."""


class FlowRules:
    """Judges flow sentences over one map."""

    def __init__(self, selecting: Selecting, knowledge: Knowledge) -> None:
        self.selecting = selecting
        self.built = selecting.built
        self.knowledge = knowledge
        self.guards = selecting.tracer.guards
        self.denials = Denials(selecting.built)
        self._spoken_of = {
            (port, sink)
            for rule in knowledge.rules if rule.sentence == "flow" and rule.from_ is not None and rule.to is not None
            for port in rule.from_.port for sink in rule.to.port
        }  # fmt: skip
        self._rests: dict[int, Selector | None] = {}

    def judge(self, rule: Rule) -> Iterator[Material]:
        """Give the material of each finding: one for each value at a definition's sinks and each way in that lacks the controls."""
        assert rule.to is not None
        alike: dict[tuple[object, ...], list[Material]] = {}
        for name in rule.to.port:
            for sink in self.selecting.ports_named.get(name, ()):
                if not _comes_back(sink) and self._end(sink, rule.to):
                    for door, material in self._at_sink(rule, sink):
                        alike.setdefault((name, door, *_what_comes(sink)), []).append(material)
        for materials in alike.values():
            yield _together(materials)

    def _end(self, port: PlacedPort, selector: Selector) -> bool:
        rest = self._of_component(selector)
        if rest is None:
            return True
        component = self.built.components.get(port.draft.id) if port.draft is not None else None
        return component is not None and self.selecting.matches(component, rest)

    def _of_component(self, selector: Selector) -> Selector | None:
        """Give what a selector says of the component, the port being given; None where it says nothing."""
        if id(selector) not in self._rests:
            rest = selector.model_copy(update={"port": ()})
            self._rests[id(selector)] = None if rest.model_copy(update={"data": ()}) == Selector.model_construct() else rest
        return self._rests[id(selector)]

    def _at_sink(self, rule: Rule, sink: PlacedPort) -> Iterator[tuple[Door, Material]]:
        assert rule.from_ is not None
        by_door: dict[Door, list[FlowPath]] = {}
        for path in self.selecting.tracer.trace(sink).paths:
            named = path.source.name in rule.from_.port
            for one in (path,) if named else self._through_store(path, rule.from_.port):
                key = _entrance(one)
                if (key in by_door or len(by_door) < MOST_SOURCES) and self._counts(rule, one):
                    by_door.setdefault(key, []).append(one)
        for door, paths in by_door.items():
            # One way is kept of each source: where all of them seem to be misled, a better one may have been left out.
            first, *others = [path for path in paths if not is_misled(path)] or paths
            yield door, self._material(rule, first, others)

    def _counts(self, rule: Rule, path: FlowPath) -> bool:
        """Tell whether a path is one that a rule speaks of, without its controls."""
        assert rule.from_ is not None
        if not self._end(path.source, rule.from_) or self._controlled(rule, path):
            return False
        if path.source.name in {"secret.value", "record.secret"} and self._used_up(path):
            return False
        if (rule.whole and is_part(path)) or is_settled(self.built.reading.constants, path):
            return False
        return not rule.from_.data or PORTS[path.source.name] in rule.from_.data

    def _through_store(self, path: FlowPath, wanted: Iterable[str]) -> Iterator[FlowPath]:
        """Join a path out of a store with those into it, where no rule speaks of the store itself: one flaw is one finding."""
        if path.source.name in WRITTEN_BY and (path.source.name, path.sink.name) not in self._spoken_of:
            for origin in self._origins(path):
                if origin.source.name in wanted:
                    unknown = path.through_unknown or origin.through_unknown
                    yield FlowPath(origin.source, path.sink, (*origin.steps, *path.steps), unknown, path.controls | origin.controls)

    def _origins(self, path: FlowPath) -> Iterator[FlowPath]:
        """List the paths on which text of others came into the store that a path comes out of."""
        tracer = self.selecting.tracer
        for write in tracer.stored.writes(path.source):
            for origin in tracer.trace(write).paths:
                if PORTS[origin.source.name] in TEXT_OF_OTHERS and origin.source.name != "api.argument":
                    yield origin

    def _used_up(self, path: FlowPath) -> bool:
        """Tell whether a secret goes into other people's code on the way: a client made with a key gives answers, not the key."""
        program = self.built.reading.program
        for unit, ordinal in path.steps[1:]:
            fact = unit.facts[ordinal]
            outside = type(fact) is Call and not program.callees((unit, ordinal))
            if outside and getattr(unit.facts[fact.callee], "name", "") not in TEXT_CALLS:
                return True
        return False

    def _controlled(self, rule: Rule, path: FlowPath) -> bool:
        wanted = {*rule.without.any, *rule.without.all}
        met = path.controls | self.guards.on(path)
        if EVERY in met or met & wanted:
            return True
        sink = path.sink.match
        if any(control in wanted and self.built.judged.at(sink, spec)[0] == "present" for control, spec in sink.entry.controls.items()):
            return True
        for port in (path.source, path.sink):
            component = self.built.components.get(port.draft.id) if port.draft is not None else None
            if component is not None and not HERE.isdisjoint(sink.entry.capabilities):
                # A sandbox that stands beside what runs on the host holds none of it.
                kept = tuple(c for c in component.controls if c.control != "ctl-sandboxed-exec" or c.note != "around its function")
                component = replace(component, controls=kept)
            if component is not None and any(self._at_component(component, port, control) for control in wanted):
                return True
        return False

    def _at_component(self, component: Component, port: PlacedPort, control: str) -> bool:
        judgement = judge(component, control)
        if port.draft is not None and len(port.draft.matches) > 1:
            # A shared component (a host, a database) answers for this call alone.
            here = value_of(port.match.node)
            mine = [c for c in judgement.seen if c.value == here or not c.note.startswith(("given as", "by default", "may be"))]
            return any(c.state == "present" for c in mine)
        return judgement.state == "present"

    def _material(self, rule: Rule, path: FlowPath, others: list[FlowPath]) -> Material:
        sink_call = path.sink.match.node
        forbidden = [Step("control", value_of(node), FORBIDDING) for node in self.denials.around(path)[:MOST_SHOWN]]
        stored = self._stored_before(path)
        evidence = (*self._evidence(path), *stored, *forbidden, *_other_sources(path, others), *self._other_doors(rule, path))
        component = path.sink.draft or path.source.draft
        controls = (*rule.without.any, *rule.without.all)
        handler = path.source.draft.handlers[0] if path.source.draft is not None and path.source.draft.handlers else None
        confidence: Confidence | None = "medium" if path.through_unknown and rule.confidence == "high" else None
        return Material(
            value=value_of(sink_call if sink_call[1] >= 0 else path.sink.node),
            component=component.id if component is not None else "",
            words={
                "source": phrase(path.source), "sink": where(path.sink), "component": who_is(path.sink),
                "function": sink_call[0].path or "the module",
            },
            evidence=evidence, controls=controls, sink=value_of(path.sink.node), source=value_of(path.source.node),
            handler=value_of((handler, -1)) if handler is not None else None, confidence=confidence,
            looked=f"on the path from {phrase(path.source)}: {control_titles(self.knowledge, controls)}",
            reason="passes code that could not be resolved" if path.through_unknown else "",
            unfit=_unfit(path), tools=self._tools(rule, path),
            identity=(path.source.node[0].path, path.source.match.name, path.sink.match.name, path.sink.name),
        )  # fmt: skip

    def _stored_before(self, path: FlowPath) -> list[Step]:
        """Show who wrote what is read back: the request behind the row."""
        found: dict[Node, Step] = {}
        for origin in self._origins(path) if path.source.name in WRITTEN_BY else ():
            if len(found) < MOST_ORIGINS and origin.source.node not in found:
                written = f"stored by {where(origin.sink)} before it is read back: {phrase(origin.source)}"
                found[origin.source.node] = Step("place", value_of(origin.source.node), written)
        return list(found.values())

    def _tools(self, rule: Rule, path: FlowPath) -> tuple[Value, ...]:
        """List the places of the tools that a person's yes would hold back; none where no mitigation asks for them."""
        if not any(mitigation.at == "tools" for mitigation in rule.mitigations) or rule.to is None:
            return ()
        end = path.sink if rule.to.capability else path.source
        component = self.built.components.get(end.draft.id) if end.draft is not None else None
        return self.selecting.unasked(component, rule.to.capability or EFFECTS) if component is not None else ()

    def _evidence(self, path: FlowPath) -> tuple[Step, ...]:
        source = Step("source", value_of(path.source.node), phrase(path.source))
        sink_node = path.sink.match.node if path.sink.match.node[1] >= 0 else path.sink.node
        sink = Step("sink", value_of(sink_node), f"becomes {phrase(path.sink)}")
        middle = [Step("step", value_of(node), note) for node, note in telling(path.steps, self.selecting.tracer.stored.is_read_back)]
        return (source, *middle[-MOST_STEPS:], sink)

    def _other_doors(self, rule: Rule, path: FlowPath) -> list[Step]:
        """Show the other calls that pass such a value to the sink's definition: mending one caller leaves those."""
        door = _door(path)
        if door is None:
            return []
        parameter, came = door
        found: list[Step] = []
        for value, call, how in self.built.reading.graph.passed(parameter)[:MOST_DOORS]:
            if how == "parameter" and value != came and len(found) < MOST_SHOWN:
                behind = self.selecting.tracer.trace(PlacedPort(path.sink.name, None, value, path.sink.match))
                if any(one.source.name == path.source.name and not self._controlled(rule, one) for one in behind.paths):
                    found.append(Step("place", value_of(call), "passes such a value too"))
        return found


def _other_sources(path: FlowPath, others: list[FlowPath]) -> list[Step]:
    """Show the other sources that come in by the same door: mending one source leaves those."""
    nodes = {path.source.node: ""}
    for other in others:
        nodes.setdefault(other.source.node, f"comes in by the same way: {phrase(other.source)}")
    return [Step("place", value_of(node), note) for node, note in list(nodes.items())[1 : MOST_SHOWN + 1]]


def _door(path: FlowPath) -> tuple[Node, Node] | None:
    """Find the parameter of the sink's definition by which a path comes in, and the value that is passed to it."""
    for before, node in pairwise(path.steps):
        if node[0] is path.sink.match.node[0] and before[0] is not node[0] and type(node[0].facts[node[1]]) is Parameter:
            return node, before
    return None


def _comes_back(sink: PlacedPort) -> bool:
    """Tell whether a port is what a call gives: what a tool returns ends in the tool, not where somebody runs it."""
    unit, ordinal = sink.node
    return sink.name in ORIGINS and sink.node == sink.match.node and ordinal >= 0 and type(unit.facts[ordinal]) is Call


def _what_comes(sink: PlacedPort) -> tuple[object, ...]:
    """Name the value that comes to a sink: a local name as it is bound there, else the sink's own value."""
    unit, ordinal = sink.node
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    bound = unit.local.reads.get(ordinal) if type(fact) is Read else None
    return (unit, fact.name, bound) if type(fact) is Read and bound else (unit, ordinal, sink.match.node)


def _together(materials: list[Material]) -> Material:
    """Make one of what the same value does at several places: the first, in the order of the text, shows the others."""
    first, *others = sorted(materials, key=lambda material: material.value.ordinal)
    also = [Step("place", other.value, "the same value comes here too") for other in others if other.value != first.value]
    return replace(first, evidence=(*first.evidence, *also[:MOST_ALIKE])) if also else first


def _entrance(path: FlowPath) -> Door:
    """Name where a path enters the sink's definition: several sources that come in by one door are one threat."""
    sink_unit = path.sink.match.node[0]
    outside = [node for node in path.steps if node[0] is not sink_unit]
    return outside[-1] if outside else (path.source.node[0], -1)


def _unfit(path: FlowPath) -> frozenset[str]:
    """List the verbs that cannot mend a path: values are bound out of a text that is built here, not out of one that comes whole."""
    unit, ordinal = path.sink.node
    built = {type(node[0].facts[node[1]]) for node in (path.sink.node, *path.steps) if node[0] is unit and node[1] >= 0}
    return frozenset() if built & {Template, Operation} or ordinal < 0 else frozenset({"bind_values"})
