"""The value graph, read backwards: where a value comes from, one step at a time. No labels, no security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from threatline.facts import model as f
from threatline.program.members import constant_key
from threatline.program.passing import Passing
from threatline.program.places import Place, own_name
from threatline.program.program import Program
from threatline.program.results import Results, given
from threatline.program.scopes import in_one_loop
from threatline.program.steps import MEMBER, Fields, Step, deeper
from threatline.program.units import Node, Unit

PREDICATES = frozenset(
    {"==", "!=", "<", ">", "<=", ">=", "in", "not-in", "is", "is-not", "not", "===", "!==", "instanceof", "typeof", "delete", "void"}
)
JOINED = frozenset({"update", "extend"})
"""Mutators whose argument is a collection: its members become members."""

KEYED = frozenset({"setdefault", "set"})
PRESERVING = frozenset({"or", "and", "||", "&&", "??", "|"})


class ValueGraph:
    """Steps back over a program's values, memoized.

    It promises a step to every binding that may reach a name, to every write of a field, also from outside its class, to what is put into
    a collection by its name or field, into first-party callees and out to callers, and through other people's calls to all they are given.
    It gives up what is put into collections that are reached by another name, or by a parameter.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.resolver = program.resolver
        self.places = program.resolver.places
        self.results = Results(program)
        passing = Passing(program, self.steps)
        self.passed, self.passed_at = passing.passed, passing.passed_at
        self._made: dict[Unit, list[tuple[Unit, f.Call]]] | None = None
        self._before: dict[tuple[Node, Fields], list[Step]] = {}
        self._steppers: dict[type, Callable[[Unit, int, Any, Fields], list[Step]]] = {
            f.Read: self._read, f.Bind: self._to_value, f.Export: self._to_value, f.Enter: self._enter, f.Import: self._import,
            f.Attribute: self._attribute, f.Item: self._item, f.Unpack: self._unpack, f.Iterate: self._iterate,
            f.Template: self._template, f.Operation: self._operation, f.Collection: self._collection, f.Call: self.results.steps,
        }  # fmt: skip

    def before(self, node: Node, fields: Fields) -> list[Step]:
        """List the steps back from a value; none where it is made here (a literal, a parameter: see `passed`)."""
        key = (node, fields)
        known = self._before.get(key)
        if known is None:
            known = self._before[key] = self.steps(node, fields)
        return known

    def steps(self, node: Node, fields: Fields) -> list[Step]:
        """List the steps back from a value, as `before` does, without remembering them."""
        unit, ordinal = node
        fact = unit.facts[ordinal]
        stepper = self._steppers.get(type(fact))
        return stepper(unit, ordinal, fact, fields) if stepper is not None else []

    def is_even(self, node: Node) -> bool:
        """Tell whether the steps back are the same whatever fields are wanted: each wants those same fields, or none.

        False where that would take a closer look.
        """
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Read:
            local = unit.local.reads.get(ordinal)
            if local is not None and fact.name not in unit.local.declared:
                return (unit, fact.name) not in self.places.put and all(type(unit.facts[origin]) in _BINDINGS for origin in local)
            return not any((scope, fact.name) in self.places.put for scope, _ in self.resolver.free(unit, fact.name))
        if kind is f.Import:
            module = self.places.imported(unit, fact) if fact.name else None
            return module is None or (module, fact.name) not in self.places.put
        if kind is f.Call:
            return self.results.is_even(unit, ordinal, fact)
        return kind in _EVEN

    # names

    def _read(self, unit: Unit, ordinal: int, fact: f.Read, fields: Fields) -> list[Step]:
        found: list[Step] = []
        local = unit.local.reads.get(ordinal)
        if local is not None and fact.name not in unit.local.declared:
            for origin in local:
                self._binding(found, unit, origin, fields, "same")
            if unit.children and unit.kind != "module":
                found += [Step(node, fields, "heap") for node in self.places.assigned.get((unit, fact.name), ())]
            self._put_elsewhere(found, unit, ordinal, fact.name, fields)
            return found
        free = self.resolver.free(unit, fact.name)
        for scope, ordinals in free:
            how = "heap" if scope.kind in {"module", "class"} else "same"
            for origin in ordinals:
                self._binding(found, scope, origin, fields, how)
            self._shared(found, (scope, fact.name), fields)
        return found if free else self._starred(unit.module, fact.name, fields, 0)

    def _binding(self, found: list[Step], unit: Unit, ordinal: int, fields: Fields, how: str) -> None:
        """Add the steps to a binding or a mutation of a name."""
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Bind:
            found.append(Step((unit, fact.value), fields, how))
        elif kind is f.Parameter:
            found.append(Step((unit, ordinal), fields, how))
        elif kind is f.BindItem:
            self._mutation(found, (unit, fact.value), _key(unit, fact.key), fields, how)
        elif kind is f.BindAttribute:
            self._mutation(found, (unit, fact.value), fact.name, fields, how)
        elif kind is f.Call:
            self._put(found, unit, fact, fields, how)

    @staticmethod
    def _put(found: list[Step], unit: Unit, fact: f.Call, fields: Fields, how: str) -> None:
        """Add the steps to what a call puts into its receiver."""
        method = unit.facts[fact.callee].name
        if method in JOINED:
            for argument in fact.arguments:
                if not argument.name or argument.name == "**":
                    found.append(Step((unit, argument.value), fields, "member" if not fields else how))
                elif not fields or argument.name == fields[0]:
                    found.append(Step((unit, argument.value), fields[1:], "member"))
            return
        if method in KEYED and len(fact.arguments) > 1:
            key = _key(unit, fact.arguments[0].value)
            ValueGraph._mutation(found, (unit, fact.arguments[1].value), key, fields, how)
            return
        if not fields or fields[0] == MEMBER or fields[0].isdigit():
            # What is put into a collection is a member of it, at a place that is not known.
            found += [Step((unit, argument.value), fields[1:], "member", argument.name) for argument in fact.arguments]

    def _put_elsewhere(self, found: list[Step], unit: Unit, read: int, name: str, fields: Fields) -> None:
        """Add the steps to what other definitions have put into a local's collection; its own are read in order."""
        for put, between in self.places.put.get((unit, name), ()):
            if put[0] is not unit and (between <= len(fields) or not fields):
                since = self.places.put_from.get(((unit, name), put), -1)
                if read > since or in_one_loop(unit.facts, read, since):
                    self._binding(found, *put, fields[between:], "heap")

    def _shared(self, found: list[Step], place: Place, fields: Fields) -> None:
        """Add the steps to what others assign to a place, or put into the collection it holds."""
        found += [Step(node, fields, "heap") for node in self.places.assigned.get(place, ())]
        for (writer, ordinal), between in self.places.put.get(place, ()):
            if between <= len(fields) or not fields:
                self._binding(found, writer, ordinal, fields[between:], "heap")

    @staticmethod
    def _mutation(found: list[Step], value: Node, key: str, fields: Fields, how: str) -> None:
        if not fields:
            found.append(Step(value, (), "member"))
        elif key == MEMBER or fields[0] in {key, MEMBER}:
            found.append(Step(value, fields[1:], how))

    def _to_value(self, unit: Unit, ordinal: int, fact: f.Bind | f.Export | f.Enter, fields: Fields) -> list[Step]:
        return [Step((unit, fact.value), fields, "same")]

    def _enter(self, unit: Unit, ordinal: int, fact: f.Enter, fields: Fields) -> list[Step]:
        """Step to what entering gives: what the manager's class says, else the manager itself."""
        found: list[Step] = []
        for method in self._asked(unit, fact.value, ("__enter__", "__aenter__")):
            found += given(method, fields, "heap")
        return [*found, Step((unit, fact.value), fields, "same")]

    def _asked(self, unit: Unit, ordinal: int, methods: tuple[str, ...]) -> list[Unit]:
        """List the methods of these names that a first-party object has."""
        classes = [what for kind, what in self.resolver.of((unit, ordinal)) if kind in {"inst", "sub"}]
        found = [self.resolver.classes.inherited(cls, name) for cls in classes for name in methods]
        return [method for method in found if method is not None]

    def _import(self, unit: Unit, ordinal: int, fact: f.Import, fields: Fields) -> list[Step]:
        if not fact.name and unit.language != "python":
            # A module taken whole is an object of what it exports, or what it assigns to `module.exports`.
            return self._imported(unit, fact.module, fields[0] if fields else "default", fields[1:], 0)
        return self._imported(unit, fact.module, fact.name, fields, 0) if fact.name and fact.name != "*" else []

    def _imported(self, importer: Unit, module: str, name: str, fields: Fields, depth: int) -> list[Step]:
        target, _ = self.program.modules.relative(importer.file, module, importer.language)
        scope = self.program.units.get((target, "")) if target else None
        if scope is None or depth > DEEPEST_STAR:
            return []
        return self._exported(scope, name, fields) or self._starred(scope, name, fields, depth + 1)

    def _starred(self, module: Unit, name: str, fields: Fields, depth: int) -> list[Step]:
        found: list[Step] = []
        for star in module.local.stars:
            found += self._imported(module, module.facts[star].module, name, fields, depth)
        return found

    def _exported(self, module: Unit, name: str, fields: Fields) -> list[Step]:
        found = [Step((module, origin), fields, "heap") for origin in self.resolver.exported(module, name)]
        self._shared(found, (module, name), fields)
        return found

    # fields

    def _attribute(self, unit: Unit, ordinal: int, fact: f.Attribute, fields: Fields) -> list[Step]:
        """Step back from `base.name`: to what methods write there where the object is first-party, else to the object.

        A field that a record declares (dataclass, model) is looked for in the object itself too, so that one record's values do not become
        another's.
        """
        base: Node = (unit, fact.base)
        name = fact.name
        found: list[Step] = []
        settled = False
        for kind, what in self.resolver.of(base):
            steps: list[Step] = []
            if kind in {"inst", "sub"} or (kind == "def" and what.kind == "class"):
                steps = self._written(what, name, fields, kind)
                settled = name not in what.local.annotations if steps else settled
            elif kind == "module":
                scope = self.program.units.get((what, ""))
                steps = self._exported(scope, name, fields) if scope is not None else []
                settled = settled or bool(steps)
            found += steps
        if not settled:
            found.append(Step(base, deeper(name, fields), "same", name))
            found += self._given_to_self(unit, fact, fields)
        return found

    def _given_to_self(self, unit: Unit, fact: f.Attribute, fields: Fields) -> list[Step]:
        """Step from a declared field of `self` in a record's own method to what the record is made with, as a constructor would take it."""
        own, read = own_name(unit), unit.facts[fact.base]
        method = unit if unit.parent is None or unit.parent.kind == "class" else unit.parent
        cls = method.parent
        if not own or cls is None or type(read) is not f.Read or read.name != own or cls.kind != "class":
            return []
        if not any(fact.name in owner.local.annotations for owner in self.resolver.lineage(cls)[0]):
            return []
        wanted = deeper(fact.name, fields)
        return [step for made in self._makings().get(cls, ()) for step in self.results.record_steps(cls, *made, wanted)]

    def _makings(self) -> dict[Unit, list[tuple[Unit, f.Call]]]:
        """List the calls that make records, by class: classes whose fields are filled without a constructor of their own."""
        if self._made is None:
            self._made = {}
            for unit, ordinal in self.program.calls():
                fact = unit.facts[ordinal]
                for kind, what in self.resolver.of((unit, fact.callee)) if fact.arguments else ():
                    if kind == "def" and what.kind == "class" and self.results.is_record(what):
                        self._made.setdefault(what, []).append((unit, fact))
        return self._made

    def _written(self, cls: Unit, name: str, fields: Fields, kind: str) -> list[Step]:
        resolver = self.resolver
        found: list[Step] = []
        for owner in [*resolver.lineage(cls)[0], *(resolver.descendants(cls) if kind == "sub" else ())]:
            method = resolver.method(owner, name)
            if method is not None and resolver.is_property(method):
                found += given(method, fields, "heap")
            found += [Step(node, fields, "heap") for node in resolver.field_writes(owner).get(name, ())]
            self._shared(found, (owner, name), fields)
            for origin in owner.local.final.get(name, ()):
                value = owner.facts[origin]
                if type(value) is f.Bind and type(owner.facts[value.value]) is not f.Define:
                    found.append(Step((owner, origin), fields, "heap"))
        return found

    def _item(self, unit: Unit, ordinal: int, fact: f.Item, fields: Fields) -> list[Step]:
        return [Step((unit, fact.base), fields if fact.key < 0 else deeper(_key(unit, fact.key), fields), "same")]

    def _unpack(self, unit: Unit, ordinal: int, fact: f.Unpack, fields: Fields) -> list[Step]:
        key = fact.key or (str(fact.index) if fact.index >= 0 else MEMBER)
        return [Step((unit, fact.value), deeper(key, fields), "same")]

    def _iterate(self, unit: Unit, ordinal: int, fact: f.Iterate, fields: Fields) -> list[Step]:
        found = [Step((unit, fact.value), deeper(MEMBER, fields), "same")]
        for method in self._asked(unit, fact.value, ("__next__", "__anext__")):
            found += given(method, fields, "heap")
        for method in self._asked(unit, fact.value, ("__iter__", "__aiter__")):
            found += given(method, deeper(MEMBER, fields), "heap")
        return found

    # made from parts

    def _template(self, unit: Unit, ordinal: int, fact: f.Template, fields: Fields) -> list[Step]:
        return [Step((unit, part), (), "text") for part in fact.parts]

    def _operation(self, unit: Unit, ordinal: int, fact: f.Operation, fields: Fields) -> list[Step]:
        operator = fact.operator
        if operator in PREDICATES:
            return []
        if operator == "if-else":
            return [Step((unit, operand), fields, "same") for operand in fact.operands[1:]]
        if operator in PRESERVING:
            return [Step((unit, operand), fields, "same") for operand in fact.operands]
        return [Step((unit, operand), fields if operator == "+" else (), "text") for operand in fact.operands]

    def _collection(self, unit: Unit, ordinal: int, fact: f.Collection, fields: Fields) -> list[Step]:
        found: list[Step] = []
        for index, element in enumerate(fact.elements):
            value = (unit, element.value)
            if element.spread:
                found.append(Step(value, fields, "same"))
            elif not fields:
                found.append(Step(value, (), "member"))
            elif fact.shape == "dict":
                key = _key(unit, element.key)
                if key == MEMBER or fields[0] in {key, MEMBER}:
                    found.append(Step(value, fields[1:], "same"))
            elif fact.generated or fields[0] in {MEMBER, str(index)} or not fields[0].isdigit():
                found.append(Step(value, fields[1:], "same"))
        return found


def _key(unit: Unit, ordinal: int) -> str:
    return constant_key(unit, ordinal) or MEMBER


DEEPEST_STAR = 8

_BINDINGS = frozenset({f.Bind, f.Parameter})
_EVEN = frozenset({f.Bind, f.Export, f.Template, f.Operation})
