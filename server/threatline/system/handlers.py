"""The first-party functions that stand for a component, and the ports on their parameters and results."""

from __future__ import annotations

import re
from collections import deque

from threatline.facts import model as f
from threatline.knowledge.catalog import Place
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, constant_at, places_of
from threatline.system.matching import Match

MOST_STEPS = 200

CLOSED = frozenset(
    "builtins.int builtins.float builtins.bool builtins.complex uuid.UUID uuid.UUID4 datetime.datetime datetime.date datetime.time "
    "datetime.timedelta decimal.Decimal typing.Literal typing_extensions.Literal enum.Enum enum.IntEnum enum.StrEnum "
    "pydantic.PositiveInt pydantic.NonNegativeInt pydantic.UUID4 "
    "pydantic.conint pydantic.confloat pydantic.EmailStr ipaddress.IPv4Address ipaddress.IPv6Address builtins.None "
    "npm:js.number npm:js.boolean npm:js.bigint npm:js.Date npm:js.Enum npm:js.null npm:js.undefined".split()
)
"""Types through which no free text passes."""


def handlers_of(reading: Reading, match: Match) -> list[Unit]:
    """List the functions that an entry's component is run as."""
    entry = match.entry
    if match.handler is not None and match.handler.kind == "class":
        names = entry.methods
        if not names:
            return []
        lineage = reading.program.resolver.lineage(match.handler)[0]
        own = [m for name in names for owner in lineage[:1] if (m := reading.program.resolver.method(owner, name))]
        return own or [m for name in names for owner in lineage if (m := reading.program.resolver.method(owner, name))][:2]
    if match.handler is not None:
        return [match.handler]
    if entry.handler is None:
        return []
    found: list[Unit] = []
    for node in places_of(reading, match.node, entry.handler):
        functions = reading.program.functions_in(node) or _kept(reading, node)
        found += [unit for unit in functions if unit not in found]
    return found


def _kept(reading: Reading, node: Node) -> list[Unit]:
    """Find the functions that a field of a record holds, wherever the records are made: routes kept in a list and registered in a loop."""
    if type(node[0].facts[node[1]]) is not f.Attribute:
        return []
    found: dict[Unit, None] = {}
    seen: set[tuple[Node, tuple[str, ...]]] = {(node, ())}
    queue: deque[tuple[Node, tuple[str, ...]]] = deque(seen)
    while queue and len(seen) < MOST_STEPS:
        value, fields = queue.popleft()
        functions = reading.program.functions_in(value) if not fields else []
        found.update(dict.fromkeys(functions))
        for step in reading.graph.before(value, fields) if not functions else ():
            if step.how not in {"argument", "receiver", "text"} and (step.node, step.fields) not in seen:
                seen.add((step.node, step.fields))
                queue.append((step.node, step.fields))
    return list(found)


def handler_ports(reading: Reading, match: Match, where: Place, handlers: list[Unit]) -> list[Node]:
    """List the values at a place of the handlers: parameters, results, docstring; or a class attribute."""
    found: list[Node] = []
    if where.attribute and match.handler is not None:
        return [(match.handler, ordinal) for ordinal in match.handler.local.final.get(where.attribute, ())]
    described = [match.handler] if where.docstring and match.handler is not None and match.handler.kind == "class" else handlers
    for handler in described if where.docstring else handlers:
        if where.parameters:
            found += open_parameters(reading, handler, _named(reading, match) if where.in_name else where.parameters)
            if where.parameters is True:
                for inner in dependencies(reading, handler):
                    found += open_parameters(reading, inner, True)
        elif where.returned:
            found += [(handler, handler.facts[r].value) for r in handler.local.returns if handler.facts[r].value >= 0]
            found += [(handler, handler.facts[y].value) for y in handler.local.yields if handler.facts[y].value >= 0]
        elif where.docstring and handler.definition.docstring >= 0:
            found.append((handler, handler.definition.docstring))
    return found


