"""The catalog's language: what calls, classes and decorators of a library mean, in API terms.

A catalog file speaks of one package. Names are canonical dotted names. An instance goes by its class, so a method call is
`openai.OpenAI.chat.completions.create`; what a call gives is told by `types` (`sqlite3.connect: sqlite3.Connection`), a base class by
`bases`, another name for the same thing by `same_as`. `[]` behind a type says "a list of": `types: {a.search: "a.Hit[]"}`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from threatline.knowledge.words import Capabilities, Kind, Port, Relation, Strict, Words, as_list

Scalar = str | int | float | bool | None


class Condition(Strict):
    """What must hold of one argument of the call for an entry, a port or a control to apply.

    `argument` is a keyword name and `position` its place among positional ones (0 is the first); either may stand alone. All given
    tests must hold. `is`: the constant is one of these. `named`: the value resolves to one of these names or a class derived from it.
    `shape`: constant, dynamic, text, list, tuple, dict, function. `present`: the argument is passed at all (also as part of
    `**options` it is not known: then it counts as passed). `matches`: a constant text that has one of these words in it.
    A dotted `argument` (`config.use_docker`) is that key of a dictionary argument, or that keyword of the constructor call it is made by.
    That holds wherever an argument is named: `ControlAt.arguments`, `Place.argument`.
    """

    argument: str = ""
    position: int = -1
    is_: Annotated[tuple[Scalar, ...] | None, BeforeValidator(as_list), Field(alias="is")] = None
    named: Words | None = None
    shape: Words | None = None
    present: bool | None = None
    contains: Words | None = None
    negate: bool = Field(default=False, alias="not")


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(as_list)]


class Place(Strict):
    """Where a port, name or relation of an entry lies: exactly one of the following.

    argument/position   that argument of the call; `role` keeps only messages of these roles; `key` only that key of a dict;
                        `each` every member of a list. `rest: true` means every positional argument from `position` on;
                        `argument: "*"` every keyword argument.
    return              what the call (or read) gives; `key` only that key of it.
    receiver            the object a method is called on.
    parameters          parameters of the handler: true for all, or names, or places (0 is the first). Those of closed type, `self`, `cls`
                        and injected ones (catalog key `injected`) are left out. `in_name`: only those that the entry's name place, a
                        route's path, names.
    returned            what the handler returns or yields.
    docstring           the handler's docstring.
    attribute           the class attribute of that name (with `base`).
    """

    argument: str = ""
    position: int = -1
    rest: bool = False
    role: Words | None = None
    key: str = ""
    each: bool = False
    return_: bool = Field(default=False, alias="return")
    receiver: bool = False
    parameters: bool | tuple[str | int, ...] = False
    in_name: bool = False
    returned: bool = False
    docstring: bool = False
    attribute: str = ""
    when: Conditions = ()

    @model_validator(mode="after")
    def _one_place(self) -> Place:
        places = (
            bool(self.argument) or self.position >= 0, self.return_, self.receiver, bool(self.parameters), self.returned, self.docstring,
            bool(self.attribute),
        )  # fmt: skip
        if sum(places) != 1:
            raise ValueError("a place is exactly one of argument/position, return, receiver, parameters, returned, docstring, attribute")
        return self


Places = Annotated[tuple[Place, ...], BeforeValidator(as_list)]


class Put(Strict):
    """How a control is put in at this call: the API half of a fix.

    `argument`/`value`: set or add that argument (value is source text). `remove`: drop that argument. `call`: call this instead.
    `wrap`: put the value into a call of this. `decorator`: put this decorator on the handler. `import`: the import statement it needs.
    With `call`: `used` instead of it where the call's value is used, `takes` positional arguments and no more, `arguments` besides,
    `then` behind it; `rest` is a method of the result that takes all arguments but the first. `receiver`: make the object that the method
    is called on with this. `item`: `value` is one item of a list. `define`: a function of the module that the value names, put in once.
    `made_by`: `{made}` is what the module makes with this.
    `parameter`: a parameter that the decorator needs its function to have.
    """

    argument: str = ""
    value: str = ""
    remove: str = ""
    call: str = ""
    wrap: str = ""
    decorator: str = ""
    import_: str = Field(default="", alias="import")
    used: str = ""
    takes: int = -1
    arguments: dict[str, str] = Field(default_factory=dict)
    then: str = ""
    rest: str = ""
    receiver: str = ""
    item: bool = False
    define: str = ""
    made_by: str = ""
    parameter: str = ""


class ControlAt(Strict):
    """How a control is seen at this call or decorator.

    `arguments`: any of these is passed (with a value that is not in `off`). `off`: constants that switch it off (None counts as absent
    unless listed). `on`: only these constants count. `named`: only values of these names count. `default`: what the library does by itself;
    its presence means that the control is present when nothing is passed. `weak`: present, but no full proof. `receiver`: the control may
    also sit on these arguments of the call that made the receiver. `always`: the call itself is the control. In `arguments`, `a.b` is key
    b of a dict passed as a, or argument b of a constructor call passed as a.
    """

    arguments: Words = ()
    receiver: Words = ()
    positions: tuple[int, ...] = ()
    off: tuple[Scalar, ...] = ()
    on: tuple[Scalar, ...] | None = None
    named: Words | None = None
    default: str = ""
    versions: str = ""
    weak: bool = False
    always: bool = False
    put: Put | None = None


ProvidedTo = Literal["result", "checked", "function", "decided", "application", "component", "workspace"]


class Provided(Strict):
    """A control that calling (or decorating with) this name gives.

    `to` is what it covers. result: the value that comes out is cleaned of what the control is against. checked: where the call stands
    as a condition (or, with `raises`, before) on the way, the value at `place` is checked. function: the function it is called in
    or decorates, and whoever depends on it. decided: the same, where a condition in that function
    hangs on the answer. application: the web application or server it is installed in.
    component: the component made here. workspace: everything.
    """

    control: str
    to: ProvidedTo = "result"
    place: Place | None = None
    weak: bool = False
    raises: bool = False
    when: Conditions = ()


class Entry(Strict):
    """What one name (or several alike) means. Exactly one of call, base, decorator, read, assign, export, key.

    `key`, in files of configuration, is a path of keys from the top of the document: `mcpServers.*` is every value of that mapping, or
    every member of that list. Places and conditions speak of the keys below it as of arguments; `return` is the value itself, `$` too
    where an argument is named, and `^` the whole document, `<` what the value is a member of. A key with dots in it stands in brackets.

    export        names that a script exports, or that stand behind `default`, in files of one of these `files` patterns: what a framework
                  runs by where it lies (`app/api/chat/route.ts`). `*` stands for any part of a path, `**/` for folders; the component is
                  named by the folders and file that the last `**/` and `*` stand for.
    directive     with export: only where the file begins with this text (`use server`); any name if `export` says "*".
    component     the kind of component it makes. `of: receiver` joins the component that the receiver is; where none is known, one of this
                  kind is made.
                  `target`: names of places whose constants make two calls one component (an ordinary host, database, table).
                  `of: argument` joins the component that the value at the `target` place is (`Runner.run(agent, text)`); else as receiver.
    name          where its name comes from; attributes: places of further constants.
    ports         port -> place(s).
    relations     relation -> place(s) whose values are the other components. `inverse_relations` point back here.
    handler       the function(s) that stand for it: for `call` an argument, for `base` method names. A decorator's handler is what it
                  decorates.
    controls      control id -> how it is seen here.
    fixes         control id -> how it is put in here, where it is seen elsewhere.
    provides      controls this name gives to others.
    capabilities  what whoever calls this can do.
    passes        which inputs reach the result: "all" (default), "none", "receiver", or argument names/positions.
    closed        the result is of a closed type (number, bool, date, id): no text passes.
    covers        `application`: a hook that runs before every request. What its handler provides holds for the application it is put on.
    serializes    what is written are objects in the library's own form: no text in them becomes anything else when they are read back.
    leaves        the call never comes back (`abort`, `exit`): what stands behind it runs only where it was not reached.
    mounts        the router given here becomes part of the receiver; what the call's other arguments depend on holds for it too.
    """

    call: Words = ()
    base: Words = ()
    decorator: Words = ()
    assign: Words = ()
    read: Words = ()
    export: Words = ()
    files: Words = ()
    directive: str = ""
    key: Words = ()
    versions: str = ""
    when: Conditions = ()
    component: Kind | None = None
    of: Literal["", "receiver", "target", "argument"] = ""
    target: Places = ()
    name: Places = ()
    title: str = ""
    attributes: dict[str, Any] = Field(default_factory=dict)
    ports: dict[Port, Places] = Field(default_factory=dict)
    relations: dict[Relation, Places] = Field(default_factory=dict)
    inverse_relations: dict[Relation, Places] = Field(default_factory=dict)
    handler: Place | None = None
    methods: Words = ()
    controls: dict[str, ControlAt] = Field(default_factory=dict)
    fixes: dict[str, Put] = Field(default_factory=dict)
    provides: Annotated[tuple[Provided, ...], BeforeValidator(as_list)] = ()
    capabilities: Capabilities = ()
    passes: Annotated[tuple[str | int, ...], BeforeValidator(as_list)] = ("all",)
    closed: bool = False
    covers: Literal["", "application"] = ""
    serializes: bool = False
    leaves: bool = False
    mounts: Place | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_matcher(self) -> Entry:
        if sum(map(bool, (self.call, self.base, self.decorator, self.read, self.assign, self.export, self.key))) != 1:
            raise ValueError("an entry has exactly one of call, base, decorator, read, assign, export, key")
        if bool(self.files or self.directive) != bool(self.export):
            raise ValueError("export needs files or a directive, and they need export")
        return self


class CatalogFile(Strict):
    """One package's knowledge. `distribution` is its name in a package index where it differs from `package`, the import root.

    `same_as`: a name is renamed from its left end, segment by segment. So a longer name is written with its shorter part already renamed.
    `documents`: of a configuration format, the files it is written in, as patterns of `.gitignore`.
    `checked`: the version whose source the names were checked against. `examples`: code with `# component: KIND [NAME]` markers on the
    lines where a component is expected; it is analyzed as a workspace of one file and compared one to one.
    """

    package: str
    distribution: Words = ()
    language: Literal["python", "typescript", "config"] = "python"
    checked: str = ""
    versions: str = ""
    documents: Words = ()
    same_as: dict[str, str] = Field(default_factory=dict)
    types: dict[str, str] = Field(default_factory=dict)
    bases: dict[str, Words] = Field(default_factory=dict)
    injected: Words = ()
    closed_types: Words = ()
    neutral: Words = ()
    entries: tuple[Entry, ...] = ()
    examples: Annotated[tuple[str, ...], BeforeValidator(as_list)] = ()
