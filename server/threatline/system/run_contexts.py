"""Tools that change what a run knows: attributes of the context that the framework hands them."""

from __future__ import annotations

import re

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Unit
from threatline.system.calls import Reading
from threatline.system.handlers import is_injected
from threatline.system.matching import Match
from threatline.system.placing import PlacedPort, Placement

TOOLS = frozenset({"function-tool", "sql-tool", "http-api-tool", "saas-connector", "payment-tool", "messaging-tool"})

WHOSE = re.compile(
    r"(?i)(?:^|_)(?:user|account|customer|client|tenant|patient|employee|booking|order|confirmation|reservation|policy|record|case)_?(?:id|number|no|key)$"
)
"""Names of fields that tell whose, or which, record a run is about."""

_WRITTEN = Entry(call=("context",))


def place_context_writes(reading: Reading, placement: Placement) -> None:
    """Mark the tools that write to a run's context (attribute `changes-context`), with `session.owner` where they write whose it is."""
    for handler, draft in list(placement.by_handler.items()):
        if draft.kind not in TOOLS or not handler.local.attribute_binds:
            continue
        given = _injected(reading, handler)
        for ordinal in handler.local.attribute_binds if given else ():
            fact = handler.facts[ordinal]
            if type(fact) is f.BindAttribute and _root(handler, fact.base) in given:
                draft.attributes["changes-context"] = True
                if WHOSE.search(fact.name):
                    match = Match(_WRITTEN, (handler, ordinal), "context")
                    placement.add_port(PlacedPort("session.owner", draft, (handler, fact.value), match))


def _injected(reading: Reading, handler: Unit) -> frozenset[int]:
    found = []
    for ordinal, fact in enumerate(handler.facts):
        if type(fact) is not f.Parameter:
            break
        if is_injected(reading, handler, fact):
            found.append(ordinal)
    return frozenset(found)


def _root(unit: Unit, ordinal: int) -> int:
    """Find what an object is taken from, through names and attributes; -1 where there is more than one way."""
    for _ in range(12):
        fact = unit.facts[ordinal]
        if type(fact) is f.Attribute:
            ordinal = fact.base
        elif type(fact) is f.Bind:
            ordinal = fact.value
        elif type(fact) is f.Read:
            made = [o for o in unit.local.reads.get(ordinal, ()) if type(unit.facts[o]) in {f.Bind, f.Parameter}]
            if len(made) != 1:
                return -1
            ordinal = made[0]
        else:
            return ordinal
    return -1
