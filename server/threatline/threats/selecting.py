"""Selectors: which components a rule's sentence speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from threatline.flows.paths import FlowPath
from threatline.flows.tracing import Tracer
from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Selector
from threatline.program.constants import Unknown
from threatline.system.build import Built
from threatline.system.detecting import Detectors
from threatline.system.model import Component, Value
from threatline.system.placing import PlacedPort
from threatline.system.values import node_of
from threatline.threats.judging import judge, stands
from threatline.vocabulary import ORIGINS, PORTS

OWNING = frozenset({"has-tool", "hands-off-to", "has-member", "serves"})
"""Relations through which one component's power becomes another's."""

ASKING = frozenset({"uses-model", "has-member"})
"""Relations through which what an agent is asked reaches its model or member."""

LEADING = frozenset({"serves", "uses-model", "calls", "has-tool", "has-member", "hands-off-to", "retrieves-from", "has-memory"})

EFFECTS = frozenset(
    "runs-commands executes-code writes-files writes-database deletes-data sends-data sends-messages moves-money administers-cloud "
    "changes-records".split()
)
"""Capabilities that a person's yes can hold back."""

TEXT_PORTS = ("tool.description", "model.system", "agent.instructions", "model.prompt", "tool.result")
"""Ports whose constant text is worth a detector's look."""


