"""What extractors share: the facts of one file while they are being collected."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from tree_sitter import Node

from threatline.facts.model import (
    BODIES,
    DIRECTIVES,
    NAMES,
    AnyFact,
    Definition,
    Directive,
    Extraction,
    FileFacts,
    Literal,
    Read,
    SpanTable,
)

NESTING_LIMIT = 120
"""Levels of blocks and expressions that are followed; each costs at most five frames of Python's stack."""

STRING_LIMIT = 20_000
"""Characters of a string constant that are kept."""

NOTHING = Literal(None)


class Opened(NamedTuple):
    """A definition being collected, and what was being collected around it."""

    place: int
    path: str
    kind: str
    parent: str
    facts: list[AnyFact]
    spans: list[tuple[int, int]]
    is_generator: bool
    assigned: dict[str, int]


class Builder:
    """Collects the definitions of one file; `facts` and `spans` are those of the innermost open definition."""

    __slots__ = (
        "assigned", "bodies", "definitions", "depth", "facts", "is_generator", "names", "path", "reads", "span_table", "spans", "taken",
        "text", "truncated",
    )  # fmt: skip

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.path = ""
        self.depth = 0
        self.truncated = ""
        self.is_generator = False
        # Names that the open definition assigns to without declaring them there, with how often.
        self.assigned: dict[str, int] = {}
        self.facts: list[AnyFact] = []
        self.spans: list[tuple[int, int]] = []
        self.span_table: SpanTable = {"": self.spans}
        # The module has the first place; its Definition is made last.
        self.definitions: list[Definition | None] = [None]
        self.names: list[tuple[int, int]] = [(0, 0)]
        self.bodies: list[tuple[int, int]] = [(0, len(text))]
        self.reads: dict[bytes, Read] = {}
        self.taken: dict[str, int] = {}

    def add(self, fact: AnyFact, node: Node) -> int:
        """Append a fact with a node's span and return its ordinal."""
        facts = self.facts
        facts.append(fact)
        self.spans.append(node.byte_range)
        return len(facts) - 1

    def add_at(self, fact: AnyFact, span: tuple[int, int]) -> int:
        """Append a fact with a span and return its ordinal."""
        self.facts.append(fact)
        self.spans.append(span)
        return len(self.facts) - 1

    def nothing(self, node: Node) -> int:
        """Append the constant that stands for what is missing or cannot be said."""
        return self.add(NOTHING, node)

    def too_deep(self, node: Node) -> int:
        """Append an opaque value for a node below the nesting limit, and remember the cut."""
        self.truncated = "nesting"
        return self.add(NOTHING, node)

    def read(self, node: Node) -> int:
        """Append a Read of an identifier; the missing identifier of a half-typed line reads nothing."""
        start, end = span = node.byte_range
        key = self.text[start:end]
        fact = self.reads.get(key) or self._first_read(key)
        facts = self.facts
        facts.append(fact if key else NOTHING)
        self.spans.append(span)
        return len(facts) - 1

    def name(self, node: Node) -> str:
        """Return an identifier's text, "" when it is missing."""
        start, end = node.byte_range
        key = self.text[start:end]
        return (self.reads.get(key) or self._first_read(key)).name

    def _first_read(self, key: bytes) -> Read:
        # Identifiers repeat: one string and one fact for each spelling.
        name = key.decode("utf-8", "replace")
        fact = Read(name if name.isascii() else unicodedata.normalize("NFKC", name))
        self.reads[key] = fact
        return fact

    def source(self, node: Node) -> str:
        """Return a node's text."""
        start, end = node.byte_range
        return self.text[start:end].decode("utf-8", "replace")

    def open(self, kind: str, name: str, body: tuple[int, int], name_span: tuple[int, int]) -> Opened:
        """Begin a definition inside the current one; its facts are collected until `close`."""
        path = f"{self.path}.{name}" if self.path else name
        count = self.taken[path] = self.taken.get(path, 0) + 1
        if count > 1:
            path = f"{path}#{count}"
        opened = Opened(len(self.definitions), path, kind, self.path, self.facts, self.spans, self.is_generator, self.assigned)
        self.definitions.append(None)
        self.names.append(name_span)
        self.bodies.append(body)
        self.path, self.facts, self.spans, self.is_generator = path, [], [], False
        self.assigned = {}
        self.span_table[path] = self.spans
        # A definition costs more frames than a block.
        self.depth += 1
        return opened

    def close(
        self,
        opened: Opened,
        *,
        decorators: tuple[int, ...] = (),
        bases: tuple[int, ...] = (),
        docstring: int = -1,
        returns: int = -1,
        is_async: bool = False,
    ) -> str:
        """End the innermost definition, return to the one around it, and return the path of the ended one."""
        self.definitions[opened.place] = Definition(
            opened.path, opened.kind, opened.parent, tuple(self.facts), decorators, bases, docstring, returns, is_async, self.is_generator
        )
        self.path, self.facts, self.spans, self.is_generator = opened.parent, opened.facts, opened.spans, opened.is_generator
        self.assigned = opened.assigned
        self.depth -= 1
        return opened.path

    def finish(self, language: str, docstring: int, directives: list[tuple[Directive, tuple[int, int]]], errors: int) -> Extraction:
        """Close the module and give everything collected."""
        self.definitions[0] = Definition("", "module", None, tuple(self.facts), docstring=docstring)
        self.span_table[NAMES] = self.names
        self.span_table[BODIES] = self.bodies
        self.span_table[DIRECTIVES] = [span for _, span in directives]
        definitions = tuple(definition for definition in self.definitions if definition is not None)
        facts = FileFacts(language, definitions, tuple(directive for directive, _ in directives), errors, self.truncated)
        return Extraction(facts, self.span_table)


def constant(text: str) -> Literal:
    """Make a string constant of bounded length."""
    return Literal(text if len(text) <= STRING_LIMIT else text[:STRING_LIMIT])


def number(text: str) -> Literal:
    """Make a constant from a number's spelling; what no 64-bit integer or float can hold gives None."""
    digits = text.replace("_", "").lower().rstrip("nl")
    try:
        value: int | float = int(digits, 0)
    except ValueError:
        return _inexact(digits)
    return Literal(value if -(2**63) < value < 2**63 else None)  # Its negative must fit as well.


def _inexact(digits: str) -> Literal:
    try:
        if digits.isdigit():
            # An old octal, or more digits than Python is willing to convert.
            return Literal(int(digits, 8)) if len(digits) < 20 else NOTHING
        return Literal(float(digits))
    except ValueError:
        return NOTHING


def count_errors(root: Node) -> int:
    """Count the ERROR and MISSING nodes of a tree."""
    if not root.has_error:
        return 0
    errors = 0
    cursor = root.walk()
    while True:
        node = cursor.node
        if node is not None and node.has_error:
            errors += node.is_error or node.is_missing
            if cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return errors
