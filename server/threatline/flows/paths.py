"""What tracing finds: paths from source ports to a sink."""

from __future__ import annotations

from dataclasses import dataclass

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
