"""Attributes: what `base.name` refers to."""

from __future__ import annotations

from collections.abc import Sequence

from threatline.facts import model as f
from threatline.program.annotations import Annotations
from threatline.program.classes import Classes
from threatline.program.names import Names
from threatline.program.places import Places
from threatline.program.references import FIRST_PARTY, LONGEST, SCRIPTS, Reference, Values
from threatline.program.returns import Returns
from threatline.program.units import Unit

SUPER = f.Read("super")
GLOBAL_OBJECTS = frozenset({f"{SCRIPTS}js.{name}" for name in ("globalThis", "window", "global", "self")})
"""Objects whose members are the globals of script languages."""


class Attributes:
    """Resolves attributes of modules, classes, instances and other people's objects.

    Of an instance: its nearest class that says anything, by a method, by what methods write, by a declared type, by a class variable; where
    the instance may be of a derived class, those too. `__getattr__` and descriptors other than properties are given up.
    """

    def __init__(self, values: Values, names: Names, classes: Classes, annotations: Annotations, returns: Returns, places: Places) -> None:
        self.places = places
        self.values = values
        self.names = names
        self.classes = classes
        self.annotations = annotations
        self.returns = returns
        self._known: dict[tuple[str, Unit, str], Sequence[Reference]] = {}

    def forget(self) -> None:
        """Forget every answer."""
        self._known.clear()

    def of_attribute(self, unit: Unit, ordinal: int, fact: f.Attribute) -> Sequence[Reference]:
        """Resolve an attribute of whatever its base may be."""
        bases = self.values.of((unit, fact.base))
        if unit.facts[fact.base] == SUPER and unit.language != "python":
            bases = tuple([("inst", what) if kind == "def" else (kind, f"{what}()") for kind, what in bases if kind in {"def", "ext"}])
        if len(bases) == 1:
            return self.attribute(bases[0], fact.name)
        return [r for base in bases for r in self.attribute(base, fact.name)]

    def attribute(self, base: Reference, name: str) -> Sequence[Reference]:
        """Resolve `base.name`."""
        kind, what = base
        if kind == "ext":
            if what in GLOBAL_OBJECTS:
                what = f"{SCRIPTS}js"
            return [("ext", f"{what}.{name}")] if len(what) < LONGEST else []
        if kind == "module":
            found = self.names.member(what, name)
            return found or [("ext", f"{FIRST_PARTY}{self.names.modules.best(what)}.{name}")]
        if kind in {"inst", "sub"} or (kind == "def" and what.kind == "class"):
            key = (kind, what, name)
            known = self._known.get(key)
            if known is None:
                doubts = self.values.doubts
                known = self._of_class(kind, what, name)
                if self.values.doubts == doubts:
                    self._known[key] = known
            return known
        return []

    def _of_class(self, kind: str, cls: Unit, name: str) -> list[Reference]:
        lineage, external = self.classes.lineage(cls)
        is_instance = kind != "def"
        found: list[Reference] = []
        for owner in lineage:
            found = self._own(owner, name, is_instance)
            if found:
                break
        if kind == "sub":
            for derived in self.classes.descendants(cls):
                found += self._own(derived, name, is_instance)
        return found or [("ext", f"{ext}{'()' if is_instance else ''}.{name}") for ext in external]

    def _own(self, cls: Unit, name: str, is_instance: bool) -> list[Reference]:
        method = self.classes.method(cls, name)
        written = [*(self.classes.field_writes(cls).get(name, ()) if is_instance else ()), *self.places.assigned.get((cls, name), ())]
        if method is not None and is_instance and self.classes.is_property(method):
            return self.returns.returned(method)
        if method is not None:
            # A method may be replaced on the instance: `self.run = run_here`.
            return [("def", method), *(r for node in written for r in self.values.of(node) if r[0] == "def")]
        found = [r for node in written for r in self.values.of(node)]
        if not found and name in cls.local.annotations:
            # The declared type comes before the default, which may be a mere field description.
            found = self.annotations.instances(cls, cls.local.annotations[name])
        if not found and name in cls.local.final:
            found = self.values.union(cls, cls.local.final[name])
        return found or self._declared_in_method(cls, name)

    def _declared_in_method(self, cls: Unit, name: str) -> list[Reference]:
        """Resolve `self.name: T` of the first method that says so."""
        for child in cls.children.values():
            if name in child.local.field_annotations:
                return self.annotations.instances(child, child.local.field_annotations[name])
        return []
