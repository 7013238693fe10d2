"""Extraction of any file, by its language."""

from __future__ import annotations

from threatline.facts import python
from threatline.facts.model import Extraction
from threatline.source.file import SourceFile
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.syntax import SyntaxTree, parse

EXTRACTOR_VERSION = "3"
"""Part of every cache key: changes whenever an extractor gives other facts or the encoding changes."""


def extract_file(source: SourceFile) -> Extraction:
    """Extract the facts of a file of any language that is read; never raises on its content."""
    if source.language in DOCUMENT_LANGUAGES:
        from threatline.facts import documents

        return documents.extract(source)
    if source.language == "notebook":
        from threatline.facts import notebook

        return notebook.extract(source)
    return extract(parse(source))


def extract(tree: SyntaxTree) -> Extraction:
    """Extract the facts of a program, whatever state it is in; never raises on its content."""
    if tree.source.language == "python":
        return python.extract(tree)
    from threatline.facts import typescript

    return typescript.extract(tree)
