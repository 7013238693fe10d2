"""Which catalog entries apply where: calls, reads, decorated functions, classes derived from a library's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.references import FIRST_PARTY, SCRIPTS
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, holds
from threatline.system.exported import exported_functions

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that applies. `node` is the call, the read, or the decorator's value; `name` the canonical name that matched.

    `handler` is the decorated function or derived class, None for calls and reads. `title` is the key of a document that it stands under.
    """

    entry: Entry
    node: Node
    name: str
    handler: Unit | None = None
    title: str = ""


def match_all(reading: Reading) -> list[Match]:
    """Match every call, read, decorator and base of the program, in order of file, definition and ordinal."""
    found: list[Match] = []
    for unit in reading.program.units.values():
        found += _match_calls(reading, unit)
        found += _match_reads(reading, unit)
        found += _match_assignments(reading, unit)
        found += _match_decorators(reading, unit)
        found += _match_bases(reading, unit)
        if unit.parent is None and unit.language != "python":
            found += _match_exports(reading, unit)
    return found


def _match_calls(reading: Reading, unit: Unit) -> Iterator[Match]:
    for ordinal in unit.local.calls:
        node = (unit, ordinal)
        fact = unit.facts[ordinal]
        if fact.callee not in unit.decorators:
            yield from _match_element(reading, node, fact) if fact.new else ()
            yield from matches_of(reading, node, (unit, fact.callee), "call")
            yield from _match_applied(reading, unit, ordinal)
            yield from _match_decorating(reading, unit, fact)


def _match_element(reading: Reading, node: Node, fact: f.Call) -> Iterator[Match]:
    """Match an HTML element written in JSX, whatever its tag, as `js.Element`."""
    if type(node[0].facts[fact.callee]) is f.Literal:
        for entry in reading.catalog.entries("call", ELEMENT):
            if all(holds(reading, node, condition) for condition in entry.when):
                yield Match(entry, node, ELEMENT)


ELEMENT = f"{SCRIPTS}js.Element"


def _match_applied(reading: Reading, unit: Unit, ordinal: int) -> Iterable[Match]:
    """Match the library function that a thread or a queue is given to run; its value stands for the call."""
    run = unit.local.forwards.get(ordinal)
    fact = unit.facts[ordinal]
    function = run.function if run is not None else -1
    if run is None and len(fact.arguments) > 1 and getattr(unit.facts[fact.callee], "name", "") == "map":
        function = fact.arguments[0].value
    if function < 0 or function not in unit.local.applied or type(unit.facts[function]) not in _NAMED:
        return []
    if reading.program.callees((unit, ordinal)):
        return []
    return matches_of(reading, (unit, function), (unit, function), "call")


def _match_decorating(reading: Reading, unit: Unit, fact: f.Call) -> Iterator[Match]:
    """Match a decorator that is called like a function: `server.tool()(run)`, `tool(run)`."""
    if not fact.arguments or fact.arguments[0].name:
        return
    maker = unit.facts[fact.callee]
    made = type(maker) is f.Call
    named = maker.callee if made else fact.callee
    if getattr(unit.facts[named], "name", "") not in reading.catalog.last_words["decorator"]:
        return
    functions = reading.program.functions_in((unit, fact.arguments[0].value))
    for function in functions:
        at = fact.callee if made else named
        for match in matches_of(reading, (unit, at), (unit, named), "decorator"):
            yield Match(match.entry, match.node, match.name, function)


_NAMED = frozenset({f.Read, f.Attribute})


def matches_of(reading: Reading, node: Node, named: Node, table: str) -> list[Match]:
    """Match one node by the names of `named`; each entry once."""
    found: dict[int, Match] = {}
    for name in reading.names(named):
        for entry in reading.catalog.entries(table, name):
            meant = id(entry) not in found and reading.versions.may_be(name.partition(".")[0], entry.versions)
            if meant and all(holds(reading, node, condition) for condition in entry.when):
                found[id(entry)] = Match(entry, node, reading.catalog.canonical(name))
    return list(found.values())