def _named(reading: Reading, match: Match) -> bool | tuple[str, ...]:
    """List the words in the name of a component, such as the parameters in a route's path; true where the name is not known."""
    text = constant_at(reading, match.node, match.entry.name)
    return tuple(re.findall(r"\w+", text)) if isinstance(text, str) else True


def open_parameters(reading: Reading, handler: Unit, wanted: bool | tuple[str | int, ...]) -> list[Node]:
    """List a handler's parameters through which free text can come: not self, not injected, not of closed type."""
    found: list[Node] = []
    for ordinal, fact in enumerate(handler.facts):
        if type(fact) is not f.Parameter:
            break
        if isinstance(wanted, tuple) and fact.name not in wanted and ordinal not in wanted:
            continue
        method = handler.parent is not None and handler.parent.kind == "class" and not reading.program.resolver.is_static(handler)
        if ordinal == 0 and method:
            continue
        closed = is_closed(reading, handler, fact.annotation) or has_closed_default(reading, handler, fact)
        if not is_injected(reading, handler, fact) and not closed:
            found.append((handler, ordinal))
    return found


def injected_parameters(reading: Reading, handler: Unit) -> list[Node]:
    """List a handler's parameters that the framework fills by itself."""
    found: list[Node] = []
    for ordinal, fact in enumerate(handler.facts):
        if type(fact) is not f.Parameter:
            break
        if is_injected(reading, handler, fact):
            found.append((handler, ordinal))
    return found


def dependencies(reading: Reading, handler: Unit) -> list[Unit]:
    """List the functions whose parameters the framework fills as it does the handler's: its dependencies, and theirs."""
    found: list[Unit] = []
    queue = [handler]
    while queue and len(found) < MOST_DEPENDENCIES:
        unit = queue.pop()
        if unit.parent is None:
            continue
        for fact in unit.facts:
            if type(fact) is not f.Parameter:
                break
            for ordinal in _given_with(unit.parent, fact):
                call = unit.parent.facts[ordinal]
                names = reading.known(reading.program.names((unit.parent, call.callee)))
                if call.arguments and any(reading.catalog.canonical(name) in reading.catalog.injected for name in names):
                    new = [u for u in reading.program.functions_in((unit.parent, call.arguments[0].value)) if u not in found]
                    found += new
                    queue += new
    return found


def _given_with(parent: Unit, fact: f.Parameter) -> list[int]:
    """List the calls in a parameter's default and behind its type in `Annotated[…]`."""
    given = [fact.default]
    annotation = parent.facts[fact.annotation] if fact.annotation >= 0 else None
    if type(annotation) is f.Item and annotation.key >= 0 and type(parent.facts[annotation.key]) is f.Collection:
        given += [element.value for element in parent.facts[annotation.key].elements[1:]]
    return [ordinal for ordinal in given if ordinal >= 0 and type(parent.facts[ordinal]) is f.Call]


MOST_DEPENDENCIES = 20


def is_injected(reading: Reading, handler: Unit, fact: f.Parameter) -> bool:
    """Tell whether the framework gives a parameter (a dependency, a context, a background runner)."""
    parent = handler.parent
    if parent is None:
        return False
    names: list[str] = []
    if fact.default >= 0 and type(parent.facts[fact.default]) is f.Call:
        names += reading.program.names((parent, parent.facts[fact.default].callee))
    if fact.annotation >= 0:
        names += annotation_names(reading, parent, fact.annotation)
    return any(reading.catalog.canonical(name) in reading.catalog.injected for name in reading.known(names))


def annotation_names(reading: Reading, unit: Unit, ordinal: int) -> list[str]:
    """List all names that stand in a type annotation."""
    fact = unit.facts[ordinal]
    if type(fact) is f.Item:
        inner = annotation_names(reading, unit, fact.key) if fact.key >= 0 else []
        return [*reading.program.names((unit, fact.base)), *inner]
    if type(fact) is f.Operation:
        return [name for operand in fact.operands for name in annotation_names(reading, unit, operand)]
    if type(fact) is f.Collection:
        return [name for e in fact.elements for name in annotation_names(reading, unit, e.value)]
    if type(fact) is f.Call:
        return list(reading.program.names((unit, fact.callee)))
    return list(reading.program.names((unit, ordinal)))


