"""Tools that code describes to a model as plain dictionaries, in the shapes that chat APIs take.

OpenAI's `{"type": "function", "function": {"name": …, "parameters": …}}` and its flat form in the Responses API, and Anthropic's
`{"name": …, "input_schema": …}` (API references of 2026). The handler is a matter of the program's own dispatch, so none is claimed.
"""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

_DESCRIBED = Entry(call=("tool schema",), component="function-tool")


def place_tool_schemas(reading: Reading, placement: Placement) -> None:
    """Place a function-tool at each tool description, with its description as a port."""
    for unit in reading.program.units.values():
        inner: set[int] = set()
        dictionaries = [ordinal for ordinal, fact in enumerate(unit.facts) if type(fact) is f.Collection and fact.shape == "dict"]
        for ordinal in reversed(dictionaries):
            if ordinal not in inner:
                _place(reading, placement, unit, ordinal, inner)


def _place(reading: Reading, placement: Placement, unit: Unit, ordinal: int, inner: set[int]) -> None:
    keys = _keys(reading, unit, ordinal)
    described = keys
    if "function" in keys and _text(reading, unit, keys.get("type")) == "function":
        inner.add(keys["function"])
        described = _keys(reading, unit, keys["function"])
    elif not _is_flat(reading, unit, keys):
        return
    name = _text(reading, unit, described.get("name"))
    if not name:
        return
    node: Node = (unit, ordinal)
    match = Match(_DESCRIBED, node, "tool schema")
    draft = Draft("function-tool", name, node, match, "tool schema", attributes={"described-as": "schema"})
    placement.drafts.append(draft)
    placement.by_node.setdefault(node, draft)
    if "description" in described:
        placement.add_port(PlacedPort("tool.description", draft, (unit, described["description"]), match))


def _is_flat(reading: Reading, unit: Unit, keys: dict[str, int]) -> bool:
    if {"name", "description", "input_schema"} <= keys.keys():
        return True
    return "parameters" in keys and _text(reading, unit, keys.get("type")) == "function"


def _keys(reading: Reading, unit: Unit, ordinal: int) -> dict[str, int]:
    fact = unit.facts[ordinal]
    if type(fact) is not f.Collection:
        return {}
    named = ((reading.program.resolver.constant_key(unit, e.key), e.value) for e in fact.elements if e.key >= 0)
    return {key: value for key, value in named if key is not None}


def _text(reading: Reading, unit: Unit, ordinal: int | None) -> str:
    value = reading.constants.of((unit, ordinal)) if ordinal is not None else ""
    return value if isinstance(value, str) else ""