class Selecting:
    """Answers selectors over one map."""

    def __init__(self, built: Built, tracer: Tracer, knowledge: Knowledge) -> None:
        self.built = built
        self.tracer = tracer
        self.detectors = Detectors(knowledge)
        self.outgoing: dict[str, list[tuple[str, str]]] = {}
        self.incoming: dict[str, list[tuple[str, str]]] = {}
        for relation in built.map.relations:
            self.outgoing.setdefault(relation.source, []).append((relation.kind, relation.target))
            self.incoming.setdefault(relation.target, []).append((relation.kind, relation.source))
        self.ports_of: dict[str, list[PlacedPort]] = {}
        self.ports_named: dict[str, list[PlacedPort]] = {}
        for port in built.placement.ports:
            self.ports_named.setdefault(port.name, []).append(port)
            if port.draft is not None:
                self.ports_of.setdefault(port.draft.id, []).append(port)
        self._closures: dict[str, tuple[str, ...]] = {}
        self._reached: dict[str, frozenset[str]] = {}

    def components(self, selector: Selector) -> list[Component]:
        """List the components a selector means, in map order."""
        return [component for component in self.built.map.components if self.matches(component, selector)]

    def matches(self, component: Component, selector: Selector) -> bool:
        """Tell whether a component is one that a selector means."""
        return (
            (not selector.kind or component.kind in selector.kind)
            and (not selector.zone or component.zone in selector.zone)
            and self._where(component, selector.where)
            and (not selector.capability or bool(self.power(component) & set(selector.capability)))
            and (not selector.lacks_capability or not self.power(component) & set(selector.lacks_capability))
            and self._related(component, selector.holds, self.outgoing)
            and self._related(component, selector.held_by, self.incoming)
            and (not selector.port or any(port.name in selector.port for port in self.ports_of.get(component.id, ())))
            and (not selector.lacks_port or all(port.name not in selector.lacks_port for port in self.ports_of.get(component.id, ())))
            and (not selector.fed_by or bool(self.fed_by(component, selector.fed_by)))
            and (not selector.receives or bool(self.fed_by(component, [p for p in ORIGINS if PORTS[p] in selector.receives])))
            and (not selector.reaches or any(component.id in self._sources_of(port) for port in selector.reaches))
            and (selector.leads_to is None or self._leads_to(component, selector.leads_to))
            and (selector.crosses is None or self._crosses(component) == selector.crosses)
            and (not selector.detects or bool(self.detected(component, selector.detects, selector.port)))
            and ("name" not in selector.same or self._has_namesake(component, selector))
        )

    @staticmethod
    def _where(component: Component, where: dict[str, object]) -> bool:
        for name, wanted in where.items():
            value = component.attributes.get(name)
            accepted = wanted if isinstance(wanted, (list, tuple)) else [wanted]
            if not any(_accepts(name in component.attributes, value, word) for word in accepted):
                return False
        return True

    def _related(self, component: Component, wanted: dict[str, Selector], table: dict[str, list[tuple[str, str]]]) -> bool:
        others = table.get(component.id, ())
        return all(
            any(kind == relation and self.matches(self.built.components[other], selector) for kind, other in others)
            for relation, selector in wanted.items()
        )

    def closure(self, component: Component) -> tuple[str, ...]:
        """List a component and those whose power it has: tools, hand-offs, members, transitively."""
        known = self._closures.get(component.id)
        if known is None:
            known = self._closures[component.id] = self._walk(component.id, OWNING)
        return known

    def _walk(self, start: str, kinds: frozenset[str]) -> tuple[str, ...]:
        seen, queue = {start: None}, [start]
        while queue:
            for kind, other in self.outgoing.get(queue.pop(0), ()):
                if kind in kinds and other not in seen:
                    seen[other] = None
                    queue.append(other)
        return tuple(seen)

    def power(self, component: Component) -> set[str]:
        """List the capabilities of a component's closure, effects only where nobody is asked first."""
        return {capability for other in self.closure(component) for capability in self.own_power(self.built.components[other])}

    @staticmethod
    def own_power(component: Component) -> frozenset[str]:
        """List what a component can do on its own: effects only where nobody is asked first."""
        return component.capabilities - EFFECTS if stands(judge(component, "ctl-human-approval")) else component.capabilities

    def unasked(self, component: Component, wanted: Iterable[str]) -> tuple[Value, ...]:
        """List the places at which a person's yes would have to be put in: of all in the closure that have these effects themselves."""
        effects = EFFECTS & set(wanted)
        acting = [other for other in map(self.built.components.__getitem__, self.closure(component)) if self.own_power(other) & effects]
        return tuple(place for other in acting for place in judge(other, "ctl-human-approval").lacking or (other.value,))

    def fed_by(self, component: Component, ports: Iterable[str]) -> list[PlacedPort]:
        """List the source ports of these names whose values reach the component, or the agent that asks it."""
        wanted = set(ports)
        for asked in self._askers(component):
            found = self._fed_itself(asked, wanted)
            if found:
                return found
        return []

    def _askers(self, component: Component) -> Iterator[Component]:
        """Give a component and those that ask it, nearest first: a runtime asks its agent, and the agent its model."""
        seen, queue = {component.id: None}, [component.id]
        while queue:
            current = queue.pop(0)
            yield self.built.components[current]
            for kind, owner in self.incoming.get(current, ()):
                if kind in ASKING and owner not in seen:
                    seen[owner] = None
                    queue.append(owner)

    def feeding(self, component: Component, ports: Iterable[str]) -> list[FlowPath]:
        """List the paths on which values from ports of these names enter the component itself."""
        wanted = set(ports)
        sinks = [port for port in self.ports_of.get(component.id, ()) if port.name not in ORIGINS]
        return [path for port in sinks for path in self.tracer.trace(port).paths if path.source.name in wanted]

    def _fed_itself(self, component: Component, wanted: set[str]) -> list[PlacedPort]:
        own = [port for port in self.ports_of.get(component.id, ()) if port.name in wanted and port.name in ORIGINS]
        return own + [path.source for path in self.feeding(component, wanted)]

    def reaching(self, component: Component, sinks: Iterable[str]) -> list[FlowPath]:
        """List the paths on which data of a component reaches sinks of these names, one for each sink."""
        found: list[FlowPath] = []
        for port in (port for sink in sinks for port in self.ports_named.get(sink, ())):
            paths = (p for p in self.tracer.trace(port).paths if p.source.draft is not None and p.source.draft.id == component.id)
            found += [path for path in paths if not self._searches(path)][:1]
        return found

    def _sources_of(self, sink: str) -> frozenset[str]:
        known = self._reached.get(sink)
        if known is None:
            paths = [path for port in self.ports_named.get(sink, ()) for path in self.tracer.trace(port).paths]
            named = [path for path in paths if not self._searches(path)]
            known = self._reached[sink] = frozenset(path.source.draft.id for path in named if path.source.draft is not None)
        return known

    def _searches(self, path: FlowPath) -> bool:
        """Tell whether a bound value is a pattern (`LIKE '%…'`): that searches among records, it names none."""
        leading = self.built.reading.constants.leading_text
        return path.sink.name == "sql.parameters" and any(leading(node).startswith("%") for node in path.steps)

    def _leads_to(self, component: Component, selector: Selector) -> bool:
        return any(
            other != component.id and self.matches(self.built.components[other], selector) for other in self._walk(component.id, LEADING)
        )

    def _crosses(self, component: Component) -> bool:
        return any(flow.crosses for flow in self.built.map.flows if component.id in {flow.source, flow.target})

    def _has_namesake(self, component: Component, selector: Selector) -> bool:
        """Tell whether another component that fits bears the same name where both can be met: in one file, or with one owner."""
        if component.entry.rpartition(".")[2] == component.name:
            return False  # The name is the class's own: nobody gave one.
        owners = {other for kind, other in self.incoming.get(component.id, ()) if kind in OWNING}
        other_selector = selector.model_copy(update={"same": ()})
        return any(
            other.name == component.name and other.id != component.id and other.handlers != component.handlers
            and (other.value.file == component.value.file or owners & {o for k, o in self.incoming.get(other.id, ()) if k in OWNING})
            and self.matches(other, other_selector)
            for other in self._named(component.name)
        )  # fmt: skip

    def _named(self, name: str) -> list[Component]:
        return [component for component in self.built.map.components if component.name == name]

    def detected(self, component: Component, groups: Iterable[str], ports: tuple[str, ...] = ()) -> list[tuple[PlacedPort, str]]:
        """List the ports whose constant text a detector of these groups (or ids) finds something in, with the detector."""
        wanted = list(groups)
        found: list[tuple[PlacedPort, str]] = []
        for port in self.ports_of.get(component.id, ()):
            if port.name not in (ports or TEXT_PORTS):
                continue
            text = self.built.reading.constants.known_text(port.node)
            if text:
                found += [(port, name) for group in wanted for name in self.detectors.found(group, text)]
        return found

    def argument_is_constant(self, component: Component) -> bool:
        """Tell whether everything that a component receives is constant."""
        nodes = [port.node for port in self.ports_of.get(component.id, ()) if port.name not in ORIGINS]
        return bool(nodes) and all(self.built.reading.constants.is_constant(node) for node in nodes)


def _accepts(there: bool, value: object, word: object) -> bool:
    if word == "present":
        return there
    if word == "absent":
        return not there or value is None
    if word == "dynamic":
        return value == "dynamic"
    if word == "constant":
        return there and value != "dynamic"
    return there and not isinstance(value, Unknown) and type(value) is type(word) and value == word


__all__ = ["Selecting", "node_of"]
