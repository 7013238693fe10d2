"""Text detectors at work: one text → what of it is a secret's shape, a hidden character, an order to a model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import re2

from threatline.knowledge.ontology import Detector

LONGEST = 100_000
"""Characters of one text that are looked at."""


class Detected(NamedTuple):
    """What a detector found: its id and group, and the range of characters in the text."""

    detector: str
    group: str
    start: int
    end: int


class Detecting:
    """Detectors ready for use: those that `words` (ids or groups) name, or all.

    One pass over a text tells which patterns occur at all; only those are searched for their place.
    """

    def __init__(self, detectors: Mapping[str, Detector], words: Iterable[str] = ()) -> None:
        wanted = set(words)
        self._chosen = [(key, one) for key, one in sorted(detectors.items()) if not wanted or key in wanted or one.group in wanted]
        self._patterns = [(re2.compile(one.pattern), _compiled(one.names), _compiled(one.unless)) for _, one in self._chosen]
        self._any = re2.Set.SearchSet()
        for _, one in self._chosen:
            self._any.Add(one.pattern)
        if self._chosen:
            self._any.Compile()

    def find(self, text: str, name: str = "") -> tuple[Detected, ...]:
        """List what is found in a text, in the detectors' order; `name` is what the text is assigned to, "" where nothing tells."""
        if not self._chosen or not text:
            return ()
        text = text[:LONGEST]
        found = (self._look(index, text, name) for index in sorted(self._any.Match(text) or ()))
        return tuple(one for one in found if one)

    def _look(self, index: int, text: str, name: str) -> Detected | None:
        key, detector = self._chosen[index]
        pattern, names, unless = self._patterns[index]
        if names and not (name and names.search(name)):
            return None
        for match in pattern.finditer(text):
            group = 1 if pattern.groups and match.group(1) is not None else 0
            what = match.group(group)
            if not (unless and unless.search(what)) and _entropy(what) >= detector.entropy:
                return Detected(key, detector.group, *match.span(group))
        return None


def _compiled(pattern: str) -> Any:
    return re2.compile(pattern) if pattern else None


def _entropy(text: str) -> float:
    """Give the bits per character of a text."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
