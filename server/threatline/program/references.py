"""What a value refers to: modules, definitions, instances, and names of other people's code.

A reference is a small tuple; its first member tells what it is:
  ("module", file)        a first-party module
  ("def", Unit)           a first-party function or class itself
  ("inst", Unit)          an instance of exactly this first-party class
  ("sub", Unit)           an instance of this first-party class or of one derived from it (self, annotated parameters)
  ("gen", Unit)           what calling a generator function gives
  ("list", Reference)     a collection of such
  ("ext", name)           other people's code, by access path: "openai.OpenAI().chat.completions.create"; "()" is what a call gives,
                          "[]" a member of a collection
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import Any

from threatline.facts import model as f
from threatline.program.units import Modules, Node, Unit

Reference = tuple[str, Any]
References = tuple[Reference, ...]

FIRST_PARTY = "~"
"""Begins the access path of something that a first-party module should hold but that was not found there."""

SCRIPTS = "npm:"
"""Begins the names that packages of script languages go by, so that `openai` of npm is not Python's. Globals are members of `npm:js`."""

MOST = 24
DEEPEST = 120
LONGEST = 160

BUILTINS = frozenset(dir(builtins))
TRANSPARENT_GENERICS = frozenset({"Optional", "Annotated", "Union", "ClassVar", "Final", "Required", "NotRequired", "Awaitable", "Type", "type", "Mapped"})
LIST_GENERICS = frozenset({"List", "list", "Sequence", "Iterable", "Iterator", "Tuple", "tuple", "Set", "set", "FrozenSet", "frozenset", "Collection",
                           "AsyncIterator", "AsyncIterable", "Generator", "AsyncGenerator"})  # fmt: skip
CONTAINER_METHODS = frozenset({"get", "pop", "setdefault"})


