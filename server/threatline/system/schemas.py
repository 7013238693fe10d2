"""Schemas that scripts write as calls (zod): which fields of what they check let no free text pass."""

from __future__ import annotations

import re

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading

LIBRARY = re.compile(r"npm:zod(?:/[\w/]+)?\.(?:z\.|default\.)?")
OBJECTS = re.compile(r"(?:strictObject|looseObject|object|interface)\(\)")
CLOSED = re.compile(
    r"(?:coerce\.)?(?:enum|nativeEnum|literal|number|int|int32|float32|float64|boolean|stringbool|bigint|date|uuid|guid|uuidv4|cuid|cuid2|"
    r"ulid|nanoid|email|ipv4|ipv6|null|undefined|iso\.\w+)\(\)"
    r"|(?:coerce\.)?string\(\).*\.(?:uuid|cuid|cuid2|ulid|nanoid|email|datetime|date|time|duration|ip)\(\)"
)
"""What of a library's schemas lets no free text pass, by the way it is written after the library's name (zod 3 and 4)."""

WRAPPING = frozenset({"array", "optional", "nullable", "nullish", "union", "tuple", "set"})
PARSING = frozenset({"parse", "parseAsync", "safeParse", "safeParseAsync"})
SCHEMA_KEYS = frozenset({"inputSchema", "parameters", "schema", "input", "args", "body", "params", "querystring"})
"""Keys under which the schema stands beside the function that is given what it lets pass."""

ANYTHING = re.compile(r"(?<!\\)\.|\[\^|\\[SWD]")
DEEPEST = 8


def closed_in_schema(reading: Reading, parameter: Node, name: str) -> bool:
    """Tell whether a field of a function's parameter is checked by a closed schema before the function runs, or declared by one."""
    return any(is_closed(reading, field) for schema in _schemas_of(reading, parameter) for field in fields_of(reading, schema, name))


def closed_when_parsed(reading: Reading, base: Node, name: str) -> bool:
    """Tell whether a field is taken from what a schema has parsed (`Schema.parse(body).mode`), and closed in that schema."""
    for unit, ordinal in _origins(reading, base):
        fact = unit.facts[ordinal]
        callee = unit.facts[fact.callee] if type(fact) is f.Call else None
        if type(callee) is f.Attribute and callee.name in PARSING:
            fields = fields_of(reading, (unit, callee.base), name)
            if fields and all(is_closed(reading, field) for field in fields):
                return True
    return False


def fields_of(reading: Reading, schema: Node, name: str, depth: int = 0) -> list[Node]:
    """Find what a schema says of a field: of an object of fields, or of a library's call that is given one."""
    if depth > DEEPEST:
        return []
    found: list[Node] = []
    for unit, ordinal in _origins(reading, schema):
        fact = unit.facts[ordinal]
        if type(fact) is f.Collection:
            found += [value for value in reading.program.resolver.members((unit, ordinal), name) if _is_schema(reading, value)]
        elif type(fact) is f.Call and (paths := _paths(reading, (unit, ordinal))):
            given = [(unit, argument.value) for argument in fact.arguments if argument.name == ""]
            callee = unit.facts[fact.callee]
            if any(OBJECTS.fullmatch(path) or path.endswith(".extend()") for path in paths):
                found += [field for value in given for field in fields_of(reading, value, name, depth + 1)]
            if not found and type(callee) is f.Attribute and not any(OBJECTS.fullmatch(path) for path in paths):
                merged = given if callee.name == "merge" else []
                for inner in (*merged, (unit, callee.base)):
                    found = found or fields_of(reading, inner, name, depth + 1)
    return found


def is_closed(reading: Reading, schema: Node, depth: int = 0) -> bool:
    """Tell whether what a schema lets pass is no free text."""
    paths = _paths(reading, schema)
    if depth > DEEPEST or not paths:
        return False
    if all(CLOSED.match(path) for path in paths):
        return True
    origins = _origins(reading, schema)
    return bool(origins) and all(_is_closed_call(reading, origin, depth) for origin in origins)


