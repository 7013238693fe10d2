"""Calls: what they give, also those of Python's own that give something of their arguments."""

from __future__ import annotations

from collections.abc import Iterable

from threatline.facts import model as f
from threatline.program.annotations import Annotations
from threatline.program.attributes import Attributes
from threatline.program.callbacks import Callbacks
from threatline.program.classes import Classes
from threatline.program.forwarding import GIVES_RESULT
from threatline.program.members import Members, constant_key
from threatline.program.references import Reference, Values, whole
from threatline.program.returns import Returns
from threatline.program.units import Unit

CONTAINER_METHODS = frozenset({"get", "pop", "setdefault"})
BY_ANY_NAME = frozenset({"partial", "cast"})
MAKING_METHODS = frozenset(
    "model_validate model_validate_json model_validate_strings model_construct parse_obj parse_raw from_orm construct from_dict "
    "from_json".split()
)
"""Methods of record libraries that make an instance of the class they are called on."""
BUILT_IN = frozenset({"getattr", "super", "type"})


class Calls:
    """Resolves calls: instances of classes, results of functions, `…()` of other people's code."""

    def __init__(
        self, values: Values, classes: Classes, annotations: Annotations, returns: Returns, attributes: Attributes, members: Members,
        callbacks: Callbacks,
    ) -> None:
        self.callbacks = callbacks
        self.values = values
        self.classes = classes
        self.annotations = annotations
        self.returns = returns
        self.attributes = attributes
        self.members = members

    def of_call(self, unit: Unit, ordinal: int, fact: f.Call) -> list[Reference]:
        """Resolve what a call gives."""
        special = self.callbacks.given(unit, fact) or self._special(unit, fact)
        if special is not None:
            return special
        found: list[Reference] = []
        for kind, what in map(whole, self.values.of((unit, fact.callee))):
            if kind == "ext":
                found += self._made_by_class(unit, fact) or [("ext", f"{what}()")]
            elif kind == "def":
                found += [("inst", what)] if what.kind == "class" else self.returns.returned(what)
            elif kind in {"inst", "sub"}:
                found += self._instance_called(what)
        return self._passed_on(unit, ordinal, fact, found)

    def _made_by_class(self, unit: Unit, fact: f.Call) -> list[Reference]:
        """Resolve an instance that a first-party class makes by a method of its library base (`Plan.model_validate(data)`)."""
        callee = unit.facts[fact.callee]
        if type(callee) is not f.Attribute or callee.name not in MAKING_METHODS:
            return []
        return [("inst", what) for kind, what in self.values.of((unit, callee.base)) if kind == "def" and what.kind == "class"]

    def _passed_on(self, unit: Unit, ordinal: int, fact: f.Call, found: list[Reference]) -> list[Reference]:
        """Resolve what a function gives that other people's code runs elsewhere (`await asyncio.to_thread(f)`)."""
        callee = unit.facts[fact.callee]
        if getattr(callee, "name", "") not in GIVES_RESULT or any(kind != "ext" for kind, _ in found):
            return found
        run = unit.local.forwards.get(ordinal)
        if run is None:
            return found
        functions = [what for kind, what in self.values.of((unit, run.function)) if kind == "def" and what.kind != "class"]
        return [r for function in functions for r in self.returns.returned(function)] or found

    def _instance_called(self, cls: Unit) -> list[Reference]:
        method = self.classes.inherited(cls, "__call__")
        if method is not None:
            return self.returns.returned(method)
        return [("ext", f"{ext}()()") for ext in self.classes.lineage(cls)[1]]

    def of_enter(self, unit: Unit, ordinal: int, fact: f.Enter) -> list[Reference]:
        """Resolve what entering a context manager gives: what it says, else the manager itself."""
        found: list[Reference] = []
        for base in self.values.of((unit, fact.value)):
            if base[0] == "gen":
                found += self.returns.yielded(base[1])
            elif base[0] in {"inst", "sub"}:
                method = self._entering(base[1])
                found += (self.returns.returned(method) or [base]) if method else [base]
            else:
                found.append(base)
        return found

    def _entering(self, cls: Unit) -> Unit | None:
        for owner in self.classes.lineage(cls)[0]:
            method = self.classes.method(owner, "__enter__") or self.classes.method(owner, "__aenter__")
            if method is not None:
                return method
        return None

    # Python's own

    def _special(self, unit: Unit, fact: f.Call) -> list[Reference] | None:
        if fact.callee in unit.decorators:
            # A decorated definition is still that definition; what the decorator means is the catalog's matter.
            return list(self.values.of((unit, fact.arguments[0].value))) if fact.arguments else []
        callee = unit.facts[fact.callee]
        kind = type(callee)
        if unit.language != "python":
            if getattr(callee, "name", "") == "promisify" and len(fact.arguments) == 1:
                # The same function with its callback made a promise (`util.promisify`).
                return list(self.values.of((unit, fact.arguments[0].value)))
            viewed = self.members.viewed(unit, fact) if kind is f.Attribute else -1
            if viewed >= 0:
                return list(self.values.of((unit, viewed)))
            return self._built_in(unit, fact, "promisify") if getattr(callee, "name", "") == "promisify" else self._taken_out(unit, fact)
        if (kind is f.Read or kind is f.Attribute) and callee.name in BY_ANY_NAME:
            return self._built_in(unit, fact, callee.name)
        if kind is f.Read and callee.name in BUILT_IN and callee.name not in unit.module.local.final:
            return self._built_in(unit, fact, callee.name)
        return self._taken_out(unit, fact)

    def _taken_out(self, unit: Unit, fact: f.Call) -> list[Reference] | None:
        """Resolve what is taken out of a collection by a method; None where it is no such call, or nothing is known of the collection."""
        callee = unit.facts[fact.callee]
        if type(callee) is f.Attribute and callee.name in CONTAINER_METHODS and fact.arguments:
            members = self.members.members((unit, callee.base), constant_key(unit, fact.arguments[0].value))
            if members:
                return [r for node in members for r in self.values.of(node)]
        return None

    def _built_in(self, unit: Unit, fact: f.Call, name: str) -> list[Reference] | None:
        arguments = fact.arguments
        if name == "super":
            return self._super(unit)
        if name == "getattr" and len(arguments) >= 2:
            key = constant_key(unit, arguments[1].value)
            bases = self.values.of((unit, arguments[0].value))
            names = [key] if key else self._with_prefix(bases, self._prefix(unit, arguments[1].value))
            return [r for base in bases for name in names for r in self.attributes.attribute(base, name)]
        if name == "partial" and arguments and arguments[0].name == "":
            held = sum(argument.name == "" for argument in arguments[1:])
            wrapped = self.values.of((unit, arguments[0].value))
            return [("part", (reference, held)) for reference in wrapped] if held else list(wrapped)
        if name == "cast" and len(arguments) == 2:
            return self.annotations.instances(unit, arguments[0].value) or list(self.values.of((unit, arguments[1].value)))
        return None

    @staticmethod
    def _prefix(unit: Unit, ordinal: int) -> str:
        """Give the constant text that a built name begins with: `f"do_{action}"`, `"do_" + action`."""
        fact = unit.facts[ordinal]
        parts = fact.parts if type(fact) is f.Template else fact.operands if type(fact) is f.Operation and fact.operator == "+" else ()
        first = unit.facts[parts[0]] if parts else None
        return str(first.value) if type(first) is f.Literal else ""

    def _with_prefix(self, bases: Iterable[Reference], prefix: str) -> list[str]:
        """List the names of methods and functions that begin with a text; none where there is no such text."""
        if not prefix:
            return []
        found: dict[str, None] = {}
        for kind, what in bases:
            owners = [*self.classes.lineage(what)[0]] if kind in {"inst", "sub"} else []
            owners += self.classes.descendants(what) if kind == "sub" else []
            module = self.values.units.get((what, "")) if kind == "module" else None
            for owner in [*owners, *([module] if module is not None else [])]:
                found.update((child.name, None) for child in owner.children.values() if child.name.startswith(prefix))
        return list(found)

    def _super(self, unit: Unit) -> list[Reference]:
        scope: Unit | None = unit
        while scope is not None and scope.kind != "class":
            scope = scope.parent
        return self.classes.parents(scope) if scope else []
