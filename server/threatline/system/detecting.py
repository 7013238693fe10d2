"""Closed text detectors: secret shapes, hidden characters, instructions hidden in descriptions. Patterns run on RE2."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import re2

from threatline.knowledge.model import Knowledge

LONGEST = 20_000
SHORTEST_SECRET = 8


class Detectors:
    """The detectors of the knowledge, compiled, by group."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._compiled = [
            (name, detector, re2.compile(detector.pattern), re2.compile(detector.names) if detector.names else None,
             re2.compile(detector.unless) if detector.unless else None)
            for name, detector in knowledge.detectors.items()
        ]  # fmt: skip
        # One search tells for most texts that no detector without a name to go by will find anything.
        anywhere = [f"(?:{detector.pattern})" for detector in knowledge.detectors.values() if not detector.names]
        self._anywhere = re2.compile("|".join(anywhere)) if anywhere else None
        self._telling: dict[str, bool] = {"": False}

    def secret(self, text: str, name: str) -> str:
        """Name the first detector of group `secret` that finds one in a text bound to `name`; "" for none."""
        if len(text) < SHORTEST_SECRET:
            return ""
        return next(iter(self.found("secret", text, name)), "")

    def found(self, group: str, text: str, name: str = "") -> list[str]:
        """List the detectors of a group (or the one of that id) that find something in a text."""
        text = text[:LONGEST]
        anywhere = self._anywhere is not None and self._anywhere.search(text) is not None
        if not anywhere and not self._is_telling(name):
            return []
        return [
            key for key, detector, pattern, names, unless in self._compiled
            if group in {detector.group, key} and (anywhere if names is None else bool(name) and names.search(name) is not None)
            and (match := pattern.search(text)) and (unless is None or not unless.search(_matched(match)))
            and _entropy(_matched(match)) >= detector.entropy
        ]  # fmt: skip

    def _is_telling(self, name: str) -> bool:
        """Tell whether any detector goes by a name."""
        known = self._telling.get(name)
        if known is None:
            known = self._telling[name] = any(names is not None and names.search(name) is not None for _, _, _, names, _ in self._compiled)
        return known


def _matched(match: Any) -> str:
    """Give what was found: the pattern's group where it has one."""
    return str(match.group(1) if match.re.groups and match.group(1) is not None else match.group(0))


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0