def _is_closed_call(reading: Reading, node: Node, depth: int) -> bool:
    unit, ordinal = node
    fact = unit.facts[ordinal]
    if type(fact) is not f.Call:
        return False
    callee = unit.facts[fact.callee]
    given = [(unit, argument.value) for argument in fact.arguments]
    name = getattr(callee, "name", "")
    if name == "regex" and given:
        return _is_whole_pattern(reading.constants.of(given[0]))
    if type(callee) is not f.Attribute:
        return False
    if _is_schema(reading, (unit, callee.base)):
        # `z.string().regex(…).optional()`: what the schema before it lets pass.
        return is_closed(reading, (unit, callee.base), depth + 1)
    if name not in WRAPPING or not given:
        return False
    inner = [member for value in given[:1] for member in (reading.program.resolver.members(value, None) or [value])]
    return all(is_closed(reading, member, depth + 1) for member in inner)


def _is_whole_pattern(pattern: object) -> bool:
    text = pattern.strip("/") if isinstance(pattern, str) else ""
    return text.startswith("^") and text.endswith("$") and not ANYTHING.search(text)


def _is_schema(reading: Reading, node: Node) -> bool:
    return bool(_paths(reading, node))


def _paths(reading: Reading, node: Node) -> list[str]:
    """List the ways in which a schema is written, behind the library's name: `string().min()`."""
    found = [name[match.end() :] for name in reading.program.names(node) if (match := LIBRARY.match(name))]
    return [path for path in found if "(" in path]


def _origins(reading: Reading, node: Node) -> list[Node]:
    """Follow names to the calls and objects that they stand for, through imports."""
    found: list[Node] = []
    queue, seen = [node], {node}
    while queue and len(seen) < 40:
        unit, ordinal = queue.pop(0)
        kind = type(unit.facts[ordinal])
        if kind is f.Call or kind is f.Collection:
            found.append((unit, ordinal))
            continue
        if kind is f.Attribute and unit.facts[ordinal].name in {"data", "shape"}:
            # What `safeParse` gives holds what was parsed; an object's schema holds its fields.
            queue.append((unit, unit.facts[ordinal].base))
            continue
        for step in reading.graph.before((unit, ordinal), ()):
            if step.how in {"same", "heap"} and not step.fields and step.node not in seen:
                seen.add(step.node)
                queue.append(step.node)
    return found


def _schemas_of(reading: Reading, parameter: Node) -> list[Node]:
    """Find the schemas of a function's first parameter: its declared type, or what stands beside the function where it is registered."""
    unit, ordinal = parameter
    parent = unit.parent
    fact = unit.facts[ordinal]
    if unit.language == "python" or parent is None or ordinal:
        return []
    declared = parent.facts[fact.annotation] if fact.annotation >= 0 else None
    if type(declared) is f.Item and getattr(parent.facts[declared.base], "name", "") in {"infer", "output"}:
        return [(parent, declared.key)]
    calls = [*reading.program.callbacks.get(unit, ())]
    calls += [(parent, call) for call in parent.local.calls if any(_is_unit(parent, a.value, unit) for a in parent.facts[call].arguments)]
    found = [(owner, argument.value) for owner, call in calls for argument in owner.facts[call].arguments]
    found += [value for node in found for value in _under_keys(reading, node)]
    for index, other in enumerate(parent.facts):
        if type(other) is f.Collection and any(_is_unit(parent, element.value, unit) for element in other.elements):
            found += _under_keys(reading, (parent, index))
    return found


def _is_unit(parent: Unit, ordinal: int, unit: Unit) -> bool:
    fact = parent.facts[ordinal]
    return type(fact) is f.Define and fact.path == unit.path


def _under_keys(reading: Reading, node: Node) -> list[Node]:
    owner, ordinal = node
    fact = owner.facts[ordinal]
    if type(fact) is not f.Collection:
        return []
    named = [(reading.program.resolver.constant_key(owner, e.key), e.value) for e in fact.elements if e.key >= 0]
    return [(owner, value) for key, value in named if key in SCHEMA_KEYS]
