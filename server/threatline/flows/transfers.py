"""How values pass calls and reads that the catalog knows, and which fields let no text pass."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.facts import model as f
from threatline.flows.contexts import Controls
from threatline.program.steps import Fields, Step
from threatline.program.units import Node, Unit
from threatline.system.build import Built
from threatline.system.calls import holds
from threatline.system.handlers import closed_field
from threatline.system.schemas import closed_in_schema, closed_when_parsed


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the catalog says of a value's way through a call or read: nothing passes, only some inputs do, what comes out is cleaned.

    `unknown` marks a call of which nothing at all is known.
    """

    ends: bool = False
    passes: frozenset[str | int] | None = None
    controls: Controls = frozenset()
    unknown: bool = False

    def lets(self, step: Step) -> bool:
        """Tell whether what stands at an input of the call reaches its result."""
        if self.passes is None or step.how not in {"receiver", "argument"}:
            return True
        if step.how == "receiver":
            return "receiver" in self.passes
        return step.name in self.passes or (step.name.isdigit() and int(step.name) in self.passes)


NO_TRANSFER = Transfer()
READS = frozenset({f.Attribute, f.Item, f.Read})


def transfer_of(built: Built, node: Node) -> Transfer:
    """Tell how values pass a call or a read. Anything else lets everything pass."""
    kind = type(node[0].facts[node[1]])
    matches = built.placement.matches_at.get(node, ()) if kind is f.Call or kind in READS else ()
    if not matches:
        if kind is f.Attribute and is_validated_field(built, node):
            return ENDS
        if (kind is f.Unpack or kind is f.Attribute) and is_parsed_field(built, node):
            return ENDS
        return UNKNOWN if kind is f.Call and not built.reading.program.names((node[0], node[0].facts[node[1]].callee)) else NO_TRANSFER
    passes = frozenset(word for match in matches for word in match.entry.passes if word != "all")
    met = {p.control for m in matches for p in m.entry.provides if p.to == "result" and all(holds(built.reading, node, c) for c in p.when)}
    return Transfer(any(m.entry.closed for m in matches) or "none" in passes, passes or None, frozenset(met))


UNKNOWN = Transfer(unknown=True)
ENDS = Transfer(ends=True)
VALIDATED = frozenset({"pydantic.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel", "pydantic.main.BaseModel"})
"""Base classes whose fields are checked against their types when an object is made."""


def is_parsed_field(built: Built, node: Node) -> bool:
    """Tell whether a script takes a field of closed type from what a schema has parsed."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    if unit.language == "python":
        return False
    base, name = (fact.base, fact.name) if type(fact) is f.Attribute else (fact.value, fact.key)
    return bool(name) and closed_when_parsed(built.reading, (unit, base), name)


def is_validated_field(built: Built, node: Node) -> bool:
    """Tell whether an attribute is a field of closed type of an object that is checked when it is made."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    reading = built.reading
    classes = _parsed_into(built, (unit, fact.base))
    if not classes:
        references = reading.program.references((unit, fact.base))
        classes = [what for kind, what in references if kind in {"inst", "sub"}]
        if not classes or len(classes) != len(references):
            return False
    for what in classes:
        lineage, outside = reading.program.resolver.lineage(what)
        owner = next((one for one in lineage if fact.name in one.local.annotations), None)
        if owner is None or VALIDATED.isdisjoint(outside) or not closed_field(reading, owner, fact.name):
            return False
    return True


SCHEMAS = frozenset({"response_format", "response_model", "output_type", "output_schema", "schema", "response_schema", "text_format"})
"""Keywords by which a model's reply is asked for as an instance of a class."""

MOST_BACK = 10


def _parsed_into(built: Built, node: Node) -> list[Unit]:
    """Find the class that a model's reply was asked for as, back through names, attributes and calls on the way to it."""
    unit, ordinal = node
    for _ in range(MOST_BACK):
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Attribute or kind is f.Item:
            ordinal = fact.base
        elif kind is f.Call:
            callee = unit.facts[fact.callee]
            asked = [argument.value for argument in fact.arguments if argument.name in SCHEMAS]
            if not asked and getattr(callee, "name", "") == "with_structured_output":
                asked = [argument.value for argument in fact.arguments[:1]]
            if asked:
                found = built.reading.program.references((unit, asked[0]))
                return [what for what_kind, what in found if what_kind == "def" and what.kind == "class"]
            if type(callee) is not f.Attribute:
                return []
            ordinal = callee.base
        elif kind is f.Read or kind is f.Bind:
            steps = built.reading.graph.before((unit, ordinal), ())
            if len(steps) != 1:
                return []
            unit, ordinal = steps[0].node
        else:
            return []
    return []


def is_closed_field(built: Built, node: Node, fields: Fields) -> bool:
    """Tell whether a field is of closed type: of a typed parameter (a request model's `id: int`) it lets no text pass."""
    if not fields or type(node[0].facts[node[1]]) is not f.Parameter:
        return False
    reading = built.reading
    if node[0].language != "python" and closed_in_schema(reading, node, fields[0]):
        return True
    for kind, what in reading.program.references(node):
        if kind in {"inst", "sub"}:
            for owner in reading.program.resolver.lineage(what)[0]:
                if fields[0] in owner.local.annotations:
                    return closed_field(reading, owner, fields[0])
    return False
