"""Who is related to whom in a system map, looked up once for a whole report."""

from __future__ import annotations

from threatline.system.model import Component, Relation, SystemMap
from threatline.vocabulary import ControlState

ControlSeen = tuple[str, ControlState, str]
"""A control, its state, and why it counts: what is told of it, wherever it is."""


class Links:
    """Names and relations of the components of one map."""

    def __init__(self, system: SystemMap) -> None:
        self._names = {component.id: component.name for component in system.components}
        seen = [_controls(component) for component in system.components]
        self.everywhere: list[ControlSeen] = sorted(set.intersection(*map(set, seen))) if len(seen) > 1 else []
        self._from: dict[str, list[Relation]] = {}
        self._to: dict[str, list[Relation]] = {}
        for relation in system.relations:
            self._from.setdefault(relation.source, []).append(relation)
            self._to.setdefault(relation.target, []).append(relation)

    def name(self, component_id: str) -> str:
        """Name a component; its id where the map does not hold it."""
        return self._names.get(component_id, component_id)

    def controls(self, component: Component) -> list[ControlSeen]:
        """List what is told of a component's controls, each once, without those that hold `everywhere`."""
        return [control for control in _controls(component) if control not in self.everywhere]

    def held_by(self, component_id: str) -> list[tuple[str, str]]:
        """List what a component holds: relation and the other component, in the map's order."""
        return [(relation.kind, relation.target) for relation in self._from.get(component_id, ())]

    def holding(self, component_id: str) -> list[tuple[str, str]]:
        """List what holds a component: relation and the other component, in the map's order."""
        return [(relation.kind, relation.source) for relation in self._to.get(component_id, ())]


def _controls(component: Component) -> list[ControlSeen]:
    return list(dict.fromkeys((control.control, control.state, control.note) for control in component.controls))
