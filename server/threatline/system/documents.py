"""Configuration files in catalog terms: which values stand at the key paths that the catalog knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from threatline.facts import model as f
from threatline.knowledge.index import KeyEntry
from threatline.program.units import Node, Unit
from threatline.source.globs import compile_globs
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.system.calls import Reading, holds
from threatline.system.matching import Match

if TYPE_CHECKING:
    import pathspec

MOST_VALUES = 2_000
"""Values of one file that one path of keys is followed to."""


def match_documents(reading: Reading) -> list[Match]:
    """Match the values of every configuration file, by file, entry and place."""
    documents = [unit for unit in reading.program.units.values() if unit.language in DOCUMENT_LANGUAGES]
    if not documents:
        return []
    formats = [(_compiled(patterns), entries) for patterns, entries in reading.catalog.documents]
    found: list[Match] = []
    for unit in documents:
        for files, entries in formats:
            if files.match_file(unit.file):
                found += [match for entry in entries for match in _matched(reading, unit, entry)]
    return found


@cache
def _compiled(patterns: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return compile_globs(patterns)


def _matched(reading: Reading, unit: Unit, keyed: KeyEntry) -> Iterator[Match]:
    top = document_of(unit)
    name = ".".join((keyed.package, *keyed.path))
    for ordinal, title in _at(unit, top, keyed.path) if top >= 0 else ():
        node: Node = (unit, ordinal)
        if all(holds(reading, node, condition) for condition in keyed.entry.when):
            yield Match(keyed.entry, node, name, title=title)


def document_of(unit: Unit) -> int:
    """Give the ordinal of a document's whole value, -1 for an empty one."""
    last = unit.facts[-1] if unit.facts else None
    return last.value if type(last) is f.Bind else -1


def _at(unit: Unit, ordinal: int, path: tuple[str, ...]) -> list[tuple[int, str]]:
    """List the values at a path, each with the last key on the way to it; `*` is any key or member, `$` the value itself."""
    found = [(ordinal, "")]
    for part in path:
        if part != "$":
            found = [inner for value, title in found for inner in _inside(unit, value, part, title)][:MOST_VALUES]
    return found


def _inside(unit: Unit, ordinal: int, part: str, title: str) -> list[tuple[int, str]]:
    fact = unit.facts[ordinal]
    if type(fact) is not f.Collection:
        return []
    found: list[tuple[int, str]] = []
    for element in fact.elements[:MOST_VALUES]:
        key = str(unit.facts[element.key].value) if element.key >= 0 else ""
        if element.spread:
            found += _inside(unit, element.value, part, title) if element.value < ordinal else []
        elif part in {"*", key}:
            found.append((element.value, key or title))
    return found
