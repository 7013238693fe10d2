"""Components and ports placed on the program's values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import xxhash

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry, Place
from threatline.knowledge.model import Knowledge
from threatline.program.constants import Unknown
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, constant_at, places_of, receiver
from threatline.system.exported import route_of
from threatline.system.handlers import handler_ports, handlers_of, injected_parameters
from threatline.system.matching import Match
from threatline.system.messages import messages_in
from threatline.system.origins import origins

JOINING = frozenset({"receiver", "argument"})
ONE_PER_HOST = frozenset({"process-shell", "file-system"})
"""Kinds of which a host has one: where the target is unknown, all calls of the workspace are on the same."""


@dataclass(slots=True)
class Draft:
    """A component in the making."""

    kind: str
    name: str
    node: Node
    match: Match
    key: str
    handlers: list[Unit] = field(default_factory=list)
    attributes: dict[str, str | int | float | bool | None] = field(default_factory=dict)
    capabilities: set[str] = field(default_factory=set)
    matches: list[Match] = field(default_factory=list)
    id: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class PlacedPort:
    """A port on a value of the program. `match` tells the entry and the call it comes from."""

    name: str
    draft: Draft | None
    node: Node
    match: Match


@dataclass(slots=True)
class Placement:
    """Everything placed: drafts in order, ports in order, and indexes by value."""

    drafts: list[Draft] = field(default_factory=list)
    ports: list[PlacedPort] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    by_node: dict[Node, Draft] = field(default_factory=dict)
    by_handler: dict[Unit, Draft] = field(default_factory=dict)
    matches_at: dict[Node, list[Match]] = field(default_factory=dict)
    ports_at: dict[Node, list[PlacedPort]] = field(default_factory=dict)
    draft_of: dict[tuple[int, Node], Draft] = field(default_factory=dict)
    shared: dict[tuple[str, ...], Draft] = field(default_factory=dict)

    def add_port(self, port: PlacedPort) -> None:
        """Place a port, once for each name and value."""
        there = self.ports_at.setdefault(port.node, [])
        if all(other.name != port.name for other in there):
            there.append(port)
            self.ports.append(port)


def place(reading: Reading, matches: list[Match]) -> Placement:
    """Place components first where they are made, then those that join another, then all ports."""
    placement = Placement(matches=matches)
    for match in matches:
        placement.matches_at.setdefault(match.node, []).append(match)
    for match in matches:
        if match.entry.component and match.entry.of not in JOINING:
            _make(reading, placement, match)
    _join_all(reading, placement, [match for match in matches if match.entry.of in JOINING])
    for match in matches:
        _place_ports(reading, placement, match)
    return placement


def _join_all(reading: Reading, placement: Placement, waiting: list[Match]) -> None:
    """Join matches to their components until no more find one; the others make one of their own."""
    while True:
        left = [match for match in waiting if not _join(reading, placement, match)]
        if len(left) == len(waiting):
            break
        waiting = left
    for match in waiting:
        if not _join(reading, placement, match) and match.entry.component:
            _make_at_receiver(reading, placement, match)


def _make_at_receiver(reading: Reading, placement: Placement, match: Match) -> None:
    """Make the component of a receiver that nothing is known of: one for each kind, package and outermost definition."""
    unit = match.node[0]
    key = (match.entry.component or "", match.name.partition(".")[0], unit.file, unit.path.partition(".")[0])
    draft = placement.shared.get(key)
    if draft is None:
        made = _make(reading, placement, match)
        if made is not None:
            placement.shared[key] = made
        return
    _add_match(reading, placement, draft, match)


def _add_match(reading: Reading, placement: Placement, draft: Draft, match: Match) -> None:
    placement.draft_of[id(match.entry), match.node] = draft
    if match not in draft.matches:
        draft.matches.append(match)
    draft.capabilities.update(match.entry.capabilities)
    for name, value in attributes_of(reading, match).items():
        draft.attributes.setdefault(name, value)
    if not any(where.return_ for places in match.entry.ports.values() for where in places):
        # What the call gives is still the component (a cursor of a database), unless it is data.
        placement.by_node.setdefault(match.node, draft)


def _make(reading: Reading, placement: Placement, match: Match) -> Draft | None:
    entry = match.entry
    assert entry.component is not None
    draft = placement.by_node.get(match.node)
    if draft is not None and not entry.base and (draft.handlers == [] or (match.handler is not None and draft.kind == entry.component)):
        # Several entries for one call or decorator describe one component: the first names it.
        _add_match(reading, placement, draft, match)
        return draft
    if entry.of == "target":
        return _make_shared(reading, placement, match)
    name = name_of(reading, match)
    draft = Draft(entry.component, name, match.node, match, match.name, matches=[match])
    return _register(reading, placement, draft, match)


def _make_shared(reading: Reading, placement: Placement, match: Match) -> Draft:
    entry = match.entry
    target = constant_at(reading, match.node, entry.target)
    text = "" if isinstance(target, Unknown) or target is None else _short_target(str(target))
    file = match.node[0].file if not text and entry.component not in ONE_PER_HOST else ""
    key = (entry.component or "", entry.title or match.name.partition(".")[0] if not text else "", text, file)
    draft = placement.shared.get(key)
    if draft is None:
        draft = Draft(entry.component or "", text or entry.title or match.name.partition(".")[0], match.node, match, match.name)
        placement.shared[key] = draft
        _register(reading, placement, draft, match)
    draft.matches.append(match)
    placement.by_node.setdefault(match.node, draft)
    placement.draft_of[id(entry), match.node] = draft
    draft.capabilities.update(entry.capabilities)
    return draft


def _short_target(text: str) -> str:
    """Name a target: an address by its host, anything else as it is. A path without a host tells no target."""
    if text.startswith("/") and "://" not in text and "." not in text.rpartition("/")[2]:
        return ""
    if "://" in text:
        return text.split("://", 1)[1].split("/", 1)[0].rpartition("@")[2][:80]
    return text[:80]


def _register(reading: Reading, placement: Placement, draft: Draft, match: Match) -> Draft:
    draft.handlers = handlers_of(reading, match)
    draft.attributes = attributes_of(reading, match)
    draft.capabilities.update(match.entry.capabilities)
    placement.drafts.append(draft)
    placement.by_node.setdefault(match.node, draft)
    placement.draft_of[id(match.entry), match.node] = draft
    for handler in draft.handlers:
        placement.by_handler.setdefault(handler, draft)
    if match.handler is not None:
        placement.by_handler.setdefault(match.handler, draft)
    return draft


def _join(reading: Reading, placement: Placement, match: Match) -> bool:
    for value in _joined_values(reading, match):
        for node in origins(reading, value, placement.by_node):
            draft = placement.by_node.get(node)
            if draft is not None and node != match.node:
                _add_match(reading, placement, draft, match)
                return True
    return False


def _joined_values(reading: Reading, match: Match) -> list[Node]:
    unit, ordinal = match.node
    if match.entry.of == "argument":
        values = [value for where in match.entry.target for value in places_of(reading, match.node, where)]
        return [named for value in values for named in (_named_object(reading, value) or [value])]
    base = receiver(unit, ordinal)
    if base < 0 and type(unit.facts[ordinal]) is f.Call:
        # An instance that is called is its own receiver.
        base = unit.facts[ordinal].callee
    return [(unit, base)] if base >= 0 else []


def _named_object(reading: Reading, value: Node) -> list[Node]:
    """Find what a text such as "server:app" names: an object of a first-party module."""
    text = reading.constants.of(value)
    if not isinstance(text, str) or ":" not in text:
        return []
    module, _, name = text.partition(":")
    file = reading.program.modules.find(module, f"{value[0].file}#")
    scope = reading.program.units.get((file, "")) if file else None
    return [(scope, ordinal) for ordinal in reading.program.resolver.exported(scope, name)] if scope is not None else []


def _place_ports(reading: Reading, placement: Placement, match: Match) -> None:
    draft = placement.draft_of.get((id(match.entry), match.node)) or placement.by_node.get(match.node)
    handlers = handlers_of(reading, match)
    for name, places in match.entry.ports.items():
        for where in places:
            for node in _nodes(reading, match, where, handlers):
                # A name that begins with the program's own package can only choose among its modules.
                if name != "import.name" or "." not in reading.constants.leading_text(node):
                    placement.add_port(PlacedPort(name, draft, node, match))
    if "tool.arguments" in match.entry.ports:
        _place_identity(reading, placement, match, handlers)


def _place_identity(reading: Reading, placement: Placement, match: Match, handlers: list[Unit]) -> None:
    """Place what the framework hands a tool beside its arguments: the context of whoever asks, which no model writes."""
    for handler in handlers:
        for node in injected_parameters(reading, handler):
            placement.add_port(PlacedPort("identity.value", None, node, match))


def _nodes(reading: Reading, match: Match, where: Place, handlers: list[Unit]) -> Iterable[Node]:
    if where.parameters or where.returned or where.docstring or where.attribute:
        return handler_ports(reading, match, where, handlers)
    found = places_of(reading, match.node, where)
    if where.role is not None:
        return [node for value in found for node in messages_in(reading, value, where.role)]
    return found


def name_of(reading: Reading, match: Match) -> str:
    """Name a component: by its entry's name place, its handler, the variable it is bound to, or its class."""
    if match.entry.files and match.handler is not None:
        return route_of(match.entry, match.handler.file)
    value = constant_at(reading, match.node, match.entry.name)
    if isinstance(value, str) and value.strip():
        return value.strip()[:80]
    for where in match.entry.name:
        if where.attribute and match.handler is not None:
            text = _class_attribute(reading, match.handler, where.attribute)
            if text:
                return text
        for node in places_of(reading, match.node, where):
            functions = reading.program.functions_in(node)
            if functions:
                return functions[0].name
            if node[0].language != "python" and _written_name(node):
                return _written_name(node)
    if match.handler is not None:
        return match.handler.name
    handlers = handlers_of(reading, match)
    if handlers and match.node[0].language != "python" and bound_name(match.node):
        # `const search = tool({ execute: … })`: the handler is named by its key, which is the same for all.
        return bound_name(match.node)
    if handlers and handlers[0].kind != "lambda":
        return handlers[0].name
    return match.entry.title or match.title or bound_name(match.node) or _returned_name(match.node) or _type_name(match.name)


