"""The way into the Python extractor; importing it registers every reader."""

from __future__ import annotations

from threatline.facts.builder import Builder, count_errors
from threatline.facts.directives import directives
from threatline.facts.model import Extraction
from threatline.facts.python import control, displays, expressions, imports, matching, statements, strings, targets, types
from threatline.facts.python.definitions import body_of
from threatline.syntax import SyntaxTree

READERS = (control, displays, expressions, imports, matching, statements, strings, targets, types)
"""The modules that register readers, named so that importing them has a visible use."""


def extract(tree: SyntaxTree) -> Extraction:
    """Extract the facts of a Python file; never raises on its content."""
    root = tree.tree.root_node
    b = Builder(tree.source.text)
    docstring = body_of(b, root)
    return b.finish("python", docstring, directives(tree, b), count_errors(root))
