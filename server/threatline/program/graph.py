"""The value graph, read backwards: where a value comes from, one step at a time. No labels, no security.

A query is a value and the fields still to be taken from it (`x.a["b"]` asks for ("a", "b") of x). Members of unknown index are "[]".
Fields keep different parts of one object apart; beyond `DEEPEST_FIELD` the innermost are dropped, which only adds paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from threatline.facts import model as f
from threatline.program.arguments import match_argument
from threatline.program.calls import CONTAINER_METHODS
from threatline.program.program import Program
from threatline.program.scopes import MUTATORS
from threatline.program.units import Node, Unit

DEEPEST_FIELD = 4
MEMBER = "[]"
Fields = tuple[str, ...]

PREDICATES = frozenset(
    {"==", "!=", "<", ">", "<=", ">=", "in", "not-in", "is", "is-not", "not", "===", "!==", "instanceof", "typeof", "delete", "void"}
)
PRESERVING = frozenset({"or", "and", "||", "&&", "??", "|"})
ITEM_VIEWS = frozenset({"values", "copy", "items", "keys", "deepcopy"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step back: to `node`, of which `fields` are wanted.

    `how`: same (a name, a field), text (became a part of text), argument / receiver (of an outside call, `name` tells which argument),
    construct (an argument of a first-party constructor), return (into a callee, at `call`), parameter (out to a caller, at `call`), heap
    (written elsewhere to the same field), member (a part of a collection).
    """

    node: Node
    fields: Fields
    how: str
    name: str = ""
    call: Node | None = None


