"""What reaches a read inside one definition, and under which conditions each fact stands.

A linear reading of one definition's facts: flow-sensitive for names, path-insensitive (both arms of a branch are joined), loops are joined
with their own bindings. Nothing here looks at another definition, so the result is as cacheable as the facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from threatline.facts import model as f
from threatline.program.forwarding import Forwarded, forwarded

MUTATORS = frozenset(
    "append extend add insert update setdefault appendleft push unshift write put put_nowait set".split()
)
"""Methods that put their arguments into the receiver."""

NO_GUARD = 0
MOST_MUTATIONS = 400
MOST_BINDINGS = 1000
"""How many bindings of one name, and changes of what it holds, are kept apart where all of them may reach a read."""

Environment = dict[str, tuple[int, ...]]


@dataclass(slots=True)
class Guard:
    """A condition that holds: `test` (an ordinal) was `positive`, inside `parent` (an index, 0 for none)."""

    parent: int
    test: int
    positive: bool


@dataclass(slots=True)
class LocalFlow:
    """The local reading of one definition.

    reads      ordinal of a Read -> ordinals of the Binds, Parameters and mutations that reach it; absent for names not bound here
    binds      name -> all its Binds and Parameters here, in order
    final      name -> what it is bound to at the end
    caught     those of the raises that a handler here catches and goes on after
    puts       BindItems, and calls that put something into their receiver
    sets       calls of setattr
    forwards   calls that may run another function -> that function and its arguments
    applied    functions that such a call may run -> their arguments
    held       calls of a partial -> what it holds and what it is given
    guards     table of conditions; `guard_of[ordinal]` is an index into it
    cut        the bound that was hit in reading the definition, "" for none
    """

    reads: dict[int, tuple[int, ...]] = field(default_factory=dict)
    binds: dict[str, list[int]] = field(default_factory=dict)
    final: Environment = field(default_factory=dict)
    annotations: dict[str, int] = field(default_factory=dict)
    field_annotations: dict[str, int] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    stars: list[int] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    returns: list[int] = field(default_factory=list)
    yields: list[int] = field(default_factory=list)
    raises: list[int] = field(default_factory=list)
    caught: set[int] = field(default_factory=set)
    attribute_binds: list[int] = field(default_factory=list)
    puts: list[int] = field(default_factory=list)
    sets: list[int] = field(default_factory=list)
    forwards: dict[int, Forwarded] = field(default_factory=dict)
    applied: dict[int, tuple[f.Argument, ...]] = field(default_factory=dict)
    held: dict[int, tuple[f.Argument, ...]] = field(default_factory=dict)
    guards: list[Guard] = field(default_factory=lambda: [Guard(0, -1, True)])
    guard_of: list[int] = field(default_factory=list)
    cut: str = ""

    def conditions(self, ordinal: int) -> list[tuple[int, bool]]:
        """List the tests known to have held (True) or failed (False) where a fact stands, innermost first."""
        found, index = [], self.guard_of[ordinal]
        while index != NO_GUARD:
            guard = self.guards[index]
            found.append((guard.test, guard.positive))
            index = guard.parent
        return found

    def dominates(self, earlier: int, later: int) -> bool:
        """Tell whether `later` is only reached through `earlier`."""
        if earlier >= later:
            return False
        wanted, index = self.guard_of[earlier], self.guard_of[later]
        while index not in {wanted, NO_GUARD}:
            index = self.guards[index].parent
        return index == wanted


class _State(NamedTuple):
    """What is known at one point: bindings, mutations, and whether the point is reached at all."""

    env: Environment
    mutated: Environment
    dead: bool


@dataclass(slots=True)
class _Block:
    """An open block: its kind, the state and guard before it, its test, and the states its parts ended in."""

    kind: str
    before: _State
    guard: int
    test: int = -1
    ended: list[_State] = field(default_factory=list)
    raised: dict[int, int] = field(default_factory=dict)
    catches: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


class _Reader:
    """Reads the facts of one definition once, keeping an environment of what each name may be bound to."""

    def __init__(self, definition: f.Definition) -> None:
        self.facts = definition.facts
        self.flow = LocalFlow()
        self.env: Environment = {}
        self.mutated: Environment = {}
        # Blocks remember environments as they are; what changes one copies it first unless nobody else has it.
        self.env_is_own = True
        self.mutated_is_own = True
        self.dead = False
        self.guard = NO_GUARD
        self.stack: list[_Block] = []

    def read(self) -> LocalFlow:
        flow, handlers = self.flow, _HANDLERS
        guard_of = flow.guard_of.append
        for ordinal, fact in enumerate(self.facts):
            guard_of(self.guard)
            handler = handlers.get(type(fact))
            if handler is not None:
                handler(self, ordinal, fact)
        flow.final = self.env
        return flow

    # names

    def put(self, name: str, bound: tuple[int, ...]) -> None:
        if not self.env_is_own:
            self.env, self.env_is_own = dict(self.env), True
        self.env[name] = bound

    def parameter(self, ordinal: int, fact: f.Parameter) -> None:
        self.put(fact.name, (ordinal,))
        self.flow.binds.setdefault(fact.name, []).append(ordinal)

    def name(self, ordinal: int, fact: f.Read) -> None:
        reaching = self.env.get(fact.name)
        if reaching is not None:
            if len(reaching) >= MOST_BINDINGS:
                self.flow.cut = f"a name that {MOST_BINDINGS} bindings or more may reach"
            self.flow.reads[ordinal] = reaching + self.mutated.get(fact.name, ())

    def bind(self, ordinal: int, fact: f.Bind) -> None:
        before = self.env.get(fact.name, ()) if fact.augmented else ()
        self.put(fact.name, _both(before, (ordinal,)))
        if not fact.augmented and fact.name in self.mutated:
            self.own_mutated().pop(fact.name)
        self.flow.binds.setdefault(fact.name, []).append(ordinal)

    def annotated(self, ordinal: int, fact: f.Annotated) -> None:
        if fact.base >= 0:
            self.flow.field_annotations.setdefault(fact.name, fact.annotation)
        else:
            self.flow.annotations.setdefault(fact.name, fact.annotation)

    def declare(self, ordinal: int, fact: f.Declare) -> None:
        self.flow.declared |= frozenset(fact.names)

    def star(self, ordinal: int, fact: f.Import) -> None:
        if fact.name == "*":
            self.flow.stars.append(ordinal)

    # mutations

    def mutate(self, base: int, ordinal: int) -> None:
        target = self.facts[base]
        while isinstance(target, (f.Item, f.Attribute)):
            target = self.facts[target.base]
        if isinstance(target, f.Read) and target.name in self.env:
            before = self.mutated.get(target.name, ())
            if len(before) >= MOST_MUTATIONS:
                self.flow.cut = f"a collection that is changed more than {MOST_MUTATIONS} times in one definition"
                return
            self.own_mutated()[target.name] = (*before, ordinal)

    def own_mutated(self) -> Environment:
        if not self.mutated_is_own:
            self.mutated, self.mutated_is_own = dict(self.mutated), True
        return self.mutated

    def bind_item(self, ordinal: int, fact: f.BindItem) -> None:
        self.flow.puts.append(ordinal)
        self.mutate(fact.base, ordinal)

    def bind_attribute(self, ordinal: int, fact: f.BindAttribute) -> None:
        self.flow.attribute_binds.append(ordinal)
        self.mutate(fact.base, ordinal)

    def call(self, ordinal: int, fact: f.Call) -> None:
        self.flow.calls.append(ordinal)
        run = forwarded(self.facts, fact)
        if run is not None:
            self.flow.forwards[ordinal] = run
            self.flow.applied[run.function] = run.arguments
        callee = self.facts[fact.callee]
        if isinstance(callee, f.Read) and callee.name == "map" and len(fact.arguments) > 1:
            self.flow.applied.setdefault(fact.arguments[0].value, fact.arguments[1:])
        if isinstance(callee, f.Read):
            self.call_of_partial(ordinal, fact)
        if isinstance(callee, f.Read) and callee.name == "setattr" and len(fact.arguments) == 3:
            self.flow.sets.append(ordinal)
        if isinstance(callee, f.Attribute) and callee.name in MUTATORS:
            self.flow.puts.append(ordinal)
            self.mutate(callee.base, ordinal)

    def call_of_partial(self, ordinal: int, fact: f.Call) -> None:
        """Note what a partial holds where it is called by the one name it is bound to."""
        origins = self.flow.reads.get(fact.callee, ())
        bound = self.facts[origins[0]] if len(origins) == 1 else None
        made = self.facts[bound.value] if isinstance(bound, f.Bind) else None
        if not isinstance(bound, f.Bind) or not isinstance(made, f.Call) or bound.value not in self.flow.forwards:
            return
        if getattr(self.facts[made.callee], "name", "") == "partial":
            self.flow.held[ordinal] = (*self.flow.forwards[bound.value].arguments, *fact.arguments)

    # ends

    def returned(self, ordinal: int, fact: f.Return) -> None:
        self.flow.returns.append(ordinal)
        self.dead = True

    def yielded(self, ordinal: int, fact: f.Yield) -> None:
        self.flow.yields.append(ordinal)

    def raised(self, ordinal: int, fact: f.Raise) -> None:
        self.flow.raises.append(ordinal)
        protected = next((block for block in reversed(self.stack) if block.kind == "try" and not block.ended), None)
        if protected is not None:
            protected.raised[ordinal] = fact.value
        self.dead = True

    def left(self, ordinal: int, fact: f.Leave) -> None:
        self.dead = True

    def asserted(self, ordinal: int, fact: f.Assert) -> None:
        self.under(fact.test, True)

    # blocks

    def under(self, test: int, positive: bool) -> None:
        if test >= 0:
            self.flow.guards.append(Guard(self.guard, test, positive))
            self.guard = len(self.flow.guards) - 1

    def state(self) -> _State:
        self.env_is_own = self.mutated_is_own = False
        return _State(self.env, self.mutated, self.dead)

    def resume(self, state: _State) -> None:
        self.env, self.mutated, self.dead = state
        self.env_is_own = self.mutated_is_own = False

    def open(self, kind: str, test: int = -1) -> None:
        self.stack.append(_Block(kind, self.state(), self.guard, test))

    def innermost(self, kind: str) -> _Block | None:
        return self.stack[-1] if self.stack and self.stack[-1].kind == kind else None

    def branch(self, ordinal: int, fact: f.Branch) -> None:
        self.open("if", fact.test)
        self.under(fact.test, True)

    def otherwise(self, ordinal: int, fact: f.Otherwise) -> None:
        block = self.innermost("if")
        if block is None:
            return
        block.ended.append(self.state())
        self.resume(block.before)
        self.guard = block.guard
        self.under(block.test, False)

    def join(self, ordinal: int, fact: f.Join) -> None:
        block = self.innermost("if")
        if block is None:
            return
        self.stack.pop()
        then, other = (block.ended[0], self.state()) if block.ended else (self.state(), block.before)
        self.guard = block.guard
        if then.dead != other.dead:
            # One arm never comes here, so its test is decided behind the branch.
            self.under(block.test, other.dead)
        self.merge(then, other)

    def merge(self, first: _State, second: _State) -> None:
        if first.dead != second.dead:
            self.resume(second if first.dead else first)
        else:
            self.resume(_State(_union(first.env, second.env), _union(first.mutated, second.mutated), first.dead))

    def loop(self, ordinal: int, fact: f.Loop) -> None:
        self.open("loop", fact.test)
        block = self.stack[-1]
        for name, bound in _bound_in_loop(self.facts, ordinal):
            self.put(name, _both(self.env.get(name, ()), (bound,)))
            block.names.add(name)
        self.under(fact.test, True)

    def end_loop(self, ordinal: int, fact: f.EndLoop) -> None:
        block = self.innermost("loop")
        if block is None:
            return
        self.stack.pop()
        # Only what the loop binds can differ behind it.
        changed = {name: self.env[name] for name in block.names if name in self.env}
        self.resume(_State(_union(block.before.env, changed), _union(block.before.mutated, self.mutated), block.before.dead))
        self.guard = block.guard

    def try_(self, ordinal: int, fact: f.Try) -> None:
        self.open("try")

    def handler(self, ordinal: int, fact: f.Handler) -> None:
        block = self.innermost("try")
        if block is None:
            return
        block.ended.append(self.state())
        block.catches.update([_last_name(self.facts, ordinal) for ordinal in fact.types] or [""])
        # A handler may run after any part of the block: its start is the union of before and after.
        body = block.ended[0]
        self.resume(_State(_union(block.before.env, body.env), _union(block.before.mutated, body.mutated), block.before.dead))
        self.guard = block.guard

    def end_try(self, ordinal: int, fact: f.Fact) -> None:
        block = self.innermost("try")
        if block is None:
            return
        if block.ended and not all(state.dead for state in (*block.ended[1:], self.state())):
            # Some handler goes on behind the block, so what it catches keeps nothing from going on.
            named = {o: _last_name(self.facts, value) for o, value in block.raised.items()}
            self.flow.caught.update(o for o, name in named.items() if name in block.catches or block.catches & CATCH_ALL)
        for ended in block.ended:
            self.merge(ended, self.state())
        block.ended = []
        if isinstance(fact, f.EndTry):
            self.guard = block.guard
            self.stack.pop()

    def scope(self, ordinal: int, fact: f.Scope) -> None:
        self.open("scope")

    def end_scope(self, ordinal: int, fact: f.EndScope) -> None:
        block = self.innermost("scope")
        if block is not None:
            self.stack.pop()
            self.env, self.guard, self.dead = block.before.env, block.guard, block.before.dead
            self.env_is_own = False


_HANDLERS: dict[type, Callable[[Any, int, Any], None]] = {
    f.Parameter: _Reader.parameter, f.Read: _Reader.name, f.Bind: _Reader.bind, f.Annotated: _Reader.annotated, f.Declare: _Reader.declare,
    f.Import: _Reader.star, f.BindItem: _Reader.bind_item, f.BindAttribute: _Reader.bind_attribute, f.Call: _Reader.call,
    f.Return: _Reader.returned, f.Yield: _Reader.yielded, f.Raise: _Reader.raised, f.Leave: _Reader.left, f.Assert: _Reader.asserted,
    f.Branch: _Reader.branch, f.Otherwise: _Reader.otherwise, f.Join: _Reader.join, f.Loop: _Reader.loop, f.EndLoop: _Reader.end_loop,
    f.Try: _Reader.try_, f.Handler: _Reader.handler, f.Finally: _Reader.end_try, f.EndTry: _Reader.end_try, f.Scope: _Reader.scope,
    f.EndScope: _Reader.end_scope,
}  # fmt: skip


CATCH_ALL = frozenset({"", "Exception", "BaseException"})


def _last_name(facts: tuple[Any, ...], ordinal: int) -> str:
    """Give the last word of a class that is named or called here ("" for none)."""
    fact = facts[ordinal] if ordinal >= 0 else None
    if type(fact) is f.Call:
        fact = facts[fact.callee]
    return str(getattr(fact, "name", ""))


def _both(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return first if first == second else tuple(dict.fromkeys((*first, *second)))[:MOST_BINDINGS]


def _union(first: Environment, second: Environment) -> Environment:
    if first is second or not second:
        return first
    merged: Environment | None = None
    for name, bound in second.items():
        there = first.get(name)
        if there is bound:
            continue
        if merged is None:
            merged = dict(first)
        merged[name] = bound if there is None else _both(there, bound)
    return first if merged is None else merged


def _bound_in_loop(facts: tuple[Any, ...], loop: int) -> list[tuple[str, int]]:
    """List the names that a loop binds, with their Binds."""
    found: list[tuple[str, int]] = []
    depth = 0
    for ordinal in range(loop, len(facts)):
        fact = facts[ordinal]
        kind = type(fact)
        if kind is f.Bind:
            found.append((fact.name, ordinal))
        elif kind is f.Loop:
            depth += 1
        elif kind is f.EndLoop:
            depth -= 1
            if depth == 0:
                break
    return found


def in_one_loop(facts: tuple[Any, ...], earlier: int, later: int) -> bool:
    """Tell whether a loop holds both facts, so that the earlier one comes behind the later one, too."""
    depth = sum((type(fact) is f.Loop) - (type(fact) is f.EndLoop) for fact in facts[:earlier])
    inner = 0
    for fact in facts[earlier:later]:
        if type(fact) is f.Loop:
            inner += 1
        elif type(fact) is f.EndLoop:
            inner, depth = (inner - 1, depth) if inner else (0, depth - 1)
    return depth > 0


def read_locally(definition: f.Definition) -> LocalFlow:
    """Read one definition: what reaches its reads, and the conditions its facts stand under."""
    return _Reader(definition).read()
