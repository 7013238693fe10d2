"""Where a fix is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from threatline.source.file import Span
from threatline.syntax import SyntaxTree


@dataclass(frozen=True, slots=True)
class Target:
    """Where a fix is written: the place that the mitigation names, and the value that the finding is about, where there is one.

    `source` is where the data comes from, `texts` are what a detector found something in, if they stand in the same file; `found` asks it.
    """

    tree: SyntaxTree
    at: Span
    value: Span | None = None
    source: Span | None = None
    texts: tuple[Span, ...] = ()
    found: Callable[[str], bool] | None = None
