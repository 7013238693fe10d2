"""Classes: what they derive from, what derives from them, their methods, and what their methods write to their fields."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.references import MOST, Reference, Values
from threatline.program.units import Node, Unit

CONSTRUCTORS = frozenset({"__init__", "constructor"})
PROPERTIES = frozenset({"property", "cached_property", "get"})
SETTERS = frozenset({"setter", "deleter", "set"})
"""Decorators of Python, and words that script languages write before a method."""

BOUND_TO_CLASS = frozenset({"__new__", "__init_subclass__"})
"""Methods that are given the class without a decorator."""


class Classes:
    """Answers questions about first-party classes, memoized. Classes made by calls, and fields set from outside, are given up."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self._lineages: dict[Unit, tuple[list[Unit], list[str]]] = {}
        self._derived: dict[Unit, list[Unit]] = {}
        self._methods: dict[Unit, dict[str, Unit]] = {}
        self._writes: dict[Unit, dict[str, list[Node]]] = {}

    def tie(self) -> None:
        """Record which classes derive from which. Before that, no class has descendants."""
        for unit in self.values.units.values():
            if unit.kind == "class" and unit.definition.bases:
                for above in self.lineage(unit)[0][1:]:
                    self._derived.setdefault(above, []).append(unit)

    def lineage(self, cls: Unit) -> tuple[list[Unit], list[str]]:
        """List a class and its first-party ancestors, nearest first, and the names of the ancestors that are other people's."""
        known = self._lineages.get(cls)
        if known is not None:
            return known
        units, external = [cls], list[str]()
        self._lineages[cls] = (units, external)
        for kind, what in self.parents(cls):
            if kind == "inst" and what is not cls:
                above, outside = self.lineage(what)
                units += [unit for unit in above if unit not in units]
                external += [name for name in outside if name not in external]
            elif kind == "ext":
                external.append(what.removesuffix("()"))
        return units, external

    def parents(self, cls: Unit) -> list[Reference]:
        """List what a class derives from, as instances."""
        if cls.parent is None:
            return []
        found: list[Reference] = []
        for base in cls.definition.bases:
            for kind, what in self.values.of((cls.parent, base)):
                found.append(("inst", what) if kind == "def" else ("ext", f"{what}()") if kind == "ext" else (kind, what))
        return found

    def descendants(self, cls: Unit) -> list[Unit]:
        """List the first-party classes derived from a class, at most `MOST`."""
        return self._derived.get(cls, [])[:MOST]

    # methods

    def method(self, cls: Unit, name: str) -> Unit | None:
        """Find a method that a class itself defines; of several equal ones the last."""
        methods = self._methods.get(cls)
        if methods is None:
            functions = [child for child in cls.children.values() if child.kind == "function"]
            methods = self._methods[cls] = {child.name: child for child in functions if not self._is_setter(child)}
        return methods.get(name)

    def inherited(self, cls: Unit, name: str) -> Unit | None:
        """Find a method that a class defines or inherits from a first-party one."""
        for owner in self.lineage(cls)[0]:
            method = self.method(owner, name)
            if method is not None:
                return method
        return None

    def constructor(self, cls: Unit) -> Unit | None:
        """Find the method that makes an instance, the class's own or an inherited one."""
        return self.inherited(cls, "__init__" if cls.language == "python" else "constructor")

    @staticmethod
    def decorated(unit: Unit, name: str) -> bool:
        """Tell whether a definition carries a decorator of that last name."""
        if unit.parent is None:
            return False
        facts = unit.parent.facts
        return any(getattr(facts[ordinal], "name", "") == name for ordinal in unit.definition.decorators)

    def is_static(self, unit: Unit) -> bool:
        """Tell whether a method takes no instance as its first parameter; in script languages none does."""
        return unit.language != "python" or self.decorated(unit, "staticmethod")

    def is_property(self, unit: Unit) -> bool:
        """Tell whether reading the method's name calls it."""
        return any(self.decorated(unit, word) for word in PROPERTIES)

    def _is_setter(self, unit: Unit) -> bool:
        return any(self.decorated(unit, word) for word in SETTERS)

    # fields

    def field_writes(self, cls: Unit) -> dict[str, list[Node]]:
        """List what the methods of a class, and functions inside them, assign to each attribute of their first parameter."""
        known = self._writes.get(cls)
        if known is not None:
            return known
        writes: dict[str, list[Node]] = {}
        self._writes[cls] = writes
        for method in cls.children.values():
            own = _self_name(method)
            for unit in (method, *method.children.values()):
                for ordinal in unit.local.attribute_binds:
                    fact = unit.facts[ordinal]
                    target = unit.facts[fact.base]
                    if type(target) is f.Read and target.name == own:
                        writes.setdefault(fact.name, []).append((unit, fact.value))
        return writes


def _self_name(method: Unit) -> str:
    if method.language != "python":
        return "this"
    first = method.facts[0] if method.facts else None
    return first.name if type(first) is f.Parameter else ""
