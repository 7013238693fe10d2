"""The value graph compiled for walking: from a query in numbers to the queries behind it.

A query is a value and the fields wanted of it, as one number: `fields << NODE_BITS | node`. A walk's state is
`context << QUERY_BITS | query`. Most values lead on without touching the context; their plan is a tuple of differences, to be added to the
state as it is. Everything else is a `Route`. Plans are made when first asked for and hold for every sink. Where the steps are the same
whatever fields are wanted, all queries of a value share what was found out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from threatline.facts import model as f
from threatline.flows.contexts import Controls
from threatline.flows.position import host_is_fixed
from threatline.flows.transfers import NO_TRANSFER, Transfer, is_closed_field, transfer_of
from threatline.program.numbers import number_of
from threatline.program.steps import Fields, Step
from threatline.program.units import Node, Unit
from threatline.system.build import Built
from threatline.system.placing import PlacedPort
from threatline.vocabulary import ORIGINS

NODE_BITS = 32
QUERY_BITS = 56
NODE = (1 << NODE_BITS) - 1
QUERY = (1 << QUERY_BITS) - 1
FIELDS = QUERY & ~NODE
MOST_FIELDS = 1 << (QUERY_BITS - NODE_BITS)

MOST_CALLERS = 24
MOST_GIVING = 4

KEPT, OUTSIDE, ENTERED = range(3)
"""What a step does with the context: nothing, forget the calls, enter the call it starts from."""

BUILT_TEXTS = frozenset({f.Template, f.Operation})

PROBE = ("?",)
"""Fields to ask for where the steps are known to be the same for any."""


class Way(NamedTuple):
    """One step: to which value (with `keeps` the same fields are wanted of it, without it `to` is the whole query), what it does with the
    context, and whether it passes other people's code of which nothing is known.
    """

    to: int
    keeps: bool
    change: int
    unknown: bool


class Exits(msgspec.Struct, frozen=True):
    """The ways out of a parameter: arguments by the call they stand in, those of the first callers, and the default (-1 for none).

    An argument is a pair: its value's number, and whether it is the very object, so that the fields are still wanted of it. Those by a call
    of what a function is given (`by_parameter`) come with the call that gives this very function.
    """

    by_call: dict[int, tuple[tuple[int, bool], ...]]
    callers: tuple[tuple[int, bool], ...]
    default: int
    is_self: bool
    by_parameter: tuple[tuple[tuple[int, bool], int], ...] = ()


class Route(msgspec.Struct, frozen=True):
    """What a walk does at a value that is no mere stepping stone. `stored` numbers the values that are read back here."""

    ports: tuple[PlacedPort, ...] = ()
    controls: Controls = frozenset()
    ways: tuple[Way, ...] = ()
    exits: Exits | None = None
    stored: tuple[int, ...] = ()


Plan = tuple[int, ...] | Route


class Shared(msgspec.Struct, frozen=True):
    """What all queries of a value have in common: its source ports, how it is passed, the ways that are the same for any fields (None
    where they differ), the exits of a parameter, the plan of every query that meets no port where there is one, and whether it builds text.
    """

    ports: tuple[PlacedPort, ...]
    transfer: Transfer
    ways: tuple[Way, ...] | None
    exits: Exits | None = None
    plan: Plan | None = None
    is_text: bool = False
    stored: tuple[int, ...] = ()


class Routes:
    """Makes and keeps plans. Those with a `base` are for addresses: parts of a text whose host is already fixed are left out."""

    def __init__(self, built: Built, base: Routes | None = None, behind: Mapping[Node, tuple[Node, ...]] | None = None) -> None:
        self.built = built
        self.base = base
        self.graph = built.reading.graph
        self.numbers = built.reading.program.numbers
        self._behind = behind or {}
        self._is_static = built.reading.program.resolver.is_static
        self.plans: dict[int, Plan] = {}
        self._shared: dict[int, Shared] = {}
        self._fields: list[Fields] = base._fields if base is not None else [()]
        self._field_ids: dict[Fields, int] = base._field_ids if base is not None else {(): 0}
        self._open: dict[int, bool] = {}

    def query(self, node: Node, fields: Fields = ()) -> int:
        """Give the number of a query."""
        return self._field_id(fields) << NODE_BITS | number_of(node)

    def _field_id(self, fields: Fields) -> int:
        known = self._field_ids.get(fields)
        if known is None:
            if len(self._fields) >= MOST_FIELDS:
                return 0  # A file made to be strange: asking for the whole object only adds paths.
            known = self._field_ids[fields] = len(self._fields)
            self._fields.append(fields)
        return known

    def is_open(self, query: int) -> bool:
        """Tell whether text can pass what a query wants: it is no field of closed type."""
        known = self._open.get(query)
        if known is None:
            known = self._open[query] = not is_closed_field(self.built, self.numbers.node(query & NODE), self._fields[query >> NODE_BITS])
        return known

    def plan(self, query: int) -> Plan:
        """Make the plan of a query."""
        number = query & NODE
        shared = self._shared.get(number) or self.shared(number)
        plan = shared.plan
        if plan is None or shared.ports:
            lender = self.base if self.base is not None and not shared.is_text else self
            plan = lender.plans.get(query)
            if plan is None:
                plan = lender._make(query, shared)
        self.plans[query] = plan
        return plan

    def shared(self, number: int) -> Shared:
        """Give what all queries of a value have in common."""
        known = self._shared.get(number)
        if known is None:
            known = self._shared[number] = self._share(number)
        return known

    def _make(self, query: int, shared: Shared) -> Plan:
        ports = tuple([port for port in shared.ports if self.is_open(query)])
        if shared.plan is not None and not ports:
            return shared.plan
        if shared.exits is not None:
            return Route(ports, exits=shared.exits)
        wanted = query & FIELDS
        ways = shared.ways
        if ways is None:
            node = self.numbers.node(query & NODE)
            ways = tuple(self._ways(node, self._fields[query >> NODE_BITS], shared.transfer, even=False))
        if ports or shared.stored or _is_busy(shared.transfer, ways):
            return Route(ports, shared.transfer.controls, ways, stored=shared.stored)
        return tuple([(wanted | way.to if way.keeps else way.to) - query for way in ways])

    def _share(self, number: int) -> Shared:
        """Find out what all queries of a value have in common."""
        node = self.numbers.node(number)
        kind = type(node[0].facts[node[1]])
        if self.base is not None and kind not in BUILT_TEXTS:
            return self.base.shared(number)
        placed = self.built.placement.ports_at.get(node)
        ports = tuple([port for port in placed if port.name in ORIGINS]) if placed else ()
        if kind is f.Parameter:
            exits = self._exits(node)
            return Shared(ports, NO_TRANSFER, (), exits, Route(exits=exits))
        transfer = transfer_of(self.built, node)
        stored = self._behind.get(node)
        if stored is not None:
            return Shared(ports, transfer, None, is_text=kind in BUILT_TEXTS, stored=tuple([number_of(value) for value in stored]))
        if not self.graph.is_even(node):
            return Shared(ports, transfer, None, is_text=kind in BUILT_TEXTS)
        ways = tuple(self._ways(node, PROBE, transfer, even=True))
        plan: Plan | None = None
        if _is_busy(transfer, ways):
            plan = Route((), transfer.controls, ways)
        elif all(way.keeps for way in ways):
            plan = tuple([way.to - number for way in ways])
        return Shared(ports, transfer, ways, plan=plan, is_text=kind in BUILT_TEXTS)

    def _ways(self, node: Node, fields: Fields, transfer: Transfer, *, even: bool) -> Iterator[Way]:
        if transfer.ends:
            return
        is_call = type(node[0].facts[node[1]]) is f.Call
        for step in self.graph.steps(node, fields):
            if not transfer.lets(step) or (self.base is not None and step.how == "text" and self._is_fixed(node, step)):
                continue
            change = OUTSIDE if step.how == "heap" else ENTERED if is_call and step.how == "return" else KEPT
            unknown = transfer.unknown and step.how == "argument"
            if even:
                yield Way(number_of(step.node), bool(step.fields), change, unknown)
            else:
                yield Way(self.query(step.node, step.fields), False, change, unknown)

    def _is_fixed(self, node: Node, step: Step) -> bool:
        return host_is_fixed(self.built.reading.constants, node, step.node)

    def _exits(self, node: Node) -> Exits:
        passed = self.graph.passed(node)
        by_call: dict[int, list[tuple[int, bool]]] = {}
        for value, call, how in passed:
            by_call.setdefault(number_of(call), []).append((number_of(value), how == "parameter"))
        unit, ordinal = node
        fact = unit.facts[ordinal]
        default = number_of((unit.parent, fact.default)) if fact.default >= 0 and unit.parent is not None else -1
        callers: list[tuple[int, bool]] = []
        by_parameter: list[tuple[tuple[int, bool], int]] = []
        for value, call, how in passed[:MOST_CALLERS]:
            argument = (number_of(value), how == "parameter")
            giving = self._giving(unit, call)
            by_parameter += [(argument, number_of(outer)) for outer in giving]
            callers += [] if giving else [argument]
        return Exits(
            {call: tuple(values) for call, values in by_call.items()},
            tuple(callers),
            default,
            ordinal == 0 and unit.parent is not None and unit.parent.kind == "class" and not self._is_static(unit),
            tuple(by_parameter),
        )

    def _giving(self, function: Unit, call: Node) -> list[Node]:
        """List the calls that give a function to the definition in which a call runs it by the name of a parameter."""
        unit, ordinal = call
        fact = unit.facts[ordinal]
        origins = unit.local.reads.get(fact.callee, ()) if type(fact) is f.Call else ()
        if len(origins) != 1 or type(unit.facts[origins[0]]) is not f.Parameter:
            return []
        functions_in = self.built.reading.program.functions_in
        found = [outer for value, outer, _ in self.graph.passed((unit, origins[0])) if function in functions_in(value)]
        return found if len(found) <= MOST_GIVING else []


def _is_busy(transfer: Transfer, ways: tuple[Way, ...]) -> bool:
    """Tell whether a walk has more to do here than to go on."""
    return bool(transfer.controls) or any(way.change != KEPT or way.unknown for way in ways)
