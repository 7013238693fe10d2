"""Where in a built text a part stands, where that decides what the part can do."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.constants import Constants, Unknown
from threatline.program.units import Node


def host_is_fixed(constants: Constants, text: Node, part: Node) -> bool:
    """Tell whether a constant text before `part` already fixes scheme and host, so that `part` chooses at most path and query."""
    unit, ordinal = text
    fact = unit.facts[ordinal]
    parts: tuple[int, ...] = ()
    if type(fact) is f.Template:
        parts = fact.parts
    elif type(fact) is f.Operation and fact.operator in {"+", "%"}:
        parts = fact.operands
    before = ""
    for piece in parts:
        if (unit, piece) == part:
            break
        value = constants.of((unit, piece))
        if isinstance(value, Unknown):
            # A base address from settings or the environment fixes the host as well as a constant does, when a path follows it.
            return bool(before) is False and _looks_like_base(constants, (unit, piece), parts)
        before += str(value)
    return "://" in before and "/" in before.split("://", 1)[1]


def _looks_like_base(constants: Constants, piece: Node, parts: tuple[int, ...]) -> bool:
    unit, ordinal = piece
    index = parts.index(ordinal)
    if index + 1 >= len(parts):
        return False
    return constants.leading_text((unit, parts[index + 1])).startswith("/")
