"""What people call kinds, controls and data: from the knowledge where it is at hand, else from the id itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threatline.knowledge.model import Knowledge


@dataclass(frozen=True, slots=True)
class Titles:
    """Titles by id; `groups` tells which component kinds belong together."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    controls: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)

    def kind(self, kind: str) -> str:
        """Name a component kind."""
        return self.kinds.get(kind) or spaced(kind)

    def group(self, kind: str) -> str:
        """Name the group of a component kind."""
        return self.groups.get(kind, "ordinary")

    def control(self, control: str) -> str:
        """Name a control."""
        return self.controls.get(control) or spaced(control.removeprefix("ctl-"))


def titles_of(knowledge: Knowledge) -> Titles:
    """Take the titles out of the knowledge."""
    return Titles(
        {kind: info.title for kind, info in knowledge.components.items()},
        {control: info.title for control, info in knowledge.controls.items()},
        {kind: info.group for kind, info in knowledge.components.items()},
    )


def spaced(word: str) -> str:
    """Read an id as words: `function-tool` is a function tool."""
    return word.replace("-", " ").replace("_", " ")


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: `1 file`, `2 files`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