def _match_reads(reading: Reading, unit: Unit) -> Iterator[Match]:
    words, local = reading.catalog.last_words["read"], unit.local.reads
    for ordinal, fact in enumerate(unit.facts):
        kind = type(fact)
        if kind is f.Attribute or kind is f.Item or (kind is f.Read and ordinal not in local) or (kind is f.Unpack and fact.key):
            # Most names are ruled out by their last word alone.
            word = f"{getattr(unit.facts[fact.base], 'name', '')}[]" if kind is f.Item else fact.key if kind is f.Unpack else fact.name
            if word not in words:
                continue
            node = (unit, ordinal)
            for name in reading.names(node):
                for entry in reading.catalog.entries("read", name):
                    if all(holds(reading, node, condition) for condition in entry.when):
                        yield Match(entry, node, reading.catalog.canonical(name))


def _match_assignments(reading: Reading, unit: Unit) -> Iterator[Match]:
    """Match what is assigned to a library's attribute: a setting, or a function put in the place of a library's own."""
    words = reading.catalog.last_words["assign"]
    for ordinal, fact in enumerate(unit.facts) if words else ():
        if type(fact) is not f.BindAttribute or fact.name not in words:
            continue
        node = (unit, ordinal)
        # Elements of a page come from anywhere; what is assigned to them tells that they are some.
        script = [ELEMENT] if unit.language != "python" else []
        for base in [*(reading.names((unit, fact.base)) or [_provided(unit, fact.base)]), *script]:
            name = f"{base}.{fact.name}"
            for entry in reading.catalog.entries("assign", name):
                if all(holds(reading, node, condition) for condition in entry.when):
                    yield Match(entry, node, reading.catalog.canonical(name))


def _provided(unit: Unit, ordinal: int) -> str:
    """Name a value by what is written, where the program that runs a file provides the first name: `c` in a configuration file."""
    written: list[str] = []
    for _ in range(LONGEST_NAME):  # A name may be bound to what is made of itself.
        fact = unit.facts[ordinal]
        if type(fact) is f.Attribute:
            written.append(f".{fact.name}")
            ordinal = fact.base
        elif type(fact) is f.Call:
            written.append("()")
            ordinal = fact.callee
        elif type(fact) is f.Read and unit.local.reads.get(ordinal):
            bound = [origin.value for o in unit.local.reads[ordinal] if type(origin := unit.facts[o]) is f.Bind]
            if len(bound) != 1:
                return ""
            ordinal = bound[0]
        else:
            return f"builtins.{fact.name}{''.join(reversed(written))}" if type(fact) is f.Read else ""
    return ""


def _match_exports(reading: Reading, module: Unit) -> Iterator[Match]:
    """Match what a script's file exports for a framework that finds it by its path."""
    for entry in reading.catalog.exports:
        for name, function in exported_functions(reading, module, entry):
            if function.parent is not None:
                yield Match(entry, (function.parent, _definition_fact(function)), name, function)


def _match_decorators(reading: Reading, unit: Unit) -> Iterator[Match]:
    parent = unit.parent
    if parent is None:
        return
    for ordinal in unit.definition.decorators:
        fact = parent.facts[ordinal]
        named = fact.callee if type(fact) is f.Call else ordinal
        for match in matches_of(reading, (parent, ordinal), (parent, named), "decorator"):
            yield Match(match.entry, match.node, match.name, unit)


def _match_bases(reading: Reading, unit: Unit) -> Iterator[Match]:
    if unit.kind != "class" or unit.parent is None:
        return
    seen: set[int] = set()
    for name in _ancestor_names(reading, unit):
        for entry in reading.catalog.entries("base", name):
            if id(entry) not in seen:
                seen.add(id(entry))
                yield Match(entry, (unit.parent, _definition_fact(unit)), reading.catalog.canonical(name), unit)


def _ancestor_names(reading: Reading, unit: Unit) -> list[str]:
    lineage, external = reading.program.resolver.lineage(unit)
    # A class made from `Store[dict]` derives from `Store`.
    outside = [name.removesuffix("[]") for name in external]
    return reading.known([FIRST_PARTY + reading.program.qualified(above) for above in lineage[1:]] + outside)


def _definition_fact(unit: Unit) -> int:
    """Find the ordinal at which a definition is made in its parent."""
    parent = unit.parent
    assert parent is not None
    for ordinal, fact in enumerate(parent.facts):
        if type(fact) is f.Define and fact.path == unit.path:
            return ordinal
    return 0