def is_closed(reading: Reading, handler: Unit, annotation: int) -> bool:
    """Tell whether a parameter's declared type lets no free text pass."""
    return handler.parent is not None and closed_annotation(reading, handler.parent, annotation)


def has_closed_default(reading: Reading, handler: Unit, fact: f.Parameter) -> bool:
    """Tell whether a parameter's default declares a pattern (`name: str = Query(pattern=…)`)."""
    return handler.parent is not None and has_closed_pattern(reading, handler.parent, fact.default)


def closed_field(reading: Reading, owner: Unit, name: str) -> bool:
    """Tell whether a field that a class declares is of closed type, by its annotation or by a pattern in its default."""
    if closed_annotation(reading, owner, owner.local.annotations[name]):
        return True
    bound = (owner.facts[ordinal] for ordinal in owner.local.final.get(name, ()))
    return any(type(fact) is f.Bind and has_closed_pattern(reading, owner, fact.value) for fact in bound)


def closed_annotation(reading: Reading, unit: Unit, ordinal: int) -> bool:
    """Tell whether a type annotation is closed: numbers, dates, ids, literals, enumerations, and unions or lists of them.

    Text is closed where a pattern says from its first to its last letter what it may be.
    """
    if ordinal < 0:
        return False
    fact = unit.facts[ordinal]
    if type(fact) is f.Item:
        return _closed_generic(reading, unit, fact)
    if type(fact) is f.Operation and fact.operator == "|":
        return all(closed_annotation(reading, unit, operand) for operand in fact.operands)
    if type(fact) is f.Collection:
        return all(closed_annotation(reading, unit, e.value) for e in fact.elements)
    if type(fact) is f.Literal:
        return fact.value is None or fact.value in {"int", "float", "bool"}
    if type(fact) is f.Call:
        return has_closed_pattern(reading, unit, ordinal)
    names: list[str] = []
    for kind, what in reading.program.references((unit, ordinal)):
        if kind == "def" and getattr(what, "kind", "") == "class":
            outside = reading.program.resolver.lineage(what)[1]
            names += ["enum.Enum"] if ENUMERATIONS.intersection(outside) else outside or ["?"]
        elif kind == "ext":
            names.append(str(what))
    return bool(names) and all(name in CLOSED or reading.catalog.canonical(name) in reading.catalog.closed_types for name in names)


def _closed_generic(reading: Reading, unit: Unit, fact: f.Item) -> bool:
    base = getattr(unit.facts[fact.base], "name", "")
    if base == "Literal":
        return True
    if base == "Annotated" and fact.key >= 0:
        key = unit.facts[fact.key]
        if type(key) is not f.Collection or not key.elements:
            return False
        said = (has_closed_pattern(reading, unit, element.value) for element in key.elements[1:])
        return closed_annotation(reading, unit, key.elements[0].value) or any(said)
    return base in _WRAPPERS and fact.key >= 0 and closed_annotation(reading, unit, fact.key)


def has_closed_pattern(reading: Reading, unit: Unit, ordinal: int) -> bool:
    """Tell whether a declaration (`Field(pattern=…)`, `constr(…)`) holds a pattern for the whole text that lets not everything pass."""
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    for argument in fact.arguments if type(fact) is f.Call else ():
        pattern = reading.constants.of((unit, argument.value)) if argument.name in {"pattern", "regex"} else ""
        whole = isinstance(pattern, str) and pattern.startswith(("^", r"\A")) and pattern.endswith(("$", r"\Z"))
        if whole and not ANYTHING.search(str(pattern)):
            return True
    return False


ENUMERATIONS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "npm:js.Enum"})
ANYTHING = re.compile(r"(?<!\\)\.|\[\^|\\[SWD]")
"""What in a pattern stands for nearly any letter."""

_WRAPPERS = frozenset("Optional Union List list Sequence Tuple tuple Set set Dict dict Array ReadonlyArray".split())