class Resolver:
    """Resolves values of a linked set of units to references, lazily and memoized. Cycles and over-deep chains give nothing."""

    def __init__(self, units: dict[tuple[str, str], Unit], modules: Modules) -> None:
        self.units = units
        self.modules = modules
        self.memo: dict[Node, References] = {}
        self.depth = 0
        self.aliases: set[Node] = set()
        self.linearized: dict[Unit, tuple[list[Unit], list[str]]] = {}
        self.derived: dict[Unit, list[Unit]] = {}
        self.fields: dict[Unit, dict[str, list[Node]]] = {}
        self.methods: dict[Unit, dict[str, Unit]] = {}
        self.arguments_of: dict[Unit, list[tuple[Node, int]]] | None = None

    # values

    def of(self, node: Node) -> References:
        """List what a value refers to, at most `MOST` references, in a stable order."""
        known = self.memo.get(node)
        if known is not None:
            return known
        if self.depth > DEEPEST:
            return ()
        unit, ordinal = node
        handler = _RESOLVERS.get(type(unit.facts[ordinal]))
        if handler is None:
            return ()
        self.memo[node] = ()
        self.depth += 1
        try:
            found = tuple(dict.fromkeys(handler(self, unit, ordinal, unit.facts[ordinal])))[:MOST]
        finally:
            self.depth -= 1
        self.memo[node] = found
        return found

    def _union(self, unit: Unit, ordinals: tuple[int, ...] | list[int]) -> list[Reference]:
        return [reference for ordinal in ordinals for reference in self.of((unit, ordinal))]

    def _import(self, unit: Unit, ordinal: int, fact: f.Import) -> list[Reference]:
        file, absolute = self.modules.relative(unit.file, fact.module, unit.language)
        if unit.language != "python" and not file:
            absolute = f"{SCRIPTS}{absolute.removeprefix('node:')}"
        if not fact.name or fact.name == "*":
            return [("module", file)] if file else [("ext", absolute)]
        if file:
            return self.member(file, fact.name) or [("ext", f"{FIRST_PARTY}{absolute}.{fact.name}")]
        inner = self.modules.find(f"{absolute}.{fact.name}", unit.file) if absolute else None
        if inner:
            return [("module", inner)]
        return [("ext", f"{absolute}.{fact.name}" if absolute else fact.name)]

    def member(self, file: str, name: str) -> list[Reference]:
        """Resolve a name exported by a first-party module: its bindings, star imports, submodules."""
        module = self.units.get((file, ""))
        if module is None:
            return []
        found = self._union(module, self.exported(module, name))
        if found:
            return found
        for star in module.local.stars:
            fact = module.facts[star]
            target, absolute = self.modules.relative(file, fact.module, module.language)
            if target and target != file and (module, star) not in self.memo:
                self.memo[(module, star)] = ()
                inner = self.member(target, name)
                self.memo.pop((module, star))
                if inner:
                    return inner
        for own in self.modules.names.get(file, ()):
            inner_file = self.modules.find(f"{own}.{name}", file)
            if inner_file:
                return [("module", inner_file)]
        return []

    def exported(self, module: Unit, name: str) -> tuple[int, ...]:
        """List the bindings (or exports) of a module-level name as they are at the end of the module."""
        final = module.local.final.get(name)
        if final:
            return final
        return tuple(i for i, fact in enumerate(module.facts) if type(fact) is f.Export and fact.name == name) if module.language != "python" else ()

    def _export(self, unit: Unit, ordinal: int, fact: f.Export) -> References:
        return self.of((unit, fact.value))

    def _read(self, unit: Unit, ordinal: int, fact: f.Read) -> list[Reference]:
        local = unit.local.reads.get(ordinal)
        if local is not None and fact.name not in unit.local.declared:
            return [r for o in local if type(unit.facts[o]) in _BINDING for r in self.of((unit, o))]
        return [r for scope, ordinals in self.free(unit, fact.name) for r in self._union(scope, ordinals)] or self._global(unit, fact.name)

    def free(self, unit: Unit, name: str) -> list[tuple[Unit, tuple[int, ...]]]:
        """Find the bindings of a name that is free in `unit`: around it, then in its module. Class scopes are skipped, as Python does."""
        scope = unit.parent
        while scope is not None:
            if scope.kind != "class" and name in scope.local.binds:
                ordinals = scope.local.final.get(name) if scope.kind == "module" else None
                return [(scope, tuple(ordinals or scope.local.binds[name]))]
            scope = scope.parent
        if unit.kind == "class" and name in unit.module.local.final:
            return [(unit.module, unit.module.local.final[name])]
        return []

    def _global(self, unit: Unit, name: str) -> list[Reference]:
        if unit.module.local.stars:
            found = [r for star in unit.module.local.stars for r in self._through_star(unit.module, star, name)]
            if found:
                return found
        if unit.language != "python":
            return [("ext", f"{SCRIPTS}js.{name}")]
        return [("ext", f"builtins.{name}")] if name in BUILTINS else []

    def _through_star(self, module: Unit, star: int, name: str) -> list[Reference]:
        fact = module.facts[star]
        file, absolute = self.modules.relative(module.file, fact.module, module.language)
        if file:
            return self.member(file, name) if file != module.file else []
        return [("ext", f"{absolute}.{name}")] if name[:1].isupper() and name not in BUILTINS else []

    def _bind(self, unit: Unit, ordinal: int, fact: f.Bind) -> list[Reference]:
        found = list(self.of((unit, fact.value)))
        if not found and fact.name in unit.local.annotations:
            found = self.annotated(unit, unit.local.annotations[fact.name])
        return found

    def _parameter(self, unit: Unit, ordinal: int, fact: f.Parameter) -> list[Reference]:
        parent = unit.parent
        if ordinal == 0 and parent is not None and parent.kind == "class" and unit.language == "python" and not self.is_static(unit):
            return [("def", parent)] if self.decorated(unit, "classmethod") or unit.name in {"__new__", "__init_subclass__"} else [("sub", parent)]
        found: list[Reference] = []
        if parent is not None and fact.annotation >= 0:
            found = self.annotated(parent, fact.annotation)
            if fact.kind == "rest":
                found = [("list", r) for r in found]
        if not found and parent is not None and fact.default >= 0:
            found = list(self.of((parent, fact.default)))
        if not found and self.arguments_of is not None:
            found = [r for node, _ in self.passed(unit, ordinal) for r in self.of(node)]
        return found

    def passed(self, unit: Unit, ordinal: int) -> list[tuple[Node, Node]]:
        """List the arguments that known calls pass to a parameter, as (argument, call)."""
        parameter = unit.facts[ordinal]
        assert isinstance(parameter, f.Parameter)
        found: list[tuple[Node, Node]] = []
        for (caller, call), skip in (self.arguments_of or {}).get(unit, ()):
            for argument in match_argument(caller.facts[call].arguments, parameter, ordinal - skip):
                found.append(((caller, argument), (caller, call)))
        return found

    def annotated(self, unit: Unit, ordinal: int) -> list[Reference]:
        """Resolve a type annotation (an expression in `unit`) to instances of that type."""
        fact = unit.facts[ordinal]
        if type(fact) is f.Literal:
            return self._named_type(unit, fact.value) if isinstance(fact.value, str) else []
        if type(fact) is f.Operation and fact.operator == "|":
            return [r for operand in fact.operands for r in self.annotated(unit, operand)]
        if type(fact) is f.Item:
            return self._generic(unit, fact)
        alias = self._alias(unit, ordinal)
        if alias is not None and alias not in self.aliases:
            self.aliases.add(alias)
            try:
                return self.annotated(*alias)
            finally:
                self.aliases.discard(alias)
        found: list[Reference] = []
        for kind, what in self.of((unit, ordinal)):
            if kind == "def" and what.kind == "class":
                found.append(("sub", what))
            elif kind == "ext" and what not in _NO_TYPES:
                found.append(("ext", f"{what}()"))
        return found

    def _alias(self, unit: Unit, ordinal: int) -> Node | None:
        """Find the type expression that a name stands for (`Caller = Annotated[User, …]`), also in the module it is imported from."""
        fact = unit.facts[ordinal]
        if type(fact) is f.Read and (unit.kind == "module" or ordinal not in unit.local.reads):
            scope, name = unit.module, fact.name
        elif type(fact) is f.Attribute:
            modules = [self.units[what, ""] for kind, what in self.of((unit, fact.base)) if kind == "module" and (what, "") in self.units]
            if not modules:
                return None
            scope, name = modules[0], fact.name
        else:
            return None
        for _ in range(8):
            bound = self.exported(scope, name)
            value = scope.facts[bound[-1]] if bound else None
            value_at = value.value if type(value) is f.Bind else -1
            made = scope.facts[value_at] if value_at >= 0 else None
            if type(made) is f.Item or (type(made) is f.Operation and made.operator == "|"):
                return scope, value_at
            if type(made) is not f.Import or not made.name:
                return None
            file, _absolute = self.modules.relative(scope.file, made.module, scope.language)
            module = self.units.get((file, "")) if file else None
            if module is None:
                return None
            scope, name = module, made.name
        return None

    def _generic(self, unit: Unit, fact: f.Item) -> list[Reference]:
        base = unit.facts[fact.base]
        name = getattr(base, "name", "")
        key = unit.facts[fact.key] if fact.key >= 0 else None
        members = [e.value for e in key.elements] if isinstance(key, f.Collection) else [fact.key]
        members = [m for m in members if m >= 0]
        if name in TRANSPARENT_GENERICS:
            return [r for member in (members[:1] if name == "Annotated" else members) for r in self.annotated(unit, member)]
        if name in LIST_GENERICS:
            return [("list", r) for member in members for r in self.annotated(unit, member)]
        return self.annotated(unit, fact.base)

    def _named_type(self, unit: Unit, text: str) -> list[Reference]:
        name = text.strip().removeprefix("Optional[").removeprefix("List[").rstrip("]").partition("[")[0].partition("|")[0].strip()
        head, _, rest = name.partition(".")
        if not head.isidentifier():
            return []
        ordinals = unit.module.local.final.get(head, ())
        found: list[Reference] = []
        for kind, what in self._union(unit.module, ordinals):
            if kind == "def" and not rest and what.kind == "class":
                found.append(("sub", what))
            elif kind == "ext":
                found.append(("ext", f"{what}.{rest}()" if rest else f"{what}()"))
        return found

    # attributes, items, calls

    def _attribute(self, unit: Unit, ordinal: int, fact: f.Attribute) -> list[Reference]:
        return [r for base in self.of((unit, fact.base)) for r in self.attribute(base, fact.name)]

    def attribute(self, base: Reference, name: str) -> list[Reference]:
        """Resolve `base.name`."""
        kind, what = base
        if kind == "ext":
            return [("ext", f"{what}.{name}")] if len(what) < LONGEST else []
        if kind == "module":
            found = self.member(what, name)
            return found or [("ext", f"{FIRST_PARTY}{self.modules.best(what)}.{name}")]
        if kind in {"inst", "sub"} or (kind == "def" and what.kind == "class"):
            return self._class_attribute(base, what, name)
        return []

    def _class_attribute(self, base: Reference, cls: Unit, name: str) -> list[Reference]:
        lineage, external = self.lineage(cls)
        instance = base[0] != "def"
        found: list[Reference] = []
        for owner in lineage:
            found = self._own_attribute(owner, name, instance)
            if found:
                break
        if base[0] == "sub":
            for sub in self.descendants(cls):
                found += self._own_attribute(sub, name, instance)
        if not found:
            found = [("ext", f"{ext}{'()' if instance else ''}.{name}") for ext in external]
        return found

    def _own_attribute(self, cls: Unit, name: str, instance: bool) -> list[Reference]:
        method = self.method(cls, name)
        if method is not None:
            if instance and self.is_property(method):
                return self.returned(method)
            return [("def", method)]
        found: list[Reference] = []
        if instance:
            found = [r for node in self.field_writes(cls).get(name, ()) for r in self.of(node)]
        if not found and name in cls.local.annotations:
            # The declared type comes before the default, which may be a mere field description.
            found = self.annotated(cls, cls.local.annotations[name])
        if not found and name in cls.local.final:
            found = self._union(cls, cls.local.final[name])
        if not found:
            found = self._declared_field(cls, name)
        return found

    def _declared_field(self, cls: Unit, name: str) -> list[Reference]:
        for child in cls.children.values():
            if name in child.local.field_annotations:
                return self.annotated(child, child.local.field_annotations[name])
        return []

    def method(self, cls: Unit, name: str) -> Unit | None:
        """Find a method that a class itself defines; of several equal ones the last."""
        methods = self.methods.get(cls)
        if methods is None:
            methods = self.methods[cls] = {child.name: child for child in cls.children.values() if child.kind == "function"}
        return methods.get(name)

    def field_writes(self, cls: Unit) -> dict[str, list[Node]]:
        """List what the methods of a class assign to each attribute of their first parameter."""
        known = self.fields.get(cls)
        if known is not None:
            return known
        writes: dict[str, list[Node]] = {}
        self.fields[cls] = writes
        for method in cls.children.values():
            own = _self_name(method)
            for unit in (method, *method.children.values()):
                for ordinal in unit.local.attribute_binds:
                    fact = unit.facts[ordinal]
                    target = unit.facts[fact.base]
                    if type(target) is f.Read and target.name == own:
                        writes.setdefault(fact.name, []).append((unit, fact.value))
        return writes

    def _item(self, unit: Unit, ordinal: int, fact: f.Item) -> list[Reference]:
        return [r for node in self.members((unit, fact.base), self.constant_key(unit, fact.key)) for r in self.of(node)] or [
            r for base in self.of((unit, fact.base)) for r in _member(base)
        ]

    def constant_key(self, unit: Unit, ordinal: int) -> str | None:
        """Give a constant key as text; None where it is not constant."""
        fact = unit.facts[ordinal] if ordinal >= 0 else None
        return str(fact.value) if type(fact) is f.Literal else None

    def members(self, node: Node, key: str | None) -> list[Node]:
        """List the values a collection literal behind `node` holds under a key (all of them where the key is None)."""
        found: list[Node] = []
        for unit, ordinal in self.collections(node):
            fact = unit.facts[ordinal]
            for index, element in enumerate(fact.elements):
                name = self.constant_key(unit, element.key) if element.key >= 0 else str(index)
                if key is None or name is None or name == key:
                    found.append((unit, element.value))
        return found[:MOST]

    def collections(self, node: Node, depth: int = 0) -> list[Node]:
        """Find the collection literals a value may be, through names and first-party returns."""
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Collection:
            return [node]
        if depth > 6:
            return []
        following: list[Node] = []
        if kind is f.Read:
            local = unit.local.reads.get(ordinal)
            if local is not None:
                following = [(unit, o) for o in local]
            else:
                following = [(scope, o) for scope, ordinals in self.free(unit, fact.name) for o in ordinals]
        elif kind is f.Bind:
            following = [(unit, fact.value)]
        elif kind is f.Unpack:
            following = self.members((unit, fact.value), fact.key or (str(fact.index) if fact.index >= 0 else None))
        elif kind is f.Call:
            following = [(target, target.facts[r].value) for target in self.functions(node) for r in target.local.returns if target.facts[r].value >= 0]
        elif kind is f.Attribute:
            for k, cls in self.of((unit, fact.base)):
                if k in {"inst", "sub", "def"} and cls.kind == "class":
                    following += self.field_writes(cls).get(fact.name, [])
                    following += [(cls, o) for o in cls.local.final.get(fact.name, ())]
                elif k == "module":
                    module = self.units.get((cls, ""))
                    following += [(module, o) for o in self.exported(module, fact.name)] if module else []
        elif kind is f.Operation and fact.operator in {"or", "and", "|", "+"}:
            following = [(unit, o) for o in fact.operands]
        return [found for target in following[:MOST] for found in self.collections(target, depth + 1)]

    def _call(self, unit: Unit, ordinal: int, fact: f.Call) -> list[Reference]:
        special = self._special_call(unit, fact)
        if special is not None:
            return special
        found: list[Reference] = []
        for kind, what in self.of((unit, fact.callee)):
            if kind == "ext":
                found.append(("ext", f"{what}()"))
            elif kind == "def":
                found += [("inst", what)] if what.kind == "class" else self.returned(what)
            elif kind in {"inst", "sub"}:
                found += self._call_instance(what)
        return found

    def _call_instance(self, cls: Unit) -> list[Reference]:
        for owner in self.lineage(cls)[0]:
            method = self.method(owner, "__call__")
            if method is not None:
                return self.returned(method)
        return [("ext", f"{ext}()()") for ext in self.lineage(cls)[1]]

    def _special_call(self, unit: Unit, fact: f.Call) -> list[Reference] | None:
        if fact.callee in unit.decorators:
            # A decorated definition is still that definition; what the decorator means is the catalog's matter.
            return list(self.of((unit, fact.arguments[0].value))) if fact.arguments else []
        callee = unit.facts[fact.callee]
        if type(callee) is f.Read and callee.name in {"getattr", "super", "partial", "cast", "type"} and callee.name not in unit.module.local.final:
            return self._builtin(unit, fact, callee.name)
        if type(callee) is f.Read and callee.name in {"partial", "cast"}:
            return self._builtin(unit, fact, callee.name)
        if type(callee) is f.Attribute and callee.name in {"partial", "cast"}:
            return self._builtin(unit, fact, callee.name)
        if type(callee) is f.Attribute and callee.name in CONTAINER_METHODS and fact.arguments:
            key = self.constant_key(unit, fact.arguments[0].value)
            members = self.members((unit, callee.base), key)
            if members:
                return [r for node in members for r in self.of(node)]
        return None

    def _builtin(self, unit: Unit, fact: f.Call, name: str) -> list[Reference] | None:
        arguments = fact.arguments
        if name == "super":
            scope: Unit | None = unit
            while scope is not None and scope.kind != "class":
                scope = scope.parent
            return self._parents_of(scope) if scope else []
        if name == "getattr" and len(arguments) >= 2:
            key = self.constant_key(unit, arguments[1].value)
            return [r for base in self.of((unit, arguments[0].value)) for r in self.attribute(base, key)] if key else []
        if name == "partial" and arguments:
            return list(self.of((unit, arguments[0].value)))
        if name == "cast" and len(arguments) == 2:
            return self.annotated(unit, arguments[0].value) or list(self.of((unit, arguments[1].value)))
        return None

    def _parents_of(self, cls: Unit) -> list[Reference]:
        if cls.parent is None:
            return []
        found: list[Reference] = []
        for base in cls.definition.bases:
            for kind, what in self.of((cls.parent, base)):
                found.append(("inst", what) if kind == "def" else ("ext", f"{what}()") if kind == "ext" else (kind, what))
        return found

    def returned(self, function: Unit) -> list[Reference]:
        """Resolve what calling a first-party function gives: its declared type, else what it returns."""
        if function.definition.is_generator:
            return [("gen", function)]
        declared: list[Reference] = []
        if function.definition.returns >= 0 and function.parent is not None:
            declared = self.annotated(function.parent, function.definition.returns)
        values = [function.facts[r].value for r in function.local.returns]
        found = self._union(function, [v for v in values if v >= 0])
        concrete = [r for r in found if r[0] != "sub"]
        return found if concrete or not declared else declared

    def _unpack(self, unit: Unit, ordinal: int, fact: f.Unpack) -> list[Reference]:
        key = fact.key or (str(fact.index) if fact.index >= 0 else None)
        members = self.members((unit, fact.value), key)
        if members:
            return [r for node in members for r in self.of(node)]
        if fact.key:
            return [r for base in self.of((unit, fact.value)) for r in self.attribute(base, fact.key)]
        return [r for base in self.of((unit, fact.value)) for r in _member(base)]

    def _iterate(self, unit: Unit, ordinal: int, fact: f.Iterate) -> list[Reference]:
        members = self.members((unit, fact.value), None)
        found = [r for node in members for r in self.of(node)]
        if found:
            return found
        for base in self.of((unit, fact.value)):
            if base[0] == "gen":
                found += self._yielded(base[1])
            else:
                found += _member(base)
        return found

    def _yielded(self, generator: Unit) -> list[Reference]:
        return self._union(generator, [generator.facts[y].value for y in generator.local.yields if generator.facts[y].value >= 0])

    def _enter(self, unit: Unit, ordinal: int, fact: f.Enter) -> list[Reference]:
        found: list[Reference] = []
        for base in self.of((unit, fact.value)):
            if base[0] == "gen":
                found += self._yielded(base[1])
            elif base[0] in {"inst", "sub"}:
                entered = [self.method(owner, name) for owner in self.lineage(base[1])[0] for name in ("__enter__", "__aenter__")]
                method = next((m for m in entered if m is not None), None)
                found += (self.returned(method) or [base]) if method else [base]
            else:
                found.append(base)
        return found

    def _define(self, unit: Unit, ordinal: int, fact: f.Define) -> list[Reference]:
        target = self.units.get((unit.file, fact.path))
        return [("def", target)] if target is not None else []

    def _operation(self, unit: Unit, ordinal: int, fact: f.Operation) -> list[Reference]:
        if fact.operator == "if-else":
            return self._union(unit, fact.operands[1:])
        if fact.operator in {"or", "and", "|", "/"}:
            return self._union(unit, fact.operands)
        return []

    # classes

    def lineage(self, cls: Unit) -> tuple[list[Unit], list[str]]:
        """List a class and its first-party ancestors, nearest first, and the names of the ancestors that are other people's."""
        known = self.linearized.get(cls)
        if known is not None:
            return known
        units, external = [cls], list[str]()
        self.linearized[cls] = (units, external)
        for kind, what in self._parents_of(cls):
            if kind == "inst" and what is not cls:
                above, outside = self.lineage(what)
                units += [unit for unit in above if unit not in units]
                external += [name for name in outside if name not in external]
            elif kind == "ext":
                external.append(what.removesuffix("()"))
        return units, external

    def descendants(self, cls: Unit) -> list[Unit]:
        """List the first-party classes derived from a class, at most `MOST`."""
        return self.derived.get(cls, [])[:MOST]

    def decorated(self, unit: Unit, name: str) -> bool:
        """Tell whether a definition carries a decorator of that last name."""
        if unit.parent is None:
            return False
        for ordinal in unit.definition.decorators:
            fact = unit.parent.facts[ordinal]
            if getattr(fact, "name", "") == name:
                return True
        return False

    def is_static(self, unit: Unit) -> bool:
        """Tell whether a method takes no instance."""
        return self.decorated(unit, "staticmethod")

    def is_property(self, unit: Unit) -> bool:
        """Tell whether reading the method's name calls it."""
        return self.decorated(unit, "property") or self.decorated(unit, "cached_property")

    def functions(self, call: Node) -> list[Unit]:
        """List the first-party functions that a call may run, constructors as their `__init__`."""
        return [unit for unit, _ in self.callees(call)]

    def callees(self, call: Node) -> list[tuple[Unit, int]]:
        """List the first-party functions that a call may run, each with how many parameters are filled without an argument (self)."""
        unit, ordinal = call
        fact = unit.facts[ordinal]
        found: dict[Unit, int] = {}
        for kind, what in self.of((unit, fact.callee)):
            if kind == "def" and what.kind == "class":
                self._constructor(what, found)
            elif kind == "def":
                found.setdefault(what, self._filled(unit, fact, what))
            elif kind in {"inst", "sub"}:
                method = next((m for owner in self.lineage(what)[0] if (m := self.method(owner, "__call__"))), None)
                if method is not None:
                    found.setdefault(method, 1)
        return list(found.items())

    def _constructor(self, cls: Unit, found: dict[Unit, int]) -> None:
        for owner in self.lineage(cls)[0]:
            init = self.method(owner, "__init__")
            if init is not None:
                found.setdefault(init, 1)
                return

    def _filled(self, unit: Unit, fact: f.Call, target: Unit) -> int:
        if target.parent is None or target.parent.kind != "class" or target.language != "python" or self.is_static(target):
            return 0
        callee = unit.facts[fact.callee]
        if type(callee) is not f.Attribute:
            return 1
        through_class = any(kind == "def" for kind, _ in self.of((unit, callee.base)))
        return 0 if through_class and not self.decorated(target, "classmethod") else 1