def _written_name(node: Node) -> str:
    """Name by what is written where a constant was looked for: `search.name` is the name of `search`, `TOOL_NAME` is itself."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    if type(fact) is f.Attribute and fact.name in {"name", "id"}:
        fact = unit.facts[fact.base]
    return fact.name if type(fact) in {f.Read, f.Attribute} else ""


def _returned_name(node: Node) -> str:
    """Name what a function makes and returns by the function."""
    unit, ordinal = node
    returned = any(unit.facts[r].value == ordinal for r in unit.local.returns)
    return unit.name if returned and unit.kind == "function" else ""


def _type_name(name: str) -> str:
    """Give the class of a canonical name, else its last word: `ChatPromptTemplate.from_messages` is a ChatPromptTemplate."""
    owner, _, last = name.rpartition(".")
    cls = owner.rpartition(".")[2]
    return cls if last[:1].islower() and cls[:1].isupper() else last


def _class_attribute(reading: Reading, cls: Unit, name: str) -> str:
    for ordinal in cls.local.final.get(name, ()):
        value = reading.constants.of((cls, ordinal))
        if isinstance(value, str) and value:
            return value[:80]
    return ""


def bound_name(node: Node, *, by_key: bool = True) -> str:
    """Give the name that a value is bound to where it is made, or of the function that makes it to give it back ("" for none)."""
    unit, ordinal = node
    for later in range(ordinal + 1, min(ordinal + 4, len(unit.facts))):
        fact = unit.facts[later]
        if isinstance(fact, (f.Bind, f.BindAttribute)) and fact.value == ordinal:
            return fact.name
        if isinstance(fact, f.Return) and fact.value == ordinal and unit.kind == "function":
            return unit.name
    return _key_of(unit, ordinal) if by_key else ""


def _key_of(unit: Unit, ordinal: int) -> str:
    """Name a value of a script by the key that it stands under: `tools: {search: tool({…})}`."""
    for fact in unit.facts[ordinal + 1 : ordinal + MOST_KEYED] if unit.language != "python" else ():
        for element in fact.elements if type(fact) is f.Collection else ():
            key = unit.facts[element.key] if element.value == ordinal and element.key >= 0 else None
            if type(key) is f.Literal and isinstance(key.value, str):
                return key.value
    return ""


MOST_KEYED = 400
"""How many facts may stand between a value and the object literal that it is put into."""


def attributes_of(reading: Reading, match: Match) -> dict[str, str | int | float | bool | None]:
    """Read an entry's attributes: constants at places, or fixed words.

    "fixed" stands for a value that follows from constants, "dynamic" for any other that is given.
    """
    found: dict[str, str | int | float | bool | None] = {}
    for name, where in match.entry.attributes.items():
        if not isinstance(where, (dict, list, Place, tuple)):
            found[name] = where
            continue
        for spec in where if isinstance(where, (list, tuple)) else [where]:
            place_ = spec if isinstance(spec, Place) else Place.model_validate(spec)
            for node in places_of(reading, match.node, place_):
                found.setdefault(name, _attribute(reading, node))
    return found


def _attribute(reading: Reading, node: Node) -> str | int | float | bool | None:
    value = reading.constants.of(node)
    if not isinstance(value, Unknown):
        return value
    return "fixed" if reading.constants.is_fixed(node) else "dynamic"


def identify(placement: Placement, knowledge: Knowledge) -> None:
    """Give each component its id: kind, name, and a short hash of its place in the definition tree, without lines."""
    equals: Counter[tuple[str, str, str, str]] = Counter()
    for draft in placement.drafts:
        unit = draft.node[0]
        key = (draft.kind, draft.name, unit.file, unit.path)
        equals[key] += 1
        text = "|".join((*key, draft.key, str(equals[key])))
        draft.id = f"{draft.kind}:{draft.name}#{xxhash.xxh3_64_hexdigest(text.encode())[:6]}"
        info = knowledge.components.get(draft.kind)
        draft.zone = info.zone if info else "application"


def entry_controls(entry: Entry) -> tuple[str, ...]:
    """List the controls an entry can show at its call."""
    return tuple(entry.controls)
