"""Extraction of any file, by its language."""

from __future__ import annotations

from threatline.facts import python
from threatline.facts.model import Extraction
from threatline.syntax import SyntaxTree

EXTRACTOR_VERSION = "2"
"""Part of every cache key: changes whenever an extractor gives other facts or the encoding changes."""


def extract(tree: SyntaxTree) -> Extraction:
    """Extract the facts of a file, whatever state it is in; never raises on its content."""
    if tree.source.language == "python":
        return python.extract(tree)
    from threatline.facts import typescript

    return typescript.extract(tree)
