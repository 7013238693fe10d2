"""System prompts: the constant texts that code gives a model as its instructions."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Node
from threatline.system.calls import Reading
from threatline.system.matching import Match
from threatline.system.origins import origins
from threatline.system.placing import Draft, Placement, bound_name
from threatline.system.relating import Related

INSTRUCTING = frozenset({"model.system", "agent.instructions"})
SHORTEST = 20

_WRITTEN = Entry(call=("text",), component="system-prompt")


def place_prompts(reading: Reading, placement: Placement) -> list[Related]:
    """Place a system-prompt at each constant text that becomes a model's instructions; gives the relations to those who have it."""
    found: list[Related] = []
    for port in list(placement.ports):
        if port.name in INSTRUCTING:
            for node in origins(reading, port.node, most=3):
                draft = _written(reading, placement, node)
                if draft is not None and port.draft is not None:
                    found.append(Related(port.draft, "has-prompt", draft, port.node))
    return found


def _written(reading: Reading, placement: Placement, node: Node) -> Draft | None:
    known = placement.by_node.get(node)
    if known is not None:
        return known if known.kind == "system-prompt" else None
    unit, ordinal = node
    if type(unit.facts[ordinal]) not in {f.Literal, f.Template} or len(reading.constants.known_text(node)) < SHORTEST:
        return None
    match = Match(_WRITTEN, node, "text")
    draft = Draft("system-prompt", bound_name(node, by_key=False) or "system prompt", node, match, "text")
    placement.drafts.append(draft)
    placement.by_node[node] = draft
    return draft
