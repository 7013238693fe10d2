"""Tools whose description is replaced while the program runs: what was reviewed is not what a model reads later."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Unit
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.placing import Draft, PlacedPort, Placement

DESCRIBING = frozenset({"__doc__", "description"})

_REPLACED = Entry(call=("description",), component="function-tool")


def place_new_descriptions(reading: Reading, placement: Placement) -> None:
    """Place `tool.new-description` and `tool.description` on each text that a function gives a tool while it runs."""
    for unit in reading.program.units.values():
        if unit.kind != "function" or unit.name == "__init__":
            continue
        for ordinal in unit.local.attribute_binds:
            fact = unit.facts[ordinal]
            if type(fact) is f.BindAttribute and fact.name in DESCRIBING:
                draft = _tool(reading, placement, unit, fact.base)
                if draft is not None:
                    match = Match(_REPLACED, (unit, ordinal), "description")
                    for name in ("tool.new-description", "tool.description"):
                        placement.add_port(PlacedPort(name, draft, (unit, fact.value), match))


def _tool(reading: Reading, placement: Placement, unit: Unit, base: int) -> Draft | None:
    """Find the tool that a value is: its handler's function."""
    for kind, what in reading.program.references((unit, base)):
        if kind == "def" and what in placement.by_handler:
            draft = placement.by_handler[what]
            return draft if any(port.draft is draft and port.name == "tool.description" for port in placement.ports) else None
    return None
