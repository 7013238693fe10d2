"""Tools that code describes to a model as plain dictionaries, in the shapes that chat APIs take.

OpenAI's `{"type": "function", "function": {"name": …, "parameters": …}}` and its flat form in the Responses API, and Anthropic's
`{"name": …, "input_schema": …}` (API references of 2026). The handler is what the program's own dispatch runs for the name: the
functions called where something was found equal to it, or kept under it in a table.
"""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.scopes import Guard
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

_DESCRIBED = Entry(call=("tool schema",), component="function-tool")


def place_tool_schemas(reading: Reading, placement: Placement) -> None:
    """Place a function-tool at each tool description, with its description as a port."""
    made: list[Draft] = []
    for unit in reading.program.units.values():
        inner: set[int] = set()
        dictionaries = [ordinal for ordinal, fact in enumerate(unit.facts) if type(fact) is f.Collection and fact.shape == "dict"]
        for ordinal in reversed(dictionaries):
            if ordinal not in inner:
                made += _place(reading, placement, unit, ordinal, inner)
    if made:
        _dispatch(reading, placement, made)


def _place(reading: Reading, placement: Placement, unit: Unit, ordinal: int, inner: set[int]) -> list[Draft]:
    keys = _keys(reading, unit, ordinal)
    described = keys
    if "function" in keys and _text(reading, unit, keys.get("type")) == "function":
        inner.add(keys["function"])
        described = _keys(reading, unit, keys["function"])
    elif not _is_flat(reading, unit, keys):
        return []
    name = _text(reading, unit, described.get("name"))
    if not name:
        return []
    node: Node = (unit, ordinal)
    match = Match(_DESCRIBED, node, "tool schema")
    draft = Draft("function-tool", name, node, match, "tool schema", attributes={"described-as": "schema"})
    placement.drafts.append(draft)
    placement.by_node.setdefault(node, draft)
    if "description" in described:
        placement.add_port(PlacedPort("tool.description", draft, (unit, described["description"]), match))
    return [draft]


def _dispatch(reading: Reading, placement: Placement, drafts: list[Draft]) -> None:
    """Give tools their handlers, by what is called where their name was found."""
    by_name: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_name.setdefault(draft.name, []).append(draft)
    for unit in reading.program.units.values():
        named = {index: name for index, guard in enumerate(unit.local.guards) if (name := _compared(unit, guard, by_name))}
        for call in unit.local.calls if named else ():
            found = named.get(unit.local.guard_of[call], "")
            for target, _ in reading.program.callees((unit, call)) if found else ():
                _handle(placement, by_name[found], target)
        for ordinal, fact in enumerate(unit.facts):
            if type(fact) is f.Collection and fact.shape == "dict":
                for key, value in _keys(reading, unit, ordinal).items():
                    for target in reading.program.functions_in((unit, value)) if key in by_name else ():
                        _handle(placement, by_name[key], target)


def _compared(unit: Unit, guard: Guard, by_name: dict[str, list[Draft]]) -> str:
    """Name the tool that a condition found something equal to ("" for none)."""
    fact = unit.facts[guard.test] if guard.test >= 0 and guard.positive else None
    if type(fact) is not f.Operation or fact.operator not in {"==", "==="}:
        return ""
    texts = [one.value for operand in fact.operands if type(one := unit.facts[operand]) is f.Literal]
    return next((text for text in texts if isinstance(text, str) and text in by_name), "")


def _handle(placement: Placement, drafts: list[Draft], target: Unit) -> None:
    for draft in drafts:
        if target not in draft.handlers:
            draft.handlers.append(target)
            placement.by_handler.setdefault(target, draft)


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
