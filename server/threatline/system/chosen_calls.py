"""What a text chooses: the function that is called by its name, the program that is started, the fields that a format takes.

`getattr(os, name)()` and `globals()[name]()` run whatever the name says, so the name is a `code.source`; a member of one's own object, or
of a module that does no harm, is given up: choosing among those is common. A program that stands first in a list of arguments is a
`shell.command` where it is not written down: no list holds back who chooses the program. A text whose `format` is given an object is a
`template.source`.
"""

from __future__ import annotations

from collections.abc import Iterator

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import PlacedPort, Placement

_CALLED = Entry(call=("builtins.getattr",))
_FORMATTED = Entry(call=("builtins.str.format",))
_STARTED = Entry(call=("subprocess",))

NAMESPACES = frozenset({"globals", "locals", "vars"})
HARMFUL = frozenset("os posix subprocess builtins shutil importlib pty ctypes sys runpy code pickle marshal torch".split())
MOST_BINDINGS = 4


def place_chosen_calls(reading: Reading, placement: Placement) -> None:
    """Place the ports on names that are called, on texts that take objects apart, on programs that are started."""
    for unit in reading.program.units.values():
        for ordinal in unit.local.calls:
            fact = unit.facts[ordinal]
            for name in _names_called(reading, unit, fact.callee):
                if not reading.constants.is_constant((unit, name)):
                    match = Match(_CALLED, (unit, ordinal), "builtins.getattr")
                    placement.add_port(PlacedPort("code.source", None, (unit, name), match))
            callee = unit.facts[fact.callee]
            known = (unit, ordinal) in placement.matches_at
            if not known and type(callee) is f.Attribute and callee.name == "format" and _is_open_format(reading, unit, ordinal):
                match = Match(_FORMATTED, (unit, ordinal), "builtins.str.format")
                placement.add_port(PlacedPort("template.source", None, (unit, callee.base), match))
    for port in [port for port in placement.ports if port.name == "process.arguments"]:
        first = _first(port.node)
        if first is not None and not reading.constants.is_fixed(first):
            placement.add_port(PlacedPort("shell.command", None, first, Match(_STARTED, port.match.node, port.match.name)))


def _names_called(reading: Reading, unit: Unit, callee: int) -> Iterator[int]:
    """List the texts that choose what is called, out of a module or a namespace."""
    for ordinal in (callee, *_bound(unit, callee)):
        fact = unit.facts[ordinal]
        if type(fact) is f.Call and len(fact.arguments) > 1 and _is_builtin(reading, unit, fact.callee, {"getattr"}):
            if _is_harmful(reading, (unit, fact.arguments[0].value)):
                yield fact.arguments[1].value
        elif type(fact) is f.Item and fact.key >= 0:
            base = unit.facts[fact.base]
            if type(base) is f.Call and not base.arguments and _is_builtin(reading, unit, base.callee, NAMESPACES):
                yield fact.key


def _bound(unit: Unit, ordinal: int) -> list[int]:
    """List the values that a name is bound to in its own definition."""
    bound = [unit.facts[origin] for origin in unit.local.reads.get(ordinal, ())[:MOST_BINDINGS]]
    return [fact.value for fact in bound if type(fact) is f.Bind]


def _is_builtin(reading: Reading, unit: Unit, callee: int, names: frozenset[str] | set[str]) -> bool:
    fact = unit.facts[callee]
    return type(fact) is f.Read and fact.name in names and f"builtins.{fact.name}" in reading.program.names((unit, callee))


def _is_harmful(reading: Reading, node: Node) -> bool:
    """Tell whether a value is a module among whose functions are some that run, delete or load what they are given."""
    return not HARMFUL.isdisjoint(reading.program.names(node))


def _is_open_format(reading: Reading, unit: Unit, call: int) -> bool:
    """Tell whether a text that is not written down is given an object whose fields it may take."""
    fact = unit.facts[call]
    base = (unit, unit.facts[fact.callee].base)
    if reading.program.callees((unit, call)) or reading.constants.is_constant(base) or reading.constants.known_text(base):
        return False
    holder = unit.facts[base[1]]
    if type(holder) is f.Attribute and any(kind in {"inst", "sub"} for kind, _ in reading.program.references((unit, holder.base))):
        return False  # A field of one's own object is set where it is made.
    given = [kind for argument in fact.arguments for kind, _ in reading.program.references((unit, argument.value))]
    return "inst" in given or "sub" in given


def _first(node: Node) -> Node | None:
    """Find the first member of a list that is written down."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    if type(fact) is not f.Collection or fact.shape not in {"list", "tuple"} or fact.generated or not fact.elements:
        return None
    return None if fact.elements[0].spread else (unit, fact.elements[0].value)
