"""The way into the TypeScript and JavaScript extractor; importing it registers every reader."""

from __future__ import annotations

from threatline.facts.builder import Builder, count_errors
from threatline.facts.directives import directives
from threatline.facts.model import Extraction, Read
from threatline.facts.typescript import expressions, functions, jsx, modules, statements, strings, targets, types
from threatline.facts.typescript.dispatch import block
from threatline.facts.typescript.functions import directive_of
from threatline.syntax import SyntaxTree

READERS = (expressions, functions, jsx, modules, statements, strings, targets, types)
"""The modules that register readers, named so that importing them has a visible use."""


def extract(tree: SyntaxTree) -> Extraction:
    """Extract the facts of a TypeScript or JavaScript file; never raises on its content."""
    root = tree.tree.root_node
    b = Builder(tree.source.text)
    for directive in ("use client", "use server"):
        place = directive_of(root, directive.encode())
        if place is not None:
            b.add(Read(directive), place)
    block(b, root)
    return b.finish(tree.source.language, -1, directives(tree, b), count_errors(root))
