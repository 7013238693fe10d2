"""A design file as it was read, before anything is made of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DesignText:
    """One file of a design: its id, its bytes, and what they say."""

    file: str
    text: bytes
    data: dict[str, Any]

    def line(self, path: Sequence[int | str]) -> int:
        """Find the line, from 1, of the value at a path of keys and indexes; 0 or 1 where it cannot be found."""
        if not self.file.endswith(".toml"):
            from threatline.knowledge.reading import line_of

            return line_of(self.text, path)
        key = next((re.escape(part.encode()) for part in path if isinstance(part, str)), b"")
        place = re.search(rb"^[ \t]*[\"']?" + key + rb"\b", self.text, re.MULTILINE)
        return self.text.count(b"\n", 0, place.start()) + 1 if place else 0
