"""The value graph compiled for walking: from a query in numbers to the queries behind it.

A query is a value and the fields wanted of it, as one number: `fields << NODE_BITS | node`. A walk's state is `context << QUERY_BITS | query`.
Most values lead on without touching the context; their plan is a tuple of differences, to be added to the state as it is. Everything else is
a `Route`. Plans hold for every sink of one table, and are made when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from threatline.facts import model as f
from threatline.flows.contexts import Controls
from threatline.flows.position import host_is_fixed
from threatline.flows.transfers import is_closed_field, transfer_of
from threatline.program.graph import Fields, Step
from threatline.program.numbers import number_of
from threatline.program.units import Node
from threatline.system.build import Built
from threatline.system.placing import PlacedPort
from threatline.vocabulary import ORIGINS

NODE_BITS = 32
QUERY_BITS = 56
NODE = (1 << NODE_BITS) - 1
QUERY = (1 << QUERY_BITS) - 1
MOST_FIELDS = 1 << (QUERY_BITS - NODE_BITS)

MOST_CALLERS = 24

KEPT, OUTSIDE, ENTERED = range(3)
"""What a step does with the context: nothing, forget the calls, enter the call it starts from."""

KEEPING_FIELDS = frozenset({f.Bind, f.Enter, f.Export})
"""Facts whose only step keeps the fields, whatever they are."""


class Way(NamedTuple):
    """One step: where to, what it does with the context, and whether it passes other people's code of which nothing is known."""

    query: int
    change: int
    unknown: bool


@dataclass(frozen=True, slots=True)
class Exits:
    """The ways out of a parameter: arguments by the call they stand in, those of the first callers, and the default (-1 for none).

    An argument is a pair: its value's number, and whether it is the very object, so that the fields are still wanted of it.
    """

    by_call: dict[int, tuple[tuple[int, bool], ...]]
    callers: tuple[tuple[int, bool], ...]
    default: int
    is_self: bool


@dataclass(frozen=True, slots=True)
class Route:
    """What a walk does at a value that is no mere stepping stone."""

    ports: tuple[PlacedPort, ...] = ()
    controls: Controls = frozenset()
    ways: tuple[Way, ...] = ()
    exits: Exits | None = None


Plan = tuple[int, ...] | Route


class Routes:
    """Makes and keeps plans. With `addresses`, parts of a text whose host is already fixed are left out."""

    def __init__(self, built: Built, *, addresses: bool = False) -> None:
        self.built = built
        self.graph = built.reading.graph
        self.numbers = built.reading.program.numbers
        self.addresses = addresses
        self.plans: dict[int, Plan] = {}
        self._exits: dict[int, Exits] = {}
        self._fields: list[Fields] = [()]
        self._field_ids: dict[Fields, int] = {(): 0}
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

    def fields(self, query: int) -> Fields:
        """Give the fields that a query wants."""
        return self._fields[query >> NODE_BITS]

    def is_open(self, query: int) -> bool:
        """Tell whether text can pass what a query wants: it is no field of closed type."""
        known = self._open.get(query)
        if known is None:
            known = self._open[query] = not is_closed_field(self.built, self.numbers.node(query & NODE), self.fields(query))
        return known

    def plan(self, query: int) -> Plan:
        """Make the plan of a query."""
        node = self.numbers.node(query & NODE)
        fields = self._fields[query >> NODE_BITS]
        fact = node[0].facts[node[1]]
        found = self.built.placement.ports_at.get(node, ())
        ports = tuple(port for port in found if port.name in ORIGINS and self.is_open(query)) if found else ()
        plan: Plan
        if type(fact) is f.Parameter:
            plan = Route(ports, exits=self._exits_of(node))
        else:
            plan = self._stepping(query, node, fields, ports)
        self.plans[query] = plan
        return plan

    def _stepping(self, query: int, node: Node, fields: Fields, ports: tuple[PlacedPort, ...]) -> Plan:
        transfer = transfer_of(self.built, node)
        ways: list[Way] = []
        plain = not ports and not transfer.controls
        is_call = type(node[0].facts[node[1]]) is f.Call
        for step in () if transfer.ends else self.graph.before(node, fields):
            if not transfer.lets(step) or (self.addresses and step.how == "text" and self._is_fixed(node, step)):
                continue
            change = OUTSIDE if step.how == "heap" else ENTERED if is_call and step.how == "return" else KEPT
            unknown = transfer.unknown and step.how == "argument"
            plain = plain and change == KEPT and not unknown
            ways.append(Way(self.query(step.node, step.fields), change, unknown))
        if plain:
            return tuple([way.query - query for way in ways])
        return Route(ports, transfer.controls, tuple(ways))

    def _is_fixed(self, node: Node, step: Step) -> bool:
        return host_is_fixed(self.built.reading.constants, node, step.node)

    def _exits_of(self, node: Node) -> Exits:
        number = number_of(node)
        known = self._exits.get(number)
        if known is None:
            known = self._exits[number] = self._find_exits(node)
        return known

    def _find_exits(self, node: Node) -> Exits:
        passed = self.graph.passed(node)
        by_call: dict[int, list[tuple[int, bool]]] = {}
        for value, call, how in passed:
            by_call.setdefault(number_of(call), []).append((number_of(value), how == "parameter"))
        unit, ordinal = node
        fact = unit.facts[ordinal]
        default = number_of((unit.parent, fact.default)) if fact.default >= 0 and unit.parent is not None else -1
        return Exits(
            {call: tuple(values) for call, values in by_call.items()},
            tuple((number_of(value), how == "parameter") for value, _, how in passed[:MOST_CALLERS]),
            default,
            ordinal == 0 and unit.parent is not None and unit.parent.kind == "class",
        )
