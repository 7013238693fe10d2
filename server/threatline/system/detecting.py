"""Closed text detectors: secret shapes, hidden characters, instructions hidden in descriptions. Patterns run on RE2."""

from __future__ import annotations

import math
from collections import Counter

import re2

from threatline.knowledge.model import Knowledge
from threatline.knowledge.ontology import Detector

LONGEST = 20_000


class Detectors:
    """The detectors of the knowledge, compiled, by group."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._compiled = [
            (name, detector, re2.compile(detector.pattern), re2.compile(detector.names) if detector.names else None,
             re2.compile(detector.unless) if detector.unless else None)
            for name, detector in knowledge.detectors.items()
        ]  # fmt: skip

    def secret(self, text: str, name: str) -> str:
        """Name the first detector of group `secret` that finds one in a text bound to `name`; "" for none."""
        if len(text) < 8:
            return ""
        return next(iter(self.found("secret", text, name)), "")

    def found(self, group: str, text: str, name: str = "") -> list[str]:
        """List the detectors of a group that find something in a text."""
        return [
            key for key, detector, pattern, names, unless in self._compiled
            if group in {detector.group, key} and (names is None or names.search(name))
            and (match := pattern.search(text[:LONGEST])) and (unless is None or not unless.search(text[:LONGEST]))
            and _entropy(match.group(0)) >= detector.entropy
        ]  # fmt: skip


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values()) if text else 0.0


__all__ = ["Detector", "Detectors"]