class ValueGraph:
    """Steps back over a program's values."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.resolver = program.resolver
        self._before: dict[tuple[Node, Fields], list[Step]] = {}
        self._passed: dict[Node, list[tuple[Node, Node, str]]] = {}

    def before(self, node: Node, fields: Fields) -> list[Step]:
        """List the steps back from a value; none where it is made here (a literal, a parameter: see `passed`)."""
        key = (node, fields)
        known = self._before.get(key)
        if known is None:
            known = self._before[key] = list(self.steps(node, fields))
        return known

    def steps(self, node: Node, fields: Fields) -> Iterable[Step]:
        """Take the steps back from a value, as `before` does, without remembering them."""
        unit, ordinal = node
        fact = unit.facts[ordinal]
        handler = _STEPS.get(type(fact))
        return handler(self, unit, ordinal, fact, fields) if handler else ()

    def is_even(self, node: Node) -> bool:
        """Tell whether the steps back are the same whatever fields are wanted: each wants those same fields, or none.

        False where that would take a closer look.
        """
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Read:
            return all(type(unit.facts[origin]) in _BINDINGS for origin in unit.local.reads.get(ordinal, ()))
        if kind is f.Call:
            return self._is_even_call(node, fact)
        return kind in _EVEN

    def _is_even_call(self, node: Node, fact: f.Call) -> bool:
        unit = node[0]
        if any(kind == "def" and what.kind == "class" for kind, what in self.resolver.of((unit, fact.callee))):
            return False
        targets = [target for target, _ in self.program.callees(node) if target.name != "__init__"]
        if targets:
            return not any(target.local.yields for target in targets)
        callee = unit.facts[fact.callee]
        return type(callee) is not f.Attribute or callee.name not in CONTAINER_METHODS or not fact.arguments

    # names

    def _read(self, unit: Unit, ordinal: int, fact: f.Read, fields: Fields) -> Iterator[Step]:
        local = unit.local.reads.get(ordinal)
        if local is not None and fact.name not in unit.local.declared:
            for origin in local:
                yield from self._binding(unit, origin, fields, "same")
            return
        found = self.resolver.free(unit, fact.name)
        for scope, ordinals in found:
            for origin in ordinals:
                yield from self._binding(scope, origin, fields, "heap" if scope.kind in {"module", "class"} else "same")
        if not found:
            yield from self._through_references((unit, ordinal), fields)

    def _binding(self, unit: Unit, ordinal: int, fields: Fields, how: str) -> Iterator[Step]:
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Bind:
            yield Step((unit, fact.value), fields, how)
        elif kind is f.Parameter:
            yield Step((unit, ordinal), fields, how)
        elif kind is f.BindItem:
            yield from self._mutation((unit, fact.value), self._key(unit, fact.key), fields, how)
        elif kind is f.BindAttribute:
            yield from self._mutation((unit, fact.value), fact.name, fields, how)
        elif kind is f.Call and (not fields or fields[0] == MEMBER or fields[0].isdigit()):
            # What is put into a collection is a member of it, at a place that is not known.
            for argument in fact.arguments:
                yield Step((unit, argument.value), fields[1:], "member", argument.name)

    @staticmethod
    def _mutation(value: Node, key: str, fields: Fields, how: str) -> Iterator[Step]:
        if not fields:
            yield Step(value, (), "member")
        elif key == MEMBER or fields[0] in {key, MEMBER}:
            yield Step(value, fields[1:], how)

    def _bind(self, unit: Unit, ordinal: int, fact: f.Bind, fields: Fields) -> Iterator[Step]:
        yield Step((unit, fact.value), fields, "same")

    def _import(self, unit: Unit, ordinal: int, fact: f.Import, fields: Fields) -> Iterator[Step]:
        if fact.name and fact.name != "*":
            yield from self._imported(unit.file, fact.module, fact.name, unit.language, fields)

    def _imported(self, file: str, module: str, name: str, language: str, fields: Fields, depth: int = 0) -> Iterator[Step]:
        target, _ = self.program.modules.relative(file, module, language)
        scope = self.program.units.get((target, "")) if target else None
        if scope is None or depth > 8:
            return
        ordinals = self.resolver.exported(scope, name)
        for origin in ordinals:
            yield Step((scope, origin), fields, "heap")
        if not ordinals:
            for star in scope.local.stars:
                yield from self._imported(scope.file, scope.facts[star].module, name, language, fields, depth + 1)

    def _export(self, unit: Unit, ordinal: int, fact: f.Export, fields: Fields) -> Iterator[Step]:
        yield Step((unit, fact.value), fields, "same")

    def _through_references(self, node: Node, fields: Fields) -> Iterator[Step]:
        unit = node[0].module
        for star in unit.local.stars:
            fact = unit.facts[star]
            yield from self._imported(unit.file, fact.module, node[0].facts[node[1]].name, unit.language, fields)

    # fields

    def _key(self, unit: Unit, ordinal: int) -> str:
        return self.resolver.constant_key(unit, ordinal) or MEMBER

    def _attribute(self, unit: Unit, ordinal: int, fact: f.Attribute, fields: Fields) -> Iterator[Step]:
        yield from self.field((unit, fact.base), fact.name, fields)

    def field(self, base: Node, name: str, fields: Fields) -> Iterator[Step]:
        """Step back from `base.name`: to what methods write there where the object is first-party, else to the object.

        A field that a record declares (dataclass, model) is looked for in the object itself, so that one record's values do not become
        another's.
        """
        found = False
        for kind, what in self.resolver.of(base):
            if kind in {"inst", "sub"} or (kind == "def" and what.kind == "class"):
                for step in self._written(what, name, fields, kind):
                    found = name not in what.local.annotations
                    yield step
            elif kind == "module":
                scope = self.program.units.get((what, ""))
                for step in self._exported(scope, name, fields) if scope is not None else ():
                    found = True
                    yield step
        if not found:
            yield Step(base, (name, *fields)[:DEEPEST_FIELD], "same", name)

    def _exported(self, module: Unit, name: str, fields: Fields) -> Iterator[Step]:
        for origin in self.resolver.exported(module, name):
            yield Step((module, origin), fields, "heap")

    def _written(self, cls: Unit, name: str, fields: Fields, kind: str) -> Iterator[Step]:
        owners = [*self.resolver.lineage(cls)[0], *(self.resolver.descendants(cls) if kind == "sub" else ())]
        for owner in owners:
            method = self.resolver.method(owner, name)
            if method is not None and self.resolver.is_property(method):
                yield from self._returns(method, fields, None)
            for node in self.resolver.field_writes(owner).get(name, ()):
                yield Step(node, fields, "heap")
            for origin in owner.local.final.get(name, ()):
                value = owner.facts[origin]
                if type(value) is f.Bind and type(owner.facts[value.value]) is not f.Define:
                    yield Step((owner, origin), fields, "heap")

    def _item(self, unit: Unit, ordinal: int, fact: f.Item, fields: Fields) -> Iterator[Step]:
        if fact.key < 0:
            yield Step((unit, fact.base), fields, "same")
            return
        yield Step((unit, fact.base), (self._key(unit, fact.key), *fields)[:DEEPEST_FIELD], "same")

    def _unpack(self, unit: Unit, ordinal: int, fact: f.Unpack, fields: Fields) -> Iterator[Step]:
        key = fact.key or (str(fact.index) if fact.index >= 0 else MEMBER)
        yield Step((unit, fact.value), (key, *fields)[:DEEPEST_FIELD], "same")

    def _iterate(self, unit: Unit, ordinal: int, fact: f.Iterate, fields: Fields) -> Iterator[Step]:
        yield Step((unit, fact.value), (MEMBER, *fields)[:DEEPEST_FIELD], "same")

    def _enter(self, unit: Unit, ordinal: int, fact: f.Enter, fields: Fields) -> Iterator[Step]:
        yield Step((unit, fact.value), fields, "same")

    # made from parts

    def _template(self, unit: Unit, ordinal: int, fact: f.Template, fields: Fields) -> Iterator[Step]:
        for part in fact.parts:
            yield Step((unit, part), (), "text")

    def _operation(self, unit: Unit, ordinal: int, fact: f.Operation, fields: Fields) -> Iterator[Step]:
        if fact.operator in PREDICATES:
            return
        if fact.operator == "if-else":
            for operand in fact.operands[1:]:
                yield Step((unit, operand), fields, "same")
        elif fact.operator in PRESERVING:
            for operand in fact.operands:
                yield Step((unit, operand), fields, "same")
        else:
            for operand in fact.operands:
                joined = fact.operator == "+" and fields
                yield Step((unit, operand), fields if joined else (), "text")

    def _collection(self, unit: Unit, ordinal: int, fact: f.Collection, fields: Fields) -> Iterator[Step]:
        for index, element in enumerate(fact.elements):
            if element.spread:
                yield Step((unit, element.value), fields, "same")
            elif not fields:
                yield Step((unit, element.value), (), "member")
            elif fact.shape == "dict":
                key = self._key(unit, element.key) if element.key >= 0 else MEMBER
                if key == MEMBER or fields[0] in {key, MEMBER}:
                    yield Step((unit, element.value), fields[1:], "same")
            elif fact.generated or fields[0] in {MEMBER, str(index)} or not fields[0].isdigit():
                yield Step((unit, element.value), fields[1:], "same")

    # calls

    def _call(self, unit: Unit, ordinal: int, fact: f.Call, fields: Fields) -> Iterator[Step]:
        call = (unit, ordinal)
        stepped = False
        for kind, what in self.resolver.of((unit, fact.callee)):
            if kind == "def" and what.kind == "class":
                stepped = True
                yield from self._construct(what, call, fact, fields)
        for target, _ in self.program.callees(call):
            if target.name != "__init__":
                stepped = True
                yield from self._returns(target, fields, call)
        if not stepped:
            yield from self._outside(unit, ordinal, fact, fields)

    def _returns(self, function: Unit, fields: Fields, call: Node | None) -> Iterator[Step]:
        how = "return" if call else "heap"
        for ordinal in function.local.returns:
            value = function.facts[ordinal].value
            if value >= 0:
                yield Step((function, value), fields, how, call=call)
        for ordinal in function.local.yields:
            fact = function.facts[ordinal]
            inner = fields if fact.each else fields[1:] if fields and fields[0] == MEMBER else fields
            if fact.value >= 0:
                yield Step((function, fact.value), inner, how, call=call)

    def _construct(self, cls: Unit, call: Node, fact: f.Call, fields: Fields) -> Iterator[Step]:
        lineage = self.resolver.lineage(cls)[0]
        init = next((m for owner in lineage if (m := self.resolver.method(owner, "__init__"))), None)
        if not fields:
            # A record is the sum of its fields (it may be dumped or printed); another object as a whole is no data.
            for argument in fact.arguments if init is None else ():
                yield Step((call[0], argument.value), (), "construct", argument.name)
            return
        if init is not None:
            for owner in lineage:
                for node in self.resolver.field_writes(owner).get(fields[0], ()):
                    yield Step(node, fields[1:], "return" if node[0] is init else "heap", call=call if node[0] is init else None)
            return
        order = [name for owner in reversed(lineage) for name in owner.local.annotations]
        index = order.index(fields[0]) if fields[0] in order else -1
        for value in match_argument(fact.arguments, f.Parameter(fields[0]), index):
            spread = any(a.value == value and a.name == "**" for a in fact.arguments)
            yield Step((call[0], value), fields if spread else fields[1:], "construct")

    def _outside(self, unit: Unit, ordinal: int, fact: f.Call, fields: Fields) -> Iterator[Step]:
        callee = unit.facts[fact.callee]
        receiver = callee.base if type(callee) is f.Attribute else -1
        if receiver >= 0 and callee.name in CONTAINER_METHODS and fact.arguments:
            key = self.resolver.constant_key(unit, fact.arguments[0].value)
            # What is looked up in a table that is written down here is the table's; the key only chooses.
            if key is not None or self.resolver.members((unit, receiver), None):
                yield Step((unit, receiver), (key or MEMBER, *fields)[:DEEPEST_FIELD], "receiver")
                for argument in fact.arguments[1:2]:
                    yield Step((unit, argument.value), fields, "argument", argument.name or "1")
                return
        if receiver >= 0 and callee.name in ITEM_VIEWS and not fact.arguments:
            yield Step((unit, receiver), fields, "receiver")
            return
        if receiver >= 0:
            yield Step((unit, receiver), (), "receiver")
        for index, argument in enumerate(fact.arguments):
            functions = self.program.functions_in((unit, argument.value))
            for function in functions:
                yield from self._returns(function, (), (unit, ordinal))
            if not functions:
                yield Step((unit, argument.value), (), "argument", argument.name or str(index))

    # parameters

    def passed(self, node: Node) -> list[tuple[Node, Node, str]]:
        """List what is passed to a parameter: (value, call, how), `how` being parameter or callback."""
        known = self._passed.get(node)
        if known is None:
            known = self._passed[node] = self._find_passed(node)
        return known

    def _find_passed(self, node: Node) -> list[tuple[Node, Node, str]]:
        unit, ordinal = node
        parameter = unit.facts[ordinal]
        found: list[tuple[Node, Node, str]] = []
        for (caller, call), skip in self.program.callers.get(unit, ()):
            values = match_argument(caller.facts[call].arguments, parameter, ordinal - skip)
            found += [((caller, value), (caller, call), "parameter") for value in values]
            if ordinal < skip:
                callee = caller.facts[caller.facts[call].callee]
                if type(callee) is f.Attribute:
                    found.append(((caller, callee.base), (caller, call), "parameter"))
        for caller, call in self.program.callbacks.get(unit, ()):
            fact = caller.facts[call]
            others = [a.value for a in fact.arguments if unit not in self.program.functions_in((caller, a.value))]
            found += [((caller, value), (caller, call), "callback") for value in others]
            callee = caller.facts[fact.callee]
            if type(callee) is f.Attribute and callee.name not in MUTATORS:
                found.append(((caller, callee.base), (caller, call), "callback"))
        return found


_BINDINGS = frozenset({f.Bind, f.Parameter})
_EVEN = frozenset({f.Bind, f.Import, f.Export, f.Enter, f.Template, f.Operation})

_STEPS: dict[type, Callable[..., Iterator[Step]]] = {
    f.Read: ValueGraph._read, f.Bind: ValueGraph._bind, f.Import: ValueGraph._import, f.Export: ValueGraph._export,
    f.Attribute: ValueGraph._attribute, f.Item: ValueGraph._item, f.Unpack: ValueGraph._unpack, f.Iterate: ValueGraph._iterate,
    f.Enter: ValueGraph._enter, f.Template: ValueGraph._template, f.Operation: ValueGraph._operation,
    f.Collection: ValueGraph._collection, f.Call: ValueGraph._call,
}  # fmt: skip
