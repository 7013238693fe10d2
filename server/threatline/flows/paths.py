"""What tracing finds: paths from source ports to a sink."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.facts.model import Call, Operation, Template
from threatline.flows.contexts import Controls
from threatline.program.units import Node
from threatline.system.placing import PlacedPort


@dataclass(frozen=True, slots=True)
class FlowPath:
    """One path: from the source port's value to the sink's, all values between included, source first.

    `through_unknown` tells that it passes other people's code of which nothing is known; `controls` are met on the way (cleaned values).
    """

    source: PlacedPort
    sink: PlacedPort
    steps: tuple[Node, ...]
    through_unknown: bool
    controls: Controls


@dataclass(frozen=True, slots=True)
class Traced:
    """All that was found behind one sink. `open` tells that a parameter which nobody fills leads to it, `cut` that a bound ended it."""

    paths: tuple[FlowPath, ...]
    open: bool
    cut: bool = False


NOTHING = Traced((), False)

BUILDING_CALLS = frozenset("format format_map join format_messages render substitute safe_substitute".split())


def is_part(path: FlowPath) -> bool:
    """Tell whether a value becomes a part of a text on its way."""
    for unit, ordinal in path.steps:
        fact = unit.facts[ordinal]
        if type(fact) is Template or (type(fact) is Operation and fact.operator in {"+", "%"}):
            return True
        if type(fact) is Call and getattr(unit.facts[fact.callee], "name", "") in BUILDING_CALLS:
            return True
    return False
