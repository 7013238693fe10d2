"""Which class a parameter without a type must be of: the only one that has all that is asked of it.

`store.find_invoice(...)` and `store.close()` ask for two names; where one family of first-party classes has both, `store` is one of it.
Given up where fewer than two names are asked for, where a name is what many objects have, and where two families fit.
"""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.classes import Classes
from threatline.program.references import Reference, Values
from threatline.program.units import Unit

LEAST_NAMES = 2
MOST_CLASSES = 40
TELLING = 8
"""A name that tells something is at least this long, or has an underscore within."""


class Fitting:
    """Finds classes by what is asked of their instances, memoized."""

    def __init__(self, values: Values, classes: Classes) -> None:
        self.values = values
        self.classes = classes
        self._asked: dict[Unit, dict[str, set[str]]] = {}
        self._having: dict[str, list[Unit]] | None = None
        self._names: dict[Unit, frozenset[str]] = {}

    def of(self, unit: Unit, name: str) -> list[Reference]:
        """Resolve a parameter of `unit` by what its definition, and those inside it, ask of it."""
        asked = self._asked_in(unit).get(name, set())
        if len(asked) < LEAST_NAMES or not any(_is_telling(one) for one in asked):
            return []
        rarest = min((self._classes_having().get(one, []) for one in sorted(asked)), key=len)
        if not rarest or len(rarest) > MOST_CLASSES:
            return []
        fit = [cls for cls in rarest if asked <= self._all_names(cls)]
        roots = [cls for cls in fit if not any(other is not cls and other in self.classes.lineage(cls)[0] for other in fit)]
        return [("sub", roots[0])] if len(roots) == 1 else []

    def _asked_in(self, unit: Unit) -> dict[str, set[str]]:
        """Collect, by name, the attributes that are read of it here and in inner definitions that do not bind the name themselves."""
        known = self._asked.get(unit)
        if known is None:
            known = self._asked[unit] = {}
            for fact in unit.facts:
                base = unit.facts[fact.base] if type(fact) is f.Attribute else None
                if type(base) is f.Read and type(fact) is f.Attribute:
                    known.setdefault(base.name, set()).add(fact.name)
            for child in unit.children.values():
                for name, asked in self._asked_in(child).items():
                    if name not in child.local.binds:
                        known.setdefault(name, set()).update(asked)
        return known

    def _classes_having(self) -> dict[str, list[Unit]]:
        """List the classes that themselves define a method, by its name, and what derives from them where another is mixed in."""
        if self._having is None:
            self._having = {}
            for unit in self.values.units.values():
                if unit.kind == "class":
                    for name in self._all_names(unit):
                        self._having.setdefault(name, []).append(unit)
        return self._having

    def _all_names(self, cls: Unit) -> frozenset[str]:
        known = self._names.get(cls)
        if known is None:
            found: set[str] = set()
            for owner in self.classes.lineage(cls)[0]:
                found.update(child.name for child in owner.children.values())
                found.update(owner.local.annotations, owner.local.final, self.classes.field_writes(owner))
            known = self._names[cls] = frozenset(found)
        return known


def _is_telling(name: str) -> bool:
    return len(name) >= TELLING or "_" in name.strip("_")
