"""Controls seen at components, with their state, and controls that names of the catalog give to others."""

from __future__ import annotations

from threatline.knowledge.catalog import ControlAt, Provided
from threatline.program.constants import Unknown
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, argument, has_options, holds, is_named, is_one_of, places_of, receiver
from threatline.system.matching import Match
from threatline.system.model import Control
from threatline.system.origins import origins
from threatline.system.placing import Draft, Placement
from threatline.system.reach import Reach, functions_mentioned
from threatline.system.values import value_of
from threatline.vocabulary import ControlState

RANK: tuple[ControlState, ...] = ("present", "declared", "weak", "fails-open", "off", "absent")


class Controls:
    """Judges which controls stand at which component."""

    def __init__(self, reading: Reading, placement: Placement, reach: Reach, declared: dict[Unit, tuple[str, ...]]) -> None:
        self.reading = reading
        self.placement = placement
        self.reach = reach
        self.declared = declared
        self.applications: dict[Node, list[tuple[Provided, Match]]] = {}
        self.everywhere: list[tuple[Provided, Match]] = []
        for match in placement.matches:
            self._collect(match)

    def _collect(self, match: Match) -> None:
        for provided in match.entry.provides:
            if not all(holds(self.reading, match.node, condition) for condition in provided.when):
                continue
            if provided.to == "workspace":
                self.everywhere.append((provided, match))
            elif provided.to == "application":
                for node in self._applications(match, provided):
                    self.applications.setdefault(node, []).append((provided, match))

    def _applications(self, match: Match, provided: Provided) -> list[Node]:
        values = places_of(self.reading, match.node, provided.place) if provided.place else []
        base = receiver(*match.node)
        if not values and base >= 0:
            values = [(match.node[0], base)]
        found = [node for value in values for node in origins(self.reading, value, self.placement.by_node)]
        return found or [match.node]

    def of(self, draft: Draft) -> tuple[Control, ...]:
        """List the controls of a component: one entry for each control that shows somewhere, and one for each place that lacks it."""
        found: list[Control] = []
        for match in draft.matches:
            for control, spec in match.entry.controls.items():
                state, note = self._at(match.node, spec)
                found.append(Control(control, state, value_of(match.node), note))
            found += [
                Control(p.control, "weak" if p.weak else "present", value_of(match.node), "given here")
                for p in match.entry.provides
                if p.to == "component" and all(holds(self.reading, match.node, c) for c in p.when)
            ]
        for handler in self._functions(draft):
            found += self._around(handler)
        for application in self._mounted(draft):
            found += [self._given(p, m, "in the application") for p, m in self.applications.get(application, ())]
            found += self._application_arguments(application)
        found += [self._given(p, m, "for the workspace") for p, m in self.everywhere]
        return tuple(dict.fromkeys(found))

    def _functions(self, draft: Draft) -> list[Unit]:
        if draft.handlers:
            return draft.handlers
        unit = draft.node[0]
        return [unit] if unit.kind in {"function", "lambda"} else []

    def _around(self, unit: Unit) -> list[Control]:
        found = [
            self._given(provided, match, "around its function")
            for match in (*self.reach.around(unit), *self.reach.matches_from(unit))
            for provided in match.entry.provides
            if provided.to == "function" and all(holds(self.reading, match.node, c) for c in provided.when)
        ]
        for inner in self.reach.closure(unit):
            found += [Control(control, "declared", value_of((inner, -1)), "declared in a comment") for control in self.declared.get(inner, ())]
        return found

    @staticmethod
    def _given(provided: Provided, match: Match, note: str) -> Control:
        return Control(provided.control, "weak" if provided.weak else "present", value_of(match.node), note)

    def _mounted(self, draft: Draft) -> list[Node]:
        """List the applications and routers that a component is registered in."""
        found: list[Node] = []
        for match in draft.matches:
            base = receiver(*match.node)
            if base >= 0:
                found += origins(self.reading, (match.node[0], base), self.placement.by_node)
        return found + [outer for inner in found for outer in self._includers(inner)]

    def _includers(self, router: Node) -> list[Node]:
        return []

    def _application_arguments(self, application: Node) -> list[Control]:
        unit, ordinal = application
        arguments = getattr(unit.facts[ordinal], "arguments", ()) if ordinal >= 0 else ()
        found: list[Control] = []
        for given in arguments:
            for function in functions_mentioned(self.reading, (unit, given.value)):
                for match in self.reach.matches_from(function):
                    found += [self._given(p, match, "in the application") for p in match.entry.provides if p.to == "function"]
        return found

    def _at(self, node: Node, spec: ControlAt) -> tuple[ControlState, str]:
        if spec.always:
            return "weak" if spec.weak else "present", "by what it is"
        unit, ordinal = node
        states = [self._state((unit, value), spec) for value in self._values(node, spec)]
        if states:
            return min(states, key=RANK.index), "given as an argument"
        if has_options(unit, ordinal):
            return "weak", "may be given in **options"
        if spec.default:
            return "present", f"by default: {spec.default}"
        return "absent", ""

    def _values(self, node: Node, spec: ControlAt) -> list[int]:
        unit, ordinal = node
        found = [argument(unit, ordinal, name, -1) for name in spec.arguments]
        found += [argument(unit, ordinal, "", position) for position in spec.positions]
        return [value for value in found if value >= 0]

    def _state(self, node: Node, spec: ControlAt) -> ControlState:
        value = self.reading.constants.of(node)
        if is_one_of(value, spec.off) or (value is None and None not in (spec.on or ())):
            return "off"
        if spec.on is not None and not isinstance(value, Unknown) and not is_one_of(value, spec.on):
            return "off"
        if spec.named is not None and not any(is_named(self.reading, name, spec.named) for name in self.reading.program.names(node)):
            return "off"
        return "weak" if spec.weak else "present"
