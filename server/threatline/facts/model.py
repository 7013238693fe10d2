"""The language-neutral facts model: what a file says in its own words.

A file is a list of definitions; a definition is a list of facts in evaluation order, so a fact's ordinal is the identity of the value it
makes. Facts hold no positions: spans stand in a table beside them, by definition path and ordinal. White space and ordinary comments
therefore change no fact. Facts name other values of the same definition by ordinal, always a smaller one.

Control flow is kept as markers in the same list (Branch/Otherwise/Join, Loop/EndLoop, Try/Handler/EndTry, Scope/EndScope), so that a linear
reading sees which bindings reach which reads and under which conditions.
"""

from __future__ import annotations

import msgspec


class Fact(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """One value or event of a definition; its ordinal is its place in the definition's list."""


class Literal(Fact, frozen=True, tag="L"):
    """A constant: str, int, float, bool or None. Bytes are decoded as Latin-1. Strings over 20,000 characters are cut."""

    value: str | int | float | bool | None


class Parameter(Fact, frozen=True, tag="P"):
    """A parameter; parameters are the first facts of a function, in order.

    `kind` is positional, keyword (keyword-only), rest (*args) or options (**kwargs). `annotation` and `default` are ordinals in the
    enclosing definition, -1 where absent.
    """

    name: str
    kind: str = "positional"
    annotation: int = -1
    default: int = -1


class Import(Fact, frozen=True, tag="I"):
    """An imported module (`name` empty), member of a module, or everything (`name` is "*").

    `module` is as written, relative ones with their leading dots (`.schema`, `./schema`).
    """

    module: str
    name: str = ""


class Read(Fact, frozen=True, tag="R"):
    """A name read from the local scope or one around it."""

    name: str


class Attribute(Fact, frozen=True, tag="A"):
    """`base.name` (also `base?.name`)."""

    base: int
    name: str


class Item(Fact, frozen=True, tag="X"):
    """`base[key]`; a slice has key -1."""

    base: int
    key: int


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One argument: `name` is "" for positional, "*" and "**" for spread."""

    value: int
    name: str = ""


class Call(Fact, frozen=True, tag="C"):
    """A call; `new` marks construction where the language says so (`new X()`, JSX)."""

    callee: int
    arguments: tuple[Argument, ...] = ()
    new: bool = False


class Template(Fact, frozen=True, tag="T"):
    """Text built from parts: f-string, template literal; constant parts are Literals.

    A tagged template is a call of the tag with the text and, behind it, each value that is put into it.
    """

    parts: tuple[int, ...]


class Operation(Fact, frozen=True, tag="O"):
    """An operator over values: `+ % | == in not-in is not and or < - await …`; `and`, `or` and `if-else` yield one of their operands.

    `if-else` operands are (test, then, otherwise). `await` and `parenthesis` are transparent and are not recorded.
    """

    operator: str
    operands: tuple[int, ...]


class Element(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A member of a collection: `key` is an ordinal (dict) or -1, `spread` marks `*x`, `**x`, `...x`."""

    value: int
    key: int = -1
    spread: bool = False


class Collection(Fact, frozen=True, tag="K"):
    """A list, tuple, set, dict (object literal) or the result of a comprehension (`generated`)."""

    shape: str
    elements: tuple[Element, ...] = ()
    generated: bool = False


class Define(Fact, frozen=True, tag="D"):
    """A function, class or lambda as a value. `path` is its definition path; decorators are applied by following calls, not here."""

    path: str


class Bind(Fact, frozen=True, tag="B"):
    """`name = value` in the local scope (def, class, import, for target, with target, walrus and capture patterns too).

    `augmented` marks `name += value`, where the old value stays a part of the new one.
    """

    name: str
    value: int
    augmented: bool = False


class Annotated(Fact, frozen=True, tag="AN"):
    """A name is declared to have a type: `name: T` or, with `base` not -1, `base.name: T`. `annotation` is the type's ordinal here.

    It stands before the Bind that gives a value, and alone where none is given.
    """

    name: str
    annotation: int
    base: int = -1


class BindAttribute(Fact, frozen=True, tag="BA"):
    """`base.name = value`."""

    base: int
    name: str
    value: int


class BindItem(Fact, frozen=True, tag="BX"):
    """`base[key] = value`."""

    base: int
    key: int
    value: int


class Unpack(Fact, frozen=True, tag="U"):
    """The `index`-th member of an unpacked value; index -1 is a starred rest. `key` names a destructured property ("" otherwise)."""

    value: int
    index: int
    key: str = ""


class Iterate(Fact, frozen=True, tag="N"):
    """One element of iterating over a value (for, comprehension, async for)."""

    value: int


class Enter(Fact, frozen=True, tag="E"):
    """What entering a context manager gives (`with value as …`); `value` is the manager."""

    value: int


class Caught(Fact, frozen=True, tag="G"):
    """The exception a handler caught."""


class Return(Fact, frozen=True, tag="RET"):
    """The function returns `value` (-1 for none)."""

    value: int


class Yield(Fact, frozen=True, tag="Y"):
    """The function yields `value`; `each` marks `yield from`."""

    value: int
    each: bool = False


class Raise(Fact, frozen=True, tag="RAISE"):
    """The function raises `value` (-1 for a bare raise)."""

    value: int


class Leave(Fact, frozen=True, tag="LEAVE"):
    """`break` or `continue`."""


class Assert(Fact, frozen=True, tag="ASSERT"):
    """`assert test`."""

    test: int


class Declare(Fact, frozen=True, tag="DECL"):
    """Names declared `global` or `nonlocal` here."""

    names: tuple[str, ...]
    kind: str


class Export(Fact, frozen=True, tag="EXP"):
    """A value exported under a name where the language marks it (`export`, `module.exports`); "*" re-exports a whole Import."""

    name: str
    value: int


class Branch(Fact, frozen=True, tag="IF"):
    """Begins the arm taken when `test` holds (-1 where unknown: match arms, switch)."""

    test: int


class Otherwise(Fact, frozen=True, tag="ELSE"):
    """Begins the arm taken when the test of the innermost open Branch fails."""


class Join(Fact, frozen=True, tag="JOIN"):
    """Ends the innermost Branch."""


class Loop(Fact, frozen=True, tag="LOOP"):
    """Begins a loop body; `test` is a while condition or -1. `forever` marks a constant true condition."""

    test: int = -1
    forever: bool = False


class EndLoop(Fact, frozen=True, tag="ENDLOOP"):
    """Ends the innermost Loop."""


class Try(Fact, frozen=True, tag="TRY"):
    """Begins a protected block."""


class Handler(Fact, frozen=True, tag="EXCEPT"):
    """Begins a handler of the innermost Try; `types` are the caught types."""

    types: tuple[int, ...] = ()


class Finally(Fact, frozen=True, tag="FINALLY"):
    """Begins the final block (or the `else` block) of the innermost Try."""


class EndTry(Fact, frozen=True, tag="ENDTRY"):
    """Ends the innermost Try."""


class Scope(Fact, frozen=True, tag="SCOPE"):
    """Begins a nested scope whose bindings end with it (comprehension)."""


class EndScope(Fact, frozen=True, tag="ENDSCOPE"):
    """Ends the innermost Scope."""


AnyFact = (
    Literal
    | Parameter
    | Import
    | Read
    | Attribute
    | Item
    | Call
    | Template
    | Operation
    | Collection
    | Define
    | Bind
    | Annotated
    | BindAttribute
    | BindItem
    | Unpack
    | Iterate
    | Enter
    | Caught
    | Return
    | Yield
    | Raise
    | Leave
    | Assert
    | Declare
    | Export
    | Branch
    | Otherwise
    | Join
    | Loop
    | EndLoop
    | Try
    | Handler
    | Finally
    | EndTry
    | Scope
    | EndScope
)


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A module, class, function or lambda and its facts.

    `path` is the dotted path inside the module ("" for the module itself, `Tools.run`, `make.<lambda>`), with `#n` behind it for the n-th
    equal one. `decorators` and `bases` are ordinals in the enclosing definition `parent` (None for the module), outermost decorator first.
    What a language says by words counts too: `static`, `get`, `'use server'` are Reads among the decorators, the base of an interface is
    `Protocol`, that of an enumeration `Enum`.
    `docstring` is the ordinal of its Literal here, -1 without one. `returns` is the return annotation's ordinal in the parent, -1 if none.
    """

    path: str
    kind: str
    parent: str | None
    facts: tuple[AnyFact, ...]
    decorators: tuple[int, ...] = ()
    bases: tuple[int, ...] = ()
    docstring: int = -1
    returns: int = -1
    is_async: bool = False
    is_generator: bool = False


class Directive(msgspec.Struct, frozen=True, array_like=True):
    """A `threatline:` comment: `kind` is ignore or provides, `ids` what stands in brackets, `reason` the text behind.

    `definition` is the path of the definition it belongs to: the one it stands on or in. Its span is in the span table under
    `DIRECTIVES`, in the same order.
    """

    kind: str
    ids: tuple[str, ...]
    reason: str
    definition: str


class FileFacts(msgspec.Struct, frozen=True, array_like=True):
    """All facts of one file. `definitions[0]` is the module. `errors` counts syntax errors; `truncated` says that a bound was hit."""

    language: str
    definitions: tuple[Definition, ...]
    directives: tuple[Directive, ...] = ()
    errors: int = 0
    truncated: str = ""


DIRECTIVES = "!directives"
"""Key of the directives' spans in a span table."""

NAMES = "!names"
"""Key of the definitions' name spans (the identifier after `def`, `class`, …), in the order of `definitions`; the module's is (0, 0)."""

BODIES = "!bodies"
"""Key of the definitions' whole spans, decorators included, in the order of `definitions`."""

SpanTable = dict[str, list[tuple[int, int]]]
"""Byte spans (start, end) by definition path and ordinal. Markers have the span of their statement."""


class Extraction(msgspec.Struct, frozen=True):
    """What an extractor gives: the facts and, beside them, where they stand."""

    facts: FileFacts
    spans: SpanTable
