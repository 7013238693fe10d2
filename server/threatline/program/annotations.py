"""Type annotations: which instances a declared type promises."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.names import Names
from threatline.program.references import SCRIPTS, Reference, Values
from threatline.program.units import Node, Unit

TRANSPARENT_GENERICS = frozenset(
    "Optional Annotated Union ClassVar Final Required NotRequired Awaitable Type type Mapped Promise PromiseLike Awaited Partial Readonly "
    "NonNullable".split()
)
LIST_GENERICS = frozenset(
    "List list Sequence Iterable Iterator Tuple tuple Set set FrozenSet frozenset Collection AsyncIterator AsyncIterable Generator "
    "AsyncGenerator Array ReadonlyArray".split()
)

_TELLING_NOTHING = frozenset(
    "builtins.str builtins.int builtins.float builtins.bool builtins.dict builtins.list builtins.object builtins.bytes builtins.None "
    "builtins.tuple builtins.set typing.Any typing.Dict typing.List".split()
) | frozenset(
    f"{SCRIPTS}js.{name}"
    for name in (
        "string number boolean bigint symbol any unknown object void never undefined null Literal Record Function Object String Number "
        "Boolean Buffer Uint8Array Error Date RegExp tuple Map Set Omit Pick"
    ).split()
)

MOST_ALIASES = 8


class Annotations:
    """Resolves annotations: classes, unions, optional types, lists of them, texts, and names that stand for such.

    Type variables and the types of dictionaries' members are given up.
    """

    def __init__(self, values: Values, names: Names) -> None:
        self.values = values
        self.names = names
        self._aliases_followed: set[Node] = set()

    def instances(self, unit: Unit, ordinal: int) -> list[Reference]:
        """Resolve a type annotation (an expression in `unit`) to instances of that type."""
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Literal:
            return self._named(unit, fact.value) if isinstance(fact.value, str) else []
        if kind is f.Operation and fact.operator in {"|", "&"}:
            return [r for operand in fact.operands for r in self.instances(unit, operand)]
        if kind is f.Item:
            return self._generic(unit, fact)
        alias = self._alias(unit, ordinal)
        if alias is None:
            return self._plain(unit, ordinal)
        if alias in self._aliases_followed:
            self.values.doubts += 1
            return self._plain(unit, ordinal)
        self._aliases_followed.add(alias)
        try:
            return self.instances(*alias)
        finally:
            self._aliases_followed.discard(alias)

    def _plain(self, unit: Unit, ordinal: int) -> list[Reference]:
        found: list[Reference] = []
        for kind, what in self.values.of((unit, ordinal)):
            if kind == "def" and what.kind == "class":
                found.append(("sub", what))
            elif kind == "ext" and what not in _TELLING_NOTHING:
                found.append(("ext", f"{what}()"))
        return found

    def _generic(self, unit: Unit, fact: f.Item) -> list[Reference]:
        name = getattr(unit.facts[fact.base], "name", "")
        key = unit.facts[fact.key] if fact.key >= 0 else None
        members = [e.value for e in key.elements] if isinstance(key, f.Collection) else [fact.key]
        members = [m for m in members if m >= 0]
        if name in TRANSPARENT_GENERICS:
            return [r for member in (members[:1] if name == "Annotated" else members) for r in self.instances(unit, member)]
        if name in LIST_GENERICS:
            return [("list", r) for member in members for r in self.instances(unit, member)]
        return self.instances(unit, fact.base)

    def _named(self, unit: Unit, text: str) -> list[Reference]:
        """Resolve a type written as text: the first name in it, as the module knows it."""
        name = text.strip().removeprefix("Optional[").removeprefix("List[").rstrip("]").partition("[")[0].partition("|")[0].strip()
        head, _, rest = name.partition(".")
        if not head.isidentifier():
            return []
        found: list[Reference] = []
        for kind, what in self.values.union(unit.module, unit.module.local.final.get(head, ())):
            if kind == "def" and not rest and what.kind == "class":
                found.append(("sub", what))
            elif kind == "ext":
                found.append(("ext", f"{what}.{rest}()" if rest else f"{what}()"))
        return found

    # names of types

    def _alias(self, unit: Unit, ordinal: int) -> Node | None:
        """Find the type expression that a name stands for (`Caller = Annotated[User, …]`), also in the module it is imported from."""
        place = self._name_in_module(unit, ordinal)
        for _ in range(MOST_ALIASES):
            if place is None:
                return None
            scope, name = place
            bound = self.names.exported(scope, name)
            giving = scope.facts[bound[-1]] if bound else None
            value = int(giving.value) if isinstance(giving, (f.Bind, f.Export)) else -1
            made = scope.facts[value] if value >= 0 else None
            if type(made) is f.Item or (type(made) is f.Operation and made.operator in {"|", "&"}):
                return scope, value
            place = self._imported_from(scope, made) if type(made) is f.Import else None
        return None

    def _name_in_module(self, unit: Unit, ordinal: int) -> tuple[Unit, str] | None:
        fact = unit.facts[ordinal]
        if type(fact) is f.Read and (unit.kind == "module" or ordinal not in unit.local.reads):
            return unit.module, fact.name
        if type(fact) is f.Attribute:
            for kind, what in self.values.of((unit, fact.base)):
                if kind == "module" and (what, "") in self.values.units:
                    return self.values.units[what, ""], fact.name
        return None

    def _imported_from(self, scope: Unit, imported: f.Import) -> tuple[Unit, str] | None:
        file = self.names.modules.relative(scope.file, imported.module, scope.language)[0] if imported.name else None
        module = self.values.units.get((file, "")) if file else None
        return (module, imported.name) if module is not None else None
