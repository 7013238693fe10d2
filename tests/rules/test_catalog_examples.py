"""Each catalog file's examples are analyzed, and the map must hold the marked components on their lines, and no others."""

from __future__ import annotations

from collections import Counter

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()

EXAMPLES = [
    pytest.param(file, code, id=f"{file.language}/{file.package} {number}")
    for file in KNOWLEDGE.catalog_files
    for number, code in enumerate(file.examples)
]


def marked(code):
    for number, line in enumerate(code.splitlines(), 1):
        for mark in line.split("component:")[1:]:
            kind, _, name = mark.partition(" #")[0].partition(" //")[0].strip(" ,").partition(" ")
            yield number, kind, name


def name_for(file):
    if file.language == "config":
        return file.documents[0].removeprefix("**/").replace("*", "")
    return "app.py" if file.language == "python" else "app.ts"


def mapped(code, name):
    snapshot = analyze_texts({name: code}, knowledge=KNOWLEDGE)
    lines = snapshot.line_index(name)
    for component in snapshot.map.components:
        yield lines.line_of(snapshot.place(component.value).span.start) + 1, component.kind, component.name


@pytest.mark.parametrize(("file", "code"), EXAMPLES)
def test_map_holds_the_marked_components(file, code):
    expected, found = sorted(marked(code)), sorted(mapped(code, name_for(file)))
    assert Counter((line, kind) for line, kind, _ in found) == Counter((line, kind) for line, kind, _ in expected)
    names = Counter(found)
    assert all(names[one] for one in expected if one[2]), found
