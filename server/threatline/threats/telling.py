"""Which steps of a path tell its story."""

from __future__ import annotations

from collections.abc import Callable

from threatline.facts.model import Call, Parameter, Template
from threatline.program.units import Node
from threatline.threats.wording import step_note


def telling(steps: tuple[Node, ...], read_back: Callable[[Node, Node], bool]) -> list[tuple[Node, str]]:
    """Keep the steps a reader needs: where a value is passed into another definition, where it is made into another value, and where it
    is stored and read back, which `read_back` tells of two steps.
    """
    kept: list[tuple[Node, str]] = []
    for node, after in zip(steps, (*steps[1:], None), strict=True):
        kind = type(node[0].facts[node[1]])
        if after is not None and read_back(node, after):
            kept += [(node, "stored"), (after, "read back here")]
        elif kept and kept[-1][0] == node:
            continue
        elif after is not None and after[0] is not node[0] and type(after[0].facts[after[1]]) is Parameter:
            kept.append((node, f"passed to {after[0].path} as `{after[0].facts[after[1]].name}`"))
        elif node is not steps[0] and kind in {Template, Call}:
            kept.append((node, step_note(node)))
    return kept
