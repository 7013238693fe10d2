"""A notebook → the facts of its Python cells, with spans in the notebook."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from threatline.facts import python
from threatline.facts.documents.json import read_json
from threatline.facts.model import BODIES, NAMES, Extraction
from threatline.facts.notebook.cells import Cells, code_cells
from threatline.source.file import SourceFile
from threatline.syntax import SyntaxTree, parse


def extract(source: SourceFile) -> Extraction:
    """Extract the facts of a notebook's code cells, in their order, as of one module."""
    tree = parse(replace(source, language="json"))
    cells = Cells(source.text)
    for strings in code_cells(read_json(tree.tree.root_node, source.text)):
        start = len(cells.text)
        for text in strings:
            cells.add(text.span)
        cells.end_cell(start)
    inner: SyntaxTree = parse(SourceFile(source.id, bytes(cells.text), "", "python"))
    made = python.extract(inner)
    spans = {path: [cells.place(span) for span in listed] for path, listed in made.spans.items()}
    spans[NAMES][0], spans[BODIES][0] = (0, 0), (0, len(source.text))
    return Extraction(msgspec.structs.replace(made.facts, errors=0), spans)
