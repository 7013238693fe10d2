"""What is written from elsewhere: to fields from outside their class, to a module's names from functions, into collections others read.

A place is a definition and a name in it: a module's global, a class's field or variable, a local that inner functions share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from threatline.facts import model as f
from threatline.program.arguments import match_argument
from threatline.program.callees import Callees
from threatline.program.classes import BOUND_TO_CLASS, Classes
from threatline.program.names import Names, enclosing_class
from threatline.program.references import Values
from threatline.program.units import Node, Unit
from threatline.source.tests import is_test

Place = tuple[Unit, str]

MOST_WRITES = 60
MOST_ALIASES = 3
ROUNDS = 3
"""How many functions deep a collection may be passed before something is put into it."""

_ALIASES = frozenset({f.Read, f.Attribute})


class Places:
    """Keeps, by place, what is assigned to it from elsewhere and what is put into the collection it holds.

    `assigned` lists values; `put` lists mutations (`a[k] = v`, `a.append(v)`), each with the number of items between the place and what is
    mutated (`a[i].append(v)` has one); `put_from` tells from where on a local holds what a callee puts into it. Collections that a call
    gives are given up.
    """

    def __init__(self, values: Values, names: Names, classes: Classes) -> None:
        self.classes = classes
        self.values = values
        self.names = names
        self.assigned: dict[Place, list[Node]] = {}
        self.put: dict[Place, list[tuple[Node, int]]] = {}
        self.put_from: dict[tuple[Place, Node], int] = {}
        self._open: list[tuple[Unit, int, bool]] | None = None
        self._given: dict[Node, list[tuple[Node, int]]] = {}

    def find(self) -> None:
        """Find all such writes; asked again, those whose object was not known before."""
        waiting = self._all() if self._open is None else self._open
        self._open = []
        for unit, ordinal, is_put in list(waiting):
            known = self._find_put(unit, ordinal) if is_put else self._find_assigned(unit, ordinal)
            if not known:
                self._open.append((unit, ordinal, is_put))

    def follow_arguments(self, callers: Mapping[Unit, list[tuple[Node, int]]], callees: Callees) -> None:
        """Find what functions put into collections that they are given: it is put into the collection of each caller."""
        for _ in range(ROUNDS):
            given, self._given = self._given, {}
            for (function, ordinal), puts in given.items():
                parameter = function.facts[ordinal]
                for (caller, call), skip in callers.get(function, ()):
                    arguments = callees.effective((caller, call)).arguments
                    for value in match_argument(arguments, parameter, ordinal - skip):
                        for put, depth in puts:
                            self._put_at(caller, value, put, depth, 0)

    def _all(self) -> list[tuple[Unit, int, bool]]:
        found: list[tuple[Unit, int, bool]] = []
        for unit in self.values.units.values():
            for name in unit.local.declared:
                scopes = [scope for scope, _ in self.names.free(unit, name)] or [unit.module]
                for scope in scopes:
                    self.assigned.setdefault((scope, name), []).extend((unit, ordinal) for ordinal in unit.local.binds.get(name, ()))
            own = own_name(unit)
            found += [(unit, o, False) for o in unit.local.attribute_binds if not own or not _is_read_of(unit, unit.facts[o].base, own)]
            found += [(unit, o, False) for o in unit.local.sets]
            found += [(unit, o, True) for o in unit.local.puts]
        return found

    def _find_assigned(self, unit: Unit, ordinal: int) -> bool:
        fact = unit.facts[ordinal]
        if type(fact) is f.BindAttribute:
            base, name, value = fact.base, fact.name, fact.value
        else:
            base, key, value = (argument.value for argument in fact.arguments)
            name = unit.facts[key].value if type(unit.facts[key]) is f.Literal else ""
        owners = self._owners(unit, base)
        elsewhere = [owner for owner in owners if name not in owner.local.annotations or not self._is_made_here(unit, base)]
        for owner in _in_earnest(unit, elsewhere):
            _add(self.assigned.setdefault((owner, name), []), (unit, value))
        return bool(owners)

    def _is_made_here(self, unit: Unit, base: int) -> bool:
        """Tell whether an object is a new one, or a member of a new collection, of this function: its own ways out show what is written."""
        while type(unit.facts[base]) is f.Item:
            base = unit.facts[base].base
        if type(unit.facts[base]) is not f.Read or unit.kind != "function" or _is_shared(unit, unit.facts[base].name):
            return False
        origins = [unit.facts[origin] for origin in unit.local.reads.get(base, ())]
        made = [unit.facts[origin.value] for origin in origins if type(origin) is f.Bind]
        return bool(made) and all(
            type(one) is f.Collection or (type(one) is f.Call and self._constructs(unit, one)) for one in made
        ) and all(type(origin) is not f.Parameter for origin in origins)

    def _constructs(self, unit: Unit, fact: f.Call) -> bool:
        return any(kind == "def" and what.kind == "class" for kind, what in self.values.of((unit, fact.callee)))

    def _find_put(self, unit: Unit, ordinal: int) -> bool:
        fact = unit.facts[ordinal]
        base = fact.base if type(fact) is f.BindItem else unit.facts[fact.callee].base
        depth = 0
        while type(unit.facts[base]) is f.Item:
            base, depth = unit.facts[base].base, depth + 1
        return self._put_at(unit, base, (unit, ordinal), depth, 0)

    def _put_at(self, unit: Unit, base: int, put: Node, depth: int, aliases: int) -> bool:
        """Record a mutation of the collection that a value is; tell whether its places are known."""
        target = unit.facts[base]
        places: list[Place] = []
        known = False
        if type(target) is f.Attribute:
            places = [(self._holder(owner, target.name), target.name) for owner in self._owners(unit, target.base)]
        elif type(target) is f.Read:
            places = [place for place in self.of_name(unit, base) if put[0] is not unit or place[0] is not unit or unit.kind != "function"]
            if put[0] is not unit and base in unit.local.reads:
                places.append((unit, target.name))
                since = ((unit, target.name), put)
                self.put_from[since] = min(base, self.put_from.get(since, base))
            for origin in unit.local.reads.get(base, ()):
                fact = unit.facts[origin]
                if type(fact) is f.Parameter:
                    _add(self._given.setdefault((unit, origin), []), (put, depth))
                    known = True
                elif type(fact) is f.Bind and aliases < MOST_ALIASES and type(unit.facts[fact.value]) in _ALIASES:
                    known |= self._put_at(unit, fact.value, put, depth, aliases + 1)
        else:
            return True
        for place in places:
            if _in_earnest(unit, [place[0]]):
                _add(self.put.setdefault(place, []), (put, depth))
        return known or bool(places) or (type(target) is f.Read and base in unit.local.reads)

    def _holder(self, owner: Unit, name: str) -> Unit:
        """Find the class that an inherited class variable belongs to: its collection is one for all that derive from it."""
        if owner.kind != "class" or name in owner.local.final:
            return owner
        above = (unit for unit in self.classes.lineage(owner)[0] if name in unit.local.final)
        return next(above, owner)

    def _owners(self, unit: Unit, base: int) -> list[Unit]:
        found: list[Unit] = []
        for kind, what in self.values.of((unit, base)):
            if kind in {"inst", "sub"} or (kind == "def" and what.kind == "class"):
                found.append(what)
            elif kind == "module" and (what, "") in self.values.units:
                found.append(self.values.units[what, ""])
        return found

    def of_name(self, unit: Unit, read: int) -> Iterator[Place]:
        """List the shared places that a name means where it is read; none for what only this definition sees."""
        name = unit.facts[read].name
        if read in unit.local.reads and name not in unit.local.declared:
            if unit.kind in {"module", "class"} or unit.children or (unit, name) in self.put:
                yield from self.of_bindings(unit, name, unit.local.reads[read])
            return
        scopes = self.names.free(unit, name)
        for scope, ordinals in scopes:
            yield from self.of_bindings(scope, name, ordinals)
        if not scopes and name in unit.local.declared:
            yield unit.module, name

    def of_bindings(self, scope: Unit, name: str, ordinals: tuple[int, ...]) -> Iterator[Place]:
        """List the places of a name as it is bound in its scope: there, or in the module it is imported from."""
        yield scope, name
        for ordinal in ordinals:
            fact = scope.facts[ordinal]
            value = scope.facts[fact.value] if type(fact) is f.Bind else None
            if type(value) is f.Import and value.name not in {"", "*"}:
                module = self.imported(scope, value)
                if module is not None:
                    yield module, value.name

    def imported(self, scope: Unit, fact: f.Import) -> Unit | None:
        """Find the first-party module that an imported name comes from."""
        file = self.names.modules.relative(scope.file, fact.module, scope.language)[0]
        return self.values.units.get((file, "")) if file else None


def _is_read_of(unit: Unit, ordinal: int, name: str) -> bool:
    fact = unit.facts[ordinal]
    return type(fact) is f.Read and bool(fact.name == name)


def _is_shared(unit: Unit, name: str) -> bool:
    return any(type(fact) is f.Read and fact.name == name for child in unit.children.values() for fact in child.facts)


def own_name(unit: Unit) -> str:
    """Give the name under which a method, or a function inside one, knows the object ("" elsewhere)."""
    method = unit if unit.parent is None or unit.parent.kind == "class" else unit.parent
    if unit.language != "python":
        return "this" if enclosing_class(unit) is not None else ""
    if method.parent is None or method.parent.kind != "class":
        return ""
    if method.name in BOUND_TO_CLASS or Classes.decorated(method, "classmethod"):
        return ""
    first = method.facts[0] if method.facts else None
    return first.name if type(first) is f.Parameter else ""


def _in_earnest(unit: Unit, owners: list[Unit]) -> list[Unit]:
    """Leave out what a test puts into the program for as long as it runs."""
    return [owner for owner in owners if is_test(owner.file)] if is_test(unit.file) else owners


def _add(there: list[Any], new: Any) -> None:
    if len(there) < MOST_WRITES and new not in there:
        there.append(new)
