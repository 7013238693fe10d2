"""What every format of configuration comes to: scalars, sequences and mappings, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

Span = tuple[int, int]
Scalar = str | int | float | bool | None


@dataclass(slots=True, eq=False)
class Text:
    """A scalar and its place, quotes included."""

    value: Scalar
    span: Span


@dataclass(slots=True, eq=False)
class Sequence:
    """Values in order."""

    span: Span
    items: list[Written] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Pair:
    """A key of a mapping and its value; `merged` marks YAML's `<<`, whose value's own pairs belong to the mapping."""

    key: Text
    value: Written
    merged: bool = False


@dataclass(slots=True, eq=False)
class Mapping:
    """Pairs in order."""

    span: Span
    pairs: list[Pair] = field(default_factory=list)
    _known: dict[Scalar, Written] = field(default_factory=dict)
    _counted: int = 0

    def get(self, key: str) -> Written | None:
        """Give the last value written under a key."""
        if self._counted > len(self.pairs):
            self._known.clear()
            self._counted = 0
        # Pairs come one by one between questions: each is looked at once.
        for pair in self.pairs[self._counted :] if self._counted < len(self.pairs) else ():
            self._known[pair.key.value] = pair.value
        self._counted = len(self.pairs)
        return self._known.get(key)


Written = Text | Sequence | Mapping
