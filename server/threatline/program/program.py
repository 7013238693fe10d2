"""The linked program: units, modules, references, and who calls whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from threatline.facts import model as f
from threatline.program.forwarding import Forwarded
from threatline.program.manifests import read_manifests
from threatline.program.numbers import Numbers
from threatline.program.references import FIRST_PARTY, Reference, References, whole
from threatline.program.resolver import Resolver
from threatline.program.units import FileUnits, Modules, Node, Unit, link_modules, make_units

MOST_CALLERS = 60


class Program:
    """All definitions of a workspace, linked. Read-only once made.

    `callers` maps a function to the calls that may run it, each with the number of parameters filled without an argument.
    `callbacks` maps a function to the calls of other people's code that it is passed to.
    """

    def __init__(self, units: dict[tuple[str, str], Unit], modules: Modules) -> None:
        self.units = units
        self.modules = modules
        self.numbers = Numbers(units.values())
        self.resolver = Resolver(units, modules)
        self.callers: dict[Unit, list[tuple[Node, int]]] = {}
        self.callbacks: dict[Unit, list[Node]] = {}
        self._callees: dict[Node, list[tuple[Unit, int]]] = {}
        self._instance_names: dict[Unit, tuple[str, ...]] = {}

    def references(self, node: Node) -> References:
        """List what a value refers to."""
        return self.resolver.of(node)

    def names(self, node: Node) -> tuple[str, ...]:
        """List the qualified names a value goes by: access paths of other people's code, and first-party names behind `FIRST_PARTY`.

        An instance of a first-party class goes by its own name and by its outside ancestors' names, each with "()".
        """
        references = self.resolver.of(node)
        if len(references) == 1:
            return self._names_of(references[0])
        return tuple(dict.fromkeys([name for reference in references for name in self._names_of(reference)]))

    def _names_of(self, reference: Reference) -> tuple[str, ...]:
        kind, what = reference
        if kind == "ext":
            return (what,)
        if kind == "list":
            return tuple([f"{name}[]" for name in self._names_of(what)])
        if kind == "def":
            return (FIRST_PARTY + self.qualified(what),)
        if kind == "part":
            return self._names_of(what[0])
        if kind in {"inst", "sub"}:
            known = self._instance_names.get(what)
            if known is None:
                lineage, external = self.resolver.lineage(what)
                own = [f"{FIRST_PARTY}{self.qualified(unit)}()" for unit in lineage]
                known = self._instance_names[what] = tuple(dict.fromkeys([*own, *(f"{name}()" for name in external)]))
            return known
        return ()

    def qualified(self, unit: Unit) -> str:
        """Give a definition's qualified name: its module's best name and its path."""
        module = self.modules.best(unit.file)
        return f"{module}.{unit.path}" if unit.path else module

    def callees(self, call: Node) -> list[tuple[Unit, int]]:
        """List the first-party functions a call may run, with the number of parameters filled without an argument."""
        known = self._callees.get(call)
        if known is None:
            known = self._callees[call] = self.resolver.callees(call)
        return known

    def forget_callees(self, calls: Iterable[Node]) -> None:
        """Find out anew what these calls may run."""
        for call in calls:
            self._callees.pop(call, None)

    def functions_in(self, node: Node) -> list[Unit]:
        """List the first-party functions that a value is (a callback, a member of a tool list)."""
        return [what for kind, what in map(whole, self.resolver.of(node)) if kind == "def" and what.kind != "class"]

    def effective(self, call: Node) -> Forwarded:
        """Give the function that a call runs and its arguments: its own, or those that a thread or a queue passes on."""
        return self.resolver.effective(call)

    def calls(self) -> Iterable[Node]:
        """Iterate over all calls, by unit and ordinal."""
        for unit in self.units.values():
            for ordinal in unit.local.calls:
                yield unit, ordinal


def link(files: Mapping[str, FileUnits], names: Mapping[str, tuple[str, ...]], listed: Iterable[str] = ()) -> Program:
    """Link files into a program. `names` gives each file's possible module names; `listed` all files that exist, read or not."""
    units: dict[tuple[str, str], Unit] = {}
    for file in sorted(files):
        for unit in make_units(files[file]):
            units[unit.key] = unit
    candidates = read_manifests(units).candidates
    program = Program(units, link_modules({file: names.get(file, ()) for file in sorted(files)}, {*files, *listed}, candidates))
    program.resolver.tie_classes()
    _tie_calls(program)
    return program


class _Tie(NamedTuple):
    """A call, the first-party functions it may run, else those that are passed to it; `open` where more may be known later."""

    call: Node
    callees: list[tuple[Unit, int]]
    passed: list[Unit]
    open: bool


def _tie_calls(program: Program) -> None:
    """Record callers in two rounds: the second sees what the first one found passed to parameters without a declared type."""
    first = [_tie(program, call) for call in program.calls()]
    _record(program, first)
    program.resolver.learn_arguments({unit: calls[:MOST_CALLERS] for unit, calls in program.callers.items()}, program.callbacks)
    program.forget_callees([tie.call for tie in first if tie.open])
    _record(program, [_tie(program, tie.call) if tie.open else tie for tie in first])


def _tie(program: Program, call: Node) -> _Tie:
    doubts = program.resolver.values.doubts
    callees = program.callees(call)
    if callees:
        return _Tie(call, callees, [], False)
    unit, ordinal = call
    passed = [
        function
        for argument in unit.facts[ordinal].arguments
        if type(unit.facts[argument.value]) in _MAYBE_FUNCTIONS
        for function in program.functions_in((unit, argument.value))
    ]
    return _Tie(call, callees, passed, program.resolver.values.doubts != doubts)


def _record(program: Program, ties: Iterable[_Tie]) -> None:
    program.callers.clear()
    program.callbacks.clear()
    for tie in ties:
        for target, skip in tie.callees:
            program.callers.setdefault(target, []).append((tie.call, skip))
        for function in tie.passed:
            program.callbacks.setdefault(function, []).append(tie.call)


_MAYBE_FUNCTIONS = frozenset({f.Read, f.Attribute, f.Define})
