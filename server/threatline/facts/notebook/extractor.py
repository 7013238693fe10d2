"""A notebook → the facts of its Python cells, with spans in the notebook."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from threatline.facts import python
from threatline.facts.builder import STRING_LIMIT
from threatline.facts.documents.json import read_json
from threatline.facts.model import BODIES, NAMES, Extraction, Literal
from threatline.facts.notebook.cells import Cells, code_cells, output_texts
from threatline.source.file import SourceFile
from threatline.syntax import SyntaxTree, parse

SHORTEST_OUTPUT = 16
"""Characters of a line of output that may hold a credential."""


def extract(source: SourceFile) -> Extraction:
    """Extract the facts of a notebook's code cells, in their order, as of one module."""
    tree = parse(replace(source, language="json"))
    cells = Cells(source.text)
    notebook = read_json(tree.tree.root_node, source.text)
    for strings in code_cells(notebook):
        start = len(cells.text)
        for text in strings:
            cells.add(text.span)
        cells.end_cell(start)
    inner: SyntaxTree = parse(SourceFile(source.id, bytes(cells.text), "", "python"))
    made = python.extract(inner)
    spans = {path: [cells.place(span) for span in listed] for path, listed in made.spans.items()}
    spans[NAMES][0], spans[BODIES][0] = (0, 0), (0, len(source.text))
    module, *inside = made.facts.definitions
    printed = [text for text in output_texts(notebook) if len(str(text.value)) >= SHORTEST_OUTPUT]
    # What was printed is kept behind the code as constants that nothing uses, for those who look for credentials.
    spans[""] += [text.span for text in printed]
    module = msgspec.structs.replace(module, facts=(*module.facts, *(Literal(str(text.value)[:STRING_LIMIT]) for text in printed)))
    return Extraction(msgspec.structs.replace(made.facts, definitions=(module, *inside), errors=0), spans)
