"""Whether a control stands at a component, and where it is lacking."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.system.model import Component, Control, Value
from threatline.vocabulary import ControlState

GIVEN_FROM_OUTSIDE = ("around", "in the application", "for the workspace", "declared")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A control at a component: its state, the places that lack it (absent or off), and the controls seen."""

    state: ControlState
    lacking: tuple[Value, ...]
    seen: tuple[Control, ...]


def judge(component: Component, control: str) -> Judgement:
    """Judge one control. What covers the whole component outweighs a call that lacks it."""
    seen = tuple(c for c in component.controls if c.control == control)
    covering = [c for c in seen if c.note.startswith(GIVEN_FROM_OUTSIDE) or c.note.startswith("given here")]
    lacking = tuple(c.value for c in seen if c.state in {"absent", "off"} and c.value is not None)
    state: ControlState
    for state in ("present", "weak", "declared"):
        if any(c.state == state for c in covering):
            return Judgement(state, (), seen)
    if lacking:
        return Judgement("off" if any(c.state == "off" for c in seen) else "absent", lacking, seen)
    for state in ("present", "weak", "fails-open"):
        if any(c.state == state for c in seen):
            return Judgement(state, (), seen)
    return Judgement("absent", (), ())


def stands(judgement: Judgement) -> bool:
    """Tell whether a control counts as there (a declared one does not: it only lowers the finding)."""
    return judgement.state in {"present", "weak"}
