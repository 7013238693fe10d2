"""How far an editor's text has moved away from the one that was analyzed last, taken as one replaced stretch."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.source.file import Span


@dataclass(frozen=True, slots=True)
class Drift:
    """Everything before `start` is equal in both texts.

    So is everything behind `old_end` in the analyzed one and `new_end` in the editor's.
    """

    start: int
    old_end: int
    new_end: int

    def to_analyzed(self, offset: int) -> int | None:
        """Find where an offset of the editor's text stood; None inside what has changed."""
        if offset <= self.start:
            return offset
        return offset - self.new_end + self.old_end if offset >= self.new_end else None

    def to_editor(self, span: Span) -> Span | None:
        """Find where a span of the analyzed text stands now; None where it has changed itself."""
        if span.end <= self.start:
            return span
        moved = self.new_end - self.old_end
        return Span(span.start + moved, span.end + moved) if span.start >= self.old_end else None


def drift_between(analyzed: bytes, now: bytes) -> Drift:
    """Compare two texts."""
    limit = min(len(analyzed), len(now))
    start = _common(analyzed, now, limit)
    tail = _common(analyzed[start:][::-1], now[start:][::-1], limit - start)
    return Drift(start, len(analyzed) - tail, len(now) - tail)


def _common(left: bytes, right: bytes, limit: int) -> int:
    """Count the bytes that two texts share at their beginning, at most `limit`, by halving."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