_BINDING = (f.Bind, f.Parameter)
_NO_TYPES = frozenset({"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.dict", "builtins.list", "builtins.object",
                       "builtins.bytes", "builtins.None", "typing.Any", "typing.Dict", "typing.List", "builtins.tuple", "builtins.set"})  # fmt: skip


def _member(base: Reference) -> list[Reference]:
    kind, what = base
    if kind == "list":
        return [what]
    if kind == "ext":
        return [("ext", f"{what}[]")] if len(what) < LONGEST else []
    return []


def _self_name(method: Unit) -> str:
    first = method.facts[0] if method.facts else None
    return first.name if type(first) is f.Parameter else ""


def match_argument(arguments: tuple[f.Argument, ...], parameter: f.Parameter, index: int) -> list[int]:
    """List the argument values that fill a parameter; `index` is its place among those filled by arguments."""
    if parameter.kind == "options":
        return [a.value for a in arguments if a.name not in {"", "*"}]
    named = [a.value for a in arguments if a.name == parameter.name]
    if named:
        return named
    spread = [a.value for a in arguments if a.name == "**"]
    positional = [a for a in arguments if a.name in {"", "*"}]
    if parameter.kind == "rest":
        return [a.value for a in positional[max(index, 0):]]
    if parameter.kind == "keyword" or index < 0:
        return spread
    for place, argument in enumerate(positional):
        if argument.name == "*":
            return [argument.value]
        if place == index:
            return [argument.value]
    return spread


_RESOLVERS: dict[type, Callable[..., Iterable[Reference]]] = {
    f.Import: Resolver._import, f.Export: Resolver._export, f.Read: Resolver._read, f.Bind: Resolver._bind, f.Parameter: Resolver._parameter,
    f.Attribute: Resolver._attribute, f.Item: Resolver._item, f.Call: Resolver._call, f.Unpack: Resolver._unpack, f.Iterate: Resolver._iterate,
    f.Enter: Resolver._enter, f.Define: Resolver._define, f.Operation: Resolver._operation,
}  # fmt: skip
