"""Calls in catalog terms: which value stands at a place, what it is, and whether conditions hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from threatline.facts import model as f
from threatline.knowledge.catalog import Condition, Place, Scalar
from threatline.knowledge.index import Catalog
from threatline.program.constants import UNKNOWN, Constants, Unknown
from threatline.program.graph import ValueGraph
from threatline.program.program import Program
from threatline.program.references import FIRST_PARTY
from threatline.program.units import Node, Unit
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.system.versions import Versions


@dataclass(frozen=True, slots=True)
class Reading:
    """What the later rooms read the program with: one set of memoized views over one program and catalog."""

    program: Program
    graph: ValueGraph
    constants: Constants
    catalog: Catalog
    own_roots: frozenset[str]
    versions: Versions = field(default_factory=Versions)

    def names(self, node: Node) -> list[str]:
        """List the names of a value that may be looked up in the catalog.

        A first-party name counts only where the workspace is that package itself.
        """
        return self.known(self.program.names(node))

    def known(self, names: Iterable[str]) -> list[str]:
        """Keep the names that may be looked up in the catalog."""
        return [known for name in names if (known := self._known(name))]

    def _known(self, name: str) -> str:
        """Give a name as the catalog may know it, "" where it is first-party and the workspace is not that package."""
        if name.startswith(FIRST_PARTY):
            name = name.removeprefix(FIRST_PARTY)
            return name if name.partition(".")[0] in self.own_roots else ""
        return name


def arguments_of(unit: Unit, call: int) -> tuple[f.Argument, ...]:
    """List the arguments of a call, with those that a partial holds, or those with which a thread or a queue calls the function
    that stands here.
    """
    fact = unit.facts[call]
    return unit.local.held.get(call, fact.arguments) if type(fact) is f.Call else unit.local.applied.get(call, ())


def argument(unit: Unit, call: int, name: str, position: int) -> int:
    """Find the value passed as this keyword or at this position; -1 where there is none.

    The key of an item is its position 0, and so is what is assigned.
    """
    fact = unit.facts[call]
    if type(fact) is f.Item:
        return int(fact.key) if position == 0 else -1
    if type(fact) is f.BindAttribute:
        return int(fact.value) if position == 0 else -1
    if type(fact) is f.Collection or (type(fact) is f.Literal and name in {ITSELF, WHOLE, AROUND}):
        return keyed(unit, call, name)
    arguments = arguments_of(unit, call)
    if name:
        for given in arguments:
            if given.name == name:
                return int(given.value)
    if position >= 0:
        place = 0
        for given in arguments:
            if given.name == "":
                if place == position:
                    return int(given.value)
                place += 1
            elif given.name == "*":
                return int(given.value) if place <= position else -1
    return -1


ITSELF = "$"
WHOLE = "^"
AROUND = "<"
"""What a catalog file calls the matched value itself, the whole document that it stands in, and what it is a member of."""


def keyed(unit: Unit, ordinal: int, name: str) -> int:
    """Find the value under a key of a document's mapping, its own before merged ones; -1 where there is none.

    In a list of texts such as `NAME=value`, it is the text that begins with the name.
    """
    fact = unit.facts[ordinal]
    if name == ITSELF:
        return ordinal
    if name == WHOLE:
        last = unit.facts[-1]
        return int(last.value) if type(last) is f.Bind else -1
    if name == AROUND:
        return _around(unit, ordinal)
    merged = -1
    for element in reversed(fact.elements if type(fact) is f.Collection else ()):
        if element.spread:
            merged = keyed(unit, element.value, name) if merged < 0 and element.value < ordinal else merged
        elif element.key >= 0:
            if unit.facts[element.key].value == name:
                return int(element.value)
        elif fact.shape == "list" and _begins(unit.facts[element.value], name):
            return int(element.value)
    return merged


def _around(unit: Unit, ordinal: int) -> int:
    """Find the collection that a value is a member of; -1 for the whole document."""
    for later in range(ordinal + 1, len(unit.facts)):
        fact = unit.facts[later]
        if type(fact) is f.Collection and any(element.value == ordinal for element in fact.elements):
            return later
    return -1


def _begins(fact: object, name: str) -> bool:
    return type(fact) is f.Literal and isinstance(fact.value, str) and fact.value.partition("=")[0].strip() == name and "=" in fact.value


def dotted_argument(reading: Reading, node: Node, name: str, position: int) -> Node | None:
    """Find the value passed as `argument`, or inside it: `settings.limit` is a key of a dictionary or a keyword of a constructor.

    A head that is a number is a position: `0.max_tokens` is a key of the first argument, as script languages give options.
    """
    unit, ordinal = node
    head, *inner = name.split(".") if name else [""]
    value = argument(unit, ordinal, "", int(head)) if head.isdigit() else argument(unit, ordinal, head, position)
    if value < 0:
        return None
    found: Node = (unit, value)
    for part in inner:
        if found[0].language in DOCUMENT_LANGUAGES:
            inside = keyed(*found, part)
            if inside < 0:
                return None
            found = (unit, inside)
            continue
        members = reading.program.resolver.members(found, part)
        following = members[:1] or [n for made in _made(reading, found) if (v := argument(*made, part, -1)) >= 0 for n in [(made[0], v)]]
        if not following:
            return None
        found = following[0]
    return found


def _made(reading: Reading, node: Node) -> list[Node]:
    """List the constructor calls behind a value, through names alone."""
    unit, ordinal = node
    for _ in range(8):
        if type(unit.facts[ordinal]) is f.Call:
            return [(unit, ordinal)]
        steps = reading.graph.before((unit, ordinal), ())
        if len(steps) != 1 or steps[0].how not in {"same", "heap"}:
            return []
        unit, ordinal = steps[0].node
    return []


def has_options(unit: Unit, call: int) -> bool:
    """Tell whether a call takes unknown keywords (`**options`)."""
    return any(a.name == "**" for a in arguments_of(unit, call))


def receiver(unit: Unit, call: int) -> int:
    """Give the object a method is called on; -1 where the call is no method call."""
    fact = unit.facts[call]
    callee = unit.facts[fact.callee] if type(fact) is f.Call else fact
    return callee.base if type(callee) is f.Attribute else -1


def places_of(reading: Reading, node: Node, place: Place) -> list[Node]:
    """List the values at a place of a call or read (not of a handler): members of lists with `each`, a key's value with `key`."""
    unit, ordinal = node
    if place.when and not all(holds(reading, node, condition) for condition in place.when):
        return []
    if place.return_:
        return [node]
    if place.receiver:
        base = receiver(unit, ordinal)
        return [(unit, base)] if base >= 0 else []
    if not place.argument and place.position < 0:
        return []
    found = _arguments(reading, unit, ordinal, place)
    if place.each:
        found = [member for value in found for member in (members_of(reading, value) or [value])]
    if place.key:
        found = [member for value in found for member in reading.program.resolver.members(value, place.key)] or found
    return found


