"""Which component of the map a value of the program belongs to."""

from __future__ import annotations

from threatline.system.model import SystemMap, Value


class Belonging:
    """Finds components by value: where one is made, where its ports lie, and in the definitions that stand for it."""

    def __init__(self, system: SystemMap) -> None:
        self._by_value: dict[Value, str] = {}
        self._by_definition: dict[tuple[str, str], str] = {}
        for port in system.ports:
            self._by_value.setdefault(port.value, port.component)
        for port in system.ports:
            self._by_value.setdefault(port.call, port.component)
        for component in system.components:
            self._by_value[component.value] = component.id
            for handler in component.handlers:
                self._by_definition.setdefault(handler, component.id)

    def component(self, value: Value) -> str | None:
        """Name the component of a value, the nearest meaning first; None where it is of no component."""
        return self._by_value.get(value) or self._by_definition.get((value.file, value.definition))
