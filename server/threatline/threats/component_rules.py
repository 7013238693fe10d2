"""Component and system sentences: what is without a control, and what holds together too much."""

from __future__ import annotations

from collections.abc import Iterator

from threatline.flows.paths import is_part
from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Leg, Rule, Selector
from threatline.program.units import Node
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.system.model import Component, Value
from threatline.system.origins import origins
from threatline.system.placing import PlacedPort
from threatline.system.values import value_of
from threatline.threats.drafting import Material
from threatline.threats.finding import Step
from threatline.threats.judging import Judgement, judge, stands
from threatline.threats.ownership import OWNER_CHECK, asks_for_owner
from threatline.threats.selecting import EFFECTS, Selecting
from threatline.threats.telling import telling
from threatline.threats.wording import control_titles, phrase
from threatline.vocabulary import PORTS

MOST_PLACES = 12
LEAST_HOLDERS = 2
"""The least number of different components that must hold the legs of a system sentence."""


class ComponentRules:
    """Judges component and system sentences over one map."""

    def __init__(self, selecting: Selecting, knowledge: Knowledge) -> None:
        self.selecting = selecting
        self.built = selecting.built
        self.knowledge = knowledge

    def judge(self, rule: Rule) -> Iterator[Material]:
        """Give the material of each finding: one for each component that lacks the control."""
        assert rule.component is not None
        for component in self.selecting.components(rule.component):
            if rule.whole and all(is_part(path) for path in self.selecting.reaching(component, rule.component.reaches)):
                continue
            if rule.sentence == "system":
                yield from self._together(rule, component)
            else:
                yield from self._lacking(rule, component)

    def _lacking(self, rule: Rule, component: Component) -> Iterator[Material]:
        verdict = self._absent(rule, component)
        if verdict is None:
            return
        controls, places, declared = verdict
        places = places or self._off_places(rule, component)
        selector = rule.component
        if selector and selector.fed_by:
            fed = self._fed_places(component, selector.fed_by, places, controls)
            if fed is None:
                return
            places = fed
        detected = self.selecting.detected(component, selector.detects, selector.port) if selector and selector.detects else []
        evidence = [Step("component", component.value, f"{component.kind.replace('-', ' ')} {component.name}")]
        evidence += [Step("place", place, "nothing here") for place in places[:MOST_PLACES] if place != component.value]
        evidence += [Step("place", value_of(text), name.replace("-", " ")) for port, name in detected for text in self._texts(port)]
        evidence += self._at_ports(selector, component) if selector and selector.port and not selector.detects else []
        evidence += self._switched_off(component)
        evidence += self._receiving(rule, component)
        evidence += self._acting(rule, component, controls)
        # In a file of configuration the text itself is the place; a tool's text is mended at the tool.
        written = tuple(value_of(port.node) for port, _ in detected if port.node[0].language in DOCUMENT_LANGUAGES)
        yield self._material(rule, component, tuple(evidence), controls, declared, places or written[:MOST_PLACES])

    def _at_ports(self, selector: Selector, component: Component) -> list[Step]:
        """Show the values at the ports that the rule speaks of."""
        ports = [port for port in self.selecting.ports_of.get(component.id, ()) if port.name in selector.port]
        return [Step("place", value_of(port.match.node), phrase(port)) for port in ports[:MOST_PLACES]]

    def _texts(self, port: PlacedPort) -> list[Node]:
        """Find where the text at a port is written, if that is somewhere else."""
        written = [node for node in origins(self.built.reading, port.node, most=3) if node != port.node]
        return [port.node, *written[:1]]

    @staticmethod
    def _off_places(rule: Rule, component: Component) -> tuple[Value, ...]:
        """List where a control of the rule is switched off, where no one place lacks them all: that is the fault to be shown."""
        asked = [rule.control, *rule.without.any, *rule.without.all]
        seen = [seen for control in asked if control for seen in judge(component, control).seen]
        return tuple(dict.fromkeys(one.value for one in seen if one.state == "off" and one.value is not None))

    def _switched_off(self, component: Component) -> list[Step]:
        """Show the controls that are switched off by hand: places a reader wants to see beside what is missing."""
        off = [(c.value, c.control) for c in component.controls if c.state == "off" and c.value is not None]
        titles = [(value, control_titles(self.knowledge, (control,))) for value, control in off[:MOST_PLACES]]
        opening = [c for c in component.controls if c.state == "fails-open" and c.value is not None]
        told = [Step("control", c.value, f"{c.note}: {control_titles(self.knowledge, (c.control,))}") for c in opening if c.value]
        return [*(Step("control", value, f"switched off: {title}") for value, title in titles), *told[:MOST_PLACES]]

    def _absent(self, rule: Rule, component: Component) -> tuple[tuple[str, ...], tuple[Value, ...], bool] | None:
        """Judge the rule's controls: those absent, the places that lack them, and whether one is declared; None if nothing is lacking."""
        judgements = {control: judge(component, control) for control in (*rule.without.any, *rule.without.all)}
        if OWNER_CHECK in judgements and asks_for_owner(self.selecting, component):
            return None
        if rule.without.listed:
            judgements = {control: j for control, j in judgements.items() if j.seen}
            if not judgements:
                return None
        declared = any(j.state == "declared" for j in judgements.values())
        if rule.without.state == "off":
            judgements = {control: j for control, j in judgements.items() if j.state == "off"}
            return (tuple(judgements), _shared(list(judgements.values())), declared) if judgements else None
        if rule.without.any:
            asked = tuple(control for control in rule.without.any if control in judgements)
            if any(stands(judgements[control]) for control in asked):
                return None
            return asked, _shared([judgements[c] for c in asked]), declared
        absent = tuple(control for control in rule.without.all if control in judgements and not stands(judgements[control]))
        if rule.without.all and not absent:
            return None
        return absent, _shared([judgements[c] for c in absent]), declared

    def _receiving(self, rule: Rule, component: Component) -> list[Step]:
        """Show what reaches the component, and the way on which its own data reaches what the rule speaks of."""
        selector = rule.component
        if selector is None:
            return []
        found = [Step("source", value_of(port.node), phrase(port)) for port in self.selecting.fed_by(component, selector.fed_by)[:2]]
        for path in self.selecting.reaching(component, selector.reaches)[:2]:
            found += [Step("step", value_of(node), note) for node, note in telling(path.steps, self.selecting.tracer.stored.is_read_back)]
            found.append(Step("sink", value_of(path.sink.match.node), f"becomes {phrase(path.sink)}"))
        return found

    def _fed_places(self, component: Component, ports: tuple[str, ...], places: tuple[Value, ...],
                    controls: tuple[str, ...]) -> tuple[Value, ...] | None:  # fmt: skip
        """Keep, of the places of a component that many calls share, those that the rule's data reaches; None where these lack nothing."""
        reached = {value_of(path.sink.match.node) for path in self.selecting.feeding(component, ports)}
        lacking = tuple(place for place in places if place in reached)
        if places and not lacking and any(seen.value in reached for control in controls for seen in judge(component, control).seen):
            return None
        return lacking or places

    def _acting(self, rule: Rule, component: Component, controls: tuple[str, ...]) -> list[Step]:
        """Show who of the component's own gives it the power that the rule speaks of, where the control is missing there too."""
        wanted = rule.component.capability if rule.component is not None else ()
        found: list[Step] = []
        for other_id in self.selecting.closure(component)[1:] if wanted and rule.control else ():
            other = self.built.components[other_id]
            powers = [power for power in wanted if power in self.selecting.own_power(other)]
            if powers and not any(stands(judge(other, control)) for control in controls):
                where = self._doing(other, powers[0]) or other.value
                found.append(Step("step", where, f"{other.name} {powers[0].replace('-', ' ')}"))
        return found[:MOST_PLACES]

    def _doing(self, component: Component, capability: str) -> Value | None:
        """Find the call by which a component's function does what it can do."""
        for key in component.handlers:
            handler = self.built.reading.program.units.get(key)
            for match in self.built.reach.matches_from(handler) if handler is not None else ():
                if capability in match.entry.capabilities:
                    return value_of(match.node)
        return None

    def _together(self, rule: Rule, component: Component) -> Iterator[Material]:
        witnesses = self._witnesses(rule, component)
        # One tool that does it all is that tool's matter; a team's is its members'.
        if not witnesses or len({step.value for step in witnesses}) < LEAST_HOLDERS or self._held_inside(rule, component):
            return
        verdict = self._absent(rule, component)
        if verdict is None:
            return
        controls, _, declared = verdict
        evidence = (Step("component", component.value, f"{component.kind.replace('-', ' ')} {component.name}"), *witnesses)
        words = {"holds": "; ".join(step.note for step in witnesses)}
        yield self._material(rule, component, evidence, controls, declared, (), words)

    def _witnesses(self, rule: Rule, component: Component) -> list[Step]:
        found = [self._witness(component, leg) for leg in rule.holds]
        return [step for step in found if step is not None] if all(found) else []

    def _held_inside(self, rule: Rule, component: Component) -> bool:
        """Tell whether a component that this one owns fits the sentence by itself."""
        assert rule.component is not None
        inner = [self.built.components[other] for other in self.selecting.closure(component) if other != component.id]
        return any(self.selecting.matches(other, rule.component) and self._witnesses(rule, other) for other in inner)

    def _witness(self, component: Component, leg: Leg) -> Step | None:
        """Find the nearest component of the closure that shows one leg of the sentence."""
        for other_id in self.selecting.closure(component):
            other = self.built.components[other_id]
            for capability in leg.capability:
                if capability in self.selecting.own_power(other):
                    return Step("step", other.value, f"{leg.title}: {other.name} {capability.replace('-', ' ')}")
            ports = [*leg.fed_by, *(port for port, data in PORTS.items() if data and data in leg.receives)]
            fed = self.selecting.fed_by(other, ports) if ports else []
            if fed:
                return Step("step", value_of(fed[0].node), f"{leg.title}: {phrase(fed[0])} reaches {other.name}")
        return None

    def _material(self, rule: Rule, component: Component, evidence: tuple[Step, ...], controls: tuple[str, ...], declared: bool,
                  places: tuple[Value, ...], words: dict[str, str] | None = None) -> Material:  # fmt: skip
        handler = Value(*component.handlers[0], -1) if component.handlers else None
        value = places[0] if places else component.value
        made_by_call = component.value.ordinal >= 0
        if handler is not None and made_by_call and not places and rule.component is not None and rule.component.reaches:
            value = handler  # The rule speaks of what the handler does, so there it is mended.
        return Material(
            value=value, component=component.id,
            words={"component": component.name, "function": value.definition or "the module", "source": "", "sink": "", **(words or {})},
            evidence=evidence, controls=controls, sink=value, source=value, handler=handler,
            looked=f"at {component.name} and around it: {control_titles(self.knowledge, controls)}" if controls else "",
            identity=(component.id,), declared=declared, tools=self._tools(rule, component),
        )  # fmt: skip

    def _tools(self, rule: Rule, component: Component) -> tuple[Value, ...]:
        """List the places of the tools that a person's yes would hold back; none where no mitigation asks for them."""
        if not any(mitigation.at == "tools" for mitigation in rule.mitigations):
            return ()
        wanted = {capability for leg in rule.holds for capability in leg.capability} or EFFECTS
        return self.selecting.unasked(component, wanted)


def _shared(judgements: list[Judgement]) -> tuple[Value, ...]:
    """List the places that lack every one of the controls that could show there."""
    showing = [judgement for judgement in judgements if judgement.seen]
    if not showing:
        return ()
    first, *rest = (judgement.lacking for judgement in showing)
    return tuple(place for place in first if all(place in other for other in rest))
