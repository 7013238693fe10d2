"""The system map: components, ports, relations, controls, boundaries and data flows, placed on the program's values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from threatline.vocabulary import Confidence, ControlState


class Value(NamedTuple):
    """A value of the program: a fact's file, definition path and ordinal. Ordinal -1 is the definition itself (its name)."""

    file: str
    definition: str
    ordinal: int


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a component placed on a value. `name` is a word of `vocabulary.PORTS`; `call` is the call (or handler) it belongs to."""

    name: str
    component: str
    value: Value
    call: Value


@dataclass(frozen=True, slots=True)
class Control:
    """A control seen at a component: what, in which state, where, and a word on why it counts."""

    control: str
    state: ControlState
    value: Value | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the system.

    `id` is `kind:name#hash`, stable under edits that keep its kind, name and place in the definition tree. `value` is where it is made.
    `attributes` hold constants found in code. `handlers` are the definitions (file, path) that stand for it.
    """

    id: str
    kind: str
    name: str
    value: Value
    zone: str
    attributes: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    capabilities: frozenset[str] = frozenset()
    controls: tuple[Control, ...] = ()
    handlers: tuple[tuple[str, str], ...] = ()
    entry: str = ""
    confidence: Confidence = "high"


@dataclass(frozen=True, slots=True)
class Relation:
    """`source` (a component id) stands in this relation to `target`."""

    source: str
    kind: str
    target: str
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class DataFlow:
    """Data that goes from one component to another.

    `data` are kinds of data, `crosses` the boundaries crossed as `outer/inner` zones, `steps` the values that prove it.
    """

    source: str
    target: str
    data: frozenset[str]
    crosses: tuple[str, ...]
    steps: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TrustBoundary:
    """A region of equal trust: `id` and `kind` are a zone's name, or a declared zone's."""

    id: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class SystemMap:
    """All of it. Components are ordered by file, definition and ordinal; relations and flows by their ends."""

    components: tuple[Component, ...] = ()
    ports: tuple[Port, ...] = ()
    relations: tuple[Relation, ...] = ()
    flows: tuple[DataFlow, ...] = ()
    boundaries: tuple[TrustBoundary, ...] = ()
