"""Credentials written into the code: a text of a credential's shape, or a telling name bound to a text that is no placeholder."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.knowledge.model import Knowledge
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.detecting import SHORTEST_SECRET, Detectors
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

_HELD = Entry(call=("text",), component="secret-source")


def place_secrets(reading: Reading, placement: Placement, knowledge: Knowledge) -> None:
    """Place a secret-source (attribute `held-in: code`) at each credential found in a text of the code."""
    detectors = Detectors(knowledge)
    for unit in reading.program.units.values():
        docstring = unit.definition.docstring
        texts = [
            (ordinal, fact.value)
            for ordinal, fact in enumerate(unit.facts)
            if type(fact) is f.Literal and type(fact.value) is str and len(fact.value) >= SHORTEST_SECRET and ordinal != docstring
        ]
        names = _names_of_texts(unit) if texts else {}
        for ordinal, text in texts:
            name = names.get(ordinal, "")
            shape = detectors.secret(text, name)
            if shape:
                _place(placement, (unit, ordinal), name or shape, shape)


def _place(placement: Placement, node: Node, name: str, shape: str) -> None:
    match = Match(_HELD, node, "text")
    draft = Draft("secret-source", name, node, match, "text", attributes={"held-in": "code", "shape": shape})
    placement.drafts.append(draft)
    placement.by_node.setdefault(node, draft)
    placement.add_port(PlacedPort("secret.value", draft, node, match))


def _names_of_texts(unit: Unit) -> dict[int, str]:
    """Name texts by the variable, attribute, key or keyword they are given to."""
    found: dict[int, str] = {}
    for fact in unit.facts:
        kind = type(fact)
        if kind is f.Bind or kind is f.BindAttribute:
            found.setdefault(fact.value, fact.name)
        elif kind is f.BindItem and fact.key >= 0:
            key = unit.facts[fact.key]
            if type(key) is f.Literal:
                found.setdefault(fact.value, str(key.value))
        elif kind is f.Collection:
            for element in fact.elements:
                key = unit.facts[element.key] if element.key >= 0 else None
                if type(key) is f.Literal:
                    found.setdefault(element.value, str(key.value))
        elif kind is f.Call:
            for argument in fact.arguments:
                if argument.name not in {"", "*", "**"}:
                    found.setdefault(argument.value, argument.name)
    return found