def _arguments(reading: Reading, unit: Unit, ordinal: int, place: Place) -> list[Node]:
    if place.argument == "*":
        return [(unit, a.value) for a in arguments_of(unit, ordinal) if a.name not in {"", "*"}]
    if place.rest:
        given = [a.value for a in arguments_of(unit, ordinal) if a.name in {"", "*"}]
        return [(unit, value) for value in given[max(place.position, 0) :]]
    value = dotted_argument(reading, (unit, ordinal), place.argument, place.position)
    return [value] if value is not None else []


MOST_MEMBERS = 200


def members_of(reading: Reading, value: Node) -> list[Node]:
    """List the members of the collections a value may be: literal elements, spread ones, what is put into it by its name or field."""
    return _members_of(reading, value, set())


def _members_of(reading: Reading, value: Node, seen: set[Node]) -> list[Node]:
    found: list[Node] = []
    for collection in reading.program.resolver.collections(_defined(reading, value)):
        if collection in seen:
            continue  # A list may be spread into itself.
        seen.add(collection)
        unit, ordinal = collection
        for element in unit.facts[ordinal].elements:
            spread = _members_of(reading, (unit, element.value), seen) if element.spread and len(seen) < MOST_MEMBERS else []
            found += spread or [(unit, element.value)]
    put = appended(value)
    return [*found, *put, *(node for node in reading.program.resolver.put_elsewhere(value) if node not in put)]


