"""What a value refers to: modules, definitions, instances, and names of other people's code.

A reference is a small tuple; its first member tells what it is:
  ("module", file)        a first-party module
  ("def", Unit)           a first-party function or class itself
  ("inst", Unit)          an instance of exactly this first-party class
  ("sub", Unit)           an instance of this first-party class or of one derived from it (self, annotated parameters)
  ("gen", Unit)           what calling a generator function gives
  ("part", (Reference, n)) a callable of which the first n arguments are already given
  ("list", Reference)     a collection of such
  ("ext", name)           other people's code, by access path: "openai.OpenAI().chat.completions.create"; "()" is what a call gives,
                          "[]" a member of a collection
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from threatline.program.units import Modules, Node, Unit

Reference = tuple[str, Any]
References = tuple[Reference, ...]

Handler = Callable[[Unit, int, Any], Sequence[Reference]]
"""Resolves one kind of fact: its unit, its ordinal, the fact."""

FIRST_PARTY = "~"
"""Begins the access path of something that a first-party module should hold but that was not found there."""

SCRIPTS = "npm:"
"""Begins the names that packages of script languages go by, so that `openai` of npm is not Python's. Globals are members of `npm:js`."""

MOST = 24
DEEPEST = 120
LONGEST = 160
"""Characters of an access path that is still followed."""


class _Doubtful(tuple[Reference, ...]):
    """Nothing, for now: another time, when more is known, it may be something."""

    __slots__ = ()


_NOT_YET = _Doubtful()


class Values:
    """Resolves values to references, lazily and memoized. Cycles and over-deep chains give nothing.

    `doubts` counts how often an answer hung on something that was not known yet: a value that is just being resolved, a chain too deep, a
    parameter whose arguments are not known. An answer during which it did not move is the same at any later time.
    """

    def __init__(self, units: dict[tuple[str, str], Unit], modules: Modules) -> None:
        self.units = units
        self.modules = modules
        self.handlers: Mapping[type, Handler] = {}
        self.doubts = 0
        self._memo: dict[Node, References] = {}
        self._depth = 0

    def of(self, node: Node) -> References:
        """List what a value refers to, at most `MOST` references, in a stable order."""
        known = self._memo.get(node)
        if known is not None:
            if not known and type(known) is _Doubtful:
                self.doubts += 1
            return known
        unit, ordinal = node
        fact = unit.facts[ordinal]
        handler = self.handlers.get(type(fact))
        if handler is None:
            return ()
        if self._depth > DEEPEST:
            self.doubts += 1
            return ()
        self._memo[node] = _NOT_YET
        doubts = self.doubts
        self._depth += 1
        try:
            given = handler(unit, ordinal, fact)
        finally:
            self._depth -= 1
        found = tuple(given) if len(given) < 2 else tuple(dict.fromkeys(given))[:MOST]
        self._memo[node] = found if found or self.doubts == doubts else _NOT_YET
        return found

    def union(self, unit: Unit, ordinals: Iterable[int]) -> list[Reference]:
        """List what several values of a unit refer to."""
        return [reference for ordinal in ordinals for reference in self.of((unit, ordinal))]

    def forget(self) -> None:
        """Forget every answer."""
        self._memo.clear()

    def forget_doubtful(self) -> None:
        """Forget where nothing was found but something may be found now. What was found stands."""
        self._memo = {node: found for node, found in self._memo.items() if type(found) is tuple}


def member(base: Reference) -> list[Reference]:
    """Resolve any member of a collection."""
    kind, what = base
    if kind == "list":
        return [what]
    if kind == "ext":
        return [("ext", f"{what}[]")] if len(what) < LONGEST else []
    return []


def whole(reference: Reference) -> Reference:
    """Give the callable behind one of which some arguments are already given."""
    while reference[0] == "part":
        reference = reference[1][0]
    return reference
