"""What calling a first-party function gives."""

from __future__ import annotations

from threatline.program.annotations import Annotations
from threatline.program.references import Reference, Values
from threatline.program.units import Unit


class Returns:
    """Resolves results: the declared type, unless what is returned says more."""

    def __init__(self, values: Values, annotations: Annotations) -> None:
        self.values = values
        self.annotations = annotations

    def returned(self, function: Unit) -> list[Reference]:
        """Resolve what calling a first-party function gives: its declared type, else what it returns."""
        if function.definition.is_generator:
            return [("gen", function)]
        declared: list[Reference] = []
        if function.definition.returns >= 0 and function.parent is not None:
            declared = self.annotations.instances(function.parent, function.definition.returns)
        given = [function.facts[ordinal].value for ordinal in function.local.returns]
        found = self.values.union(function, [value for value in given if value >= 0])
        concrete = any(kind != "sub" for kind, _ in found)
        return found if concrete or not declared else declared

    def yielded(self, generator: Unit) -> list[Reference]:
        """Resolve what a generator function yields."""
        given = [generator.facts[ordinal].value for ordinal in generator.local.yields]
        return self.values.union(generator, [value for value in given if value >= 0])