def _defined(reading: Reading, value: Node) -> Node:
    """Follow a name to where it is defined, through imports, as long as there is one way."""
    unit, ordinal = value
    for _ in range(8):
        if type(unit.facts[ordinal]) not in {f.Read, f.Bind, f.Import}:
            break
        steps = reading.graph.before((unit, ordinal), ())
        if len(steps) != 1:
            break
        unit, ordinal = steps[0].node
    return unit, ordinal


def appended(value: Node) -> list[Node]:
    """List what is appended or extended to a name before it is read here."""
    unit, ordinal = value
    found: list[Node] = []
    for origin in unit.local.reads.get(ordinal, ()):
        fact = unit.facts[origin]
        if type(fact) is f.Call:
            found += [(unit, a.value) for a in fact.arguments]
    return found


def shapes(reading: Reading, node: Node) -> set[str]:
    """Tell what a value is by shape: constant or dynamic, and list, tuple, dict, text, function where that shows."""
    found = {"constant" if reading.constants.is_constant(node) else "dynamic"}
    value = reading.constants.of(node)
    if isinstance(value, str) or _is_text(node):
        found.add("text")
    for unit, ordinal in reading.program.resolver.collections(node):
        found.add(unit.facts[ordinal].shape)
    if reading.program.functions_in(node):
        found.add("function")
    return found


def _is_text(node: Node) -> bool:
    unit, ordinal = node
    for _ in range(6):
        fact = unit.facts[ordinal]
        if type(fact) is f.Template or (type(fact) is f.Literal and isinstance(fact.value, str)):
            return True
        if type(fact) is f.Operation and fact.operator in {"+", "%"}:
            ordinal = fact.operands[0]
        elif type(fact) is f.Call and getattr(unit.facts[fact.callee], "name", "") in {"format", "join", "strip", "replace"}:
            return True
        elif type(fact) is f.Bind:
            ordinal = fact.value
        elif type(fact) is f.Read and len(unit.local.reads.get(ordinal, ())) == 1:
            ordinal = unit.local.reads[ordinal][0]
        else:
            return False
    return False


def holds(reading: Reading, node: Node, condition: Condition) -> bool:
    """Tell whether a condition holds of a call."""
    return _holds(reading, node, condition) != condition.negate


def _holds(reading: Reading, node: Node, condition: Condition) -> bool:
    unit, ordinal = node
    target = dotted_argument(reading, node, condition.argument, condition.position)
    if condition.present is not None:
        return (target is not None or has_options(unit, ordinal)) == condition.present
    if target is None:
        return False
    if condition.is_ is not None and not is_one_of(reading.constants.of(target), condition.is_):
        return False
    if condition.shape is not None and shapes(reading, target).isdisjoint(condition.shape):
        return False
    if condition.contains is not None:
        texts = " ".join(reading.constants.known_text(value) for value in [target, *members_of(reading, target)]).lower()
        if not any(word.lower() in texts for word in condition.contains):
            return False
    return condition.named is None or any(is_named(reading, name, condition.named) for name in reading.program.names(target))


def is_named(reading: Reading, name: str, wanted: tuple[str, ...]) -> bool:
    """Tell whether a value's name is one of these, derives from one, or is an instance of one."""
    return reading.catalog.derives(name, wanted)


def is_one_of(value: Scalar | Unknown, wanted: tuple[Scalar, ...]) -> bool:
    """Compare constants without letting 1 be True."""
    return not isinstance(value, Unknown) and any(type(value) is type(item) and value == item for item in wanted)


def constant_at(reading: Reading, node: Node, places: tuple[Place, ...]) -> Scalar | Unknown:
    """Give the first constant found at one of the places."""
    for place in places:
        for value in places_of(reading, node, place):
            found = reading.constants.of(value)
            if not isinstance(found, Unknown):
                return found
    return UNKNOWN
