"""Conversions that are called for their exception: what `int()` took is a number, and a number leads nowhere."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.units import Unit


def refuses_text(unit: Unit, call: int) -> bool:
    """Tell whether a call is `int(value)` that no text passes: what it raises is not caught, or each handler raises first of all."""
    fact = unit.facts[call]
    callee = unit.facts[fact.callee] if type(fact) is f.Call else None
    if type(callee) is not f.Read or callee.name != "int" or unit.language != "python" or unit.local.reads.get(fact.callee):
        return False
    return all(_raises(unit, start) for start in _handlers(unit, call))


def _handlers(unit: Unit, call: int) -> list[int]:
    """List the handlers of all blocks that protect a call."""
    found: list[int] = []
    depth = 0
    for ordinal in range(call + 1, len(unit.facts)):
        kind = type(unit.facts[ordinal])
        if kind is f.Try:
            depth += 1
        elif kind is f.EndTry:
            depth -= depth > 0
        elif kind is f.Handler and depth == 0:
            found.append(ordinal)
    return found


def _raises(unit: Unit, handler: int) -> bool:
    for ordinal in range(handler + 1, len(unit.facts)):
        if ordinal in unit.local.raises:
            return True
        if type(unit.facts[ordinal]) in {f.Branch, f.Loop, f.Handler, f.Finally, f.EndTry, f.Try}:
            return False
    return False
