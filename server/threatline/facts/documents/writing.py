"""Values of a document → facts: one module of nested collections, children before what holds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from threatline.facts.builder import NESTING_LIMIT, STRING_LIMIT, Builder
from threatline.facts.documents.values import Mapping, Pair, Sequence, Span, Text, Written
from threatline.facts.model import Collection, Element, Literal

Member = TypeVar("Member")

MOST_VALUES = 20_000
"""Values of one document that are written down; configuration that people write has some hundreds."""


class Writer:
    """Writes values as facts. A value that stands at several places, as YAML's aliases do, is one fact."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.known: dict[int, int] = {}
        self.open: set[int] = set()

    def write(self, value: Written, at: Span) -> int:
        """Write a value and return its ordinal. A collection stands at the key that names it, which `at` gives."""
        known = self.known.get(id(value))
        if known is not None:
            return known
        builder = self.builder
        if isinstance(value, Text):
            text = value.value[:STRING_LIMIT] if isinstance(value.value, str) else value.value
            ordinal = builder.add_at(Literal(text), value.span)
        elif builder.depth >= NESTING_LIMIT or len(builder.facts) > MOST_VALUES or id(value) in self.open:
            builder.truncated = builder.truncated or ("nesting" if builder.depth >= NESTING_LIMIT else "values")
            return builder.add_at(Literal(None), at)
        else:
            builder.depth += 1
            self.open.add(id(value))
            made = self._mapping(value) if isinstance(value, Mapping) else self._sequence(value)
            ordinal = builder.add_at(made, at)
            self.open.discard(id(value))
            builder.depth -= 1
        self.known[id(value)] = ordinal
        return ordinal

    def _sequence(self, value: Sequence) -> Collection:
        text = self.builder.text
        return Collection("list", tuple(Element(self.write(item, _first_line(text, item.span))) for item in self._bounded(value.items)))

    def _mapping(self, value: Mapping) -> Collection:
        return Collection("dict", tuple(self._pair(pair) for pair in self._bounded(value.pairs)))

    def _bounded(self, members: list[Member]) -> Iterator[Member]:
        for member in members:
            if len(self.builder.facts) > MOST_VALUES:
                self.builder.truncated = self.builder.truncated or "values"
                return
            yield member

    def _pair(self, pair: Pair) -> Element:
        if pair.merged:
            return Element(self.write(pair.value, pair.key.span), -1, True)
        key = self.builder.add_at(Literal(str(pair.key.value)), pair.key.span)
        return Element(self.write(pair.value, pair.key.span), key)


def _first_line(text: bytes, span: Span) -> Span:
    end = text.find(b"\n", span[0], span[1])
    return span if end < 0 else (span[0], end)
