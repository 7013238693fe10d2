"""`match` statements: the captures of a pattern are reads of the parts of its subject."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder
from threatline.facts.model import Attribute, Bind, Branch, Collection, Element, Item, Join, Operation, Otherwise, Read, Unpack
from threatline.facts.python.dispatch import BLOCK, SKIPPED, block, expression, inner, is_expression, kinds, solid, statement

_CASE = kinds("case_clause")
_PATTERN = kinds("case_pattern")
_UNION = kinds("union_pattern")
_AS = kinds("as_pattern")
_DOTTED = kinds("dotted_name")
_SEQUENCE = kinds("list_pattern", "tuple_pattern")
_MAPPING = kinds("dict_pattern")
_CLASS = kinds("class_pattern")
_KEYWORD = kinds("keyword_pattern")
_SPLAT = kinds("splat_pattern")
_IDENTIFIER = kinds("identifier")
_GUARD = kinds("if_clause")
_CONSTANT = kinds("string", "concatenated_string", "integer", "float", "true", "false", "none")


@statement("match_statement")
def match_statement(b: Builder, node: Node) -> None:
    """Read a match: each case is the arm taken when the cases before it did not match.

    A case of constants alone has a test. A guard is a branch inside its case's arm. The last case `_` is the arm otherwise taken.
    """
    subjects = [child for child in node.children if is_expression(child)]
    subject = _subject(b, node, subjects)
    cases = [case for child in node.children if child.kind_id in BLOCK for case in child.children if case.kind_id in _CASE]
    joins = 0
    for index, case in enumerate(cases):
        if index:
            b.add(Otherwise(), case)
        if index and index == len(cases) - 1 and _is_wildcard(b, case):
            _arm(b, case)
            continue
        b.add(Branch(_constants(b, case, subject)), case)
        _capture_case(b, case, subject)
        _arm(b, case)
        joins += 1
    for _ in range(joins):
        b.add(Join(), node)


def _subject(b: Builder, node: Node, subjects: list[Node]) -> int:
    values = [expression(b, child) for child in subjects]
    if len(values) == 1:
        return values[0]
    return b.add(Collection("tuple", tuple([Element(value) for value in values])), node)


def _is_wildcard(b: Builder, case: Node) -> bool:
    return not any(child.kind_id in _GUARD for child in case.children) and [b.source(p) for p in _patterns(case)] == ["_"]


def _patterns(case: Node) -> list[Node]:
    return [child for child in case.children if child.kind_id in _PATTERN]


def _arm(b: Builder, case: Node) -> None:
    """Read a case's block, in a branch of its own when there is a guard."""
    guard = next((inner(child) for child in case.children if child.kind_id in _GUARD), None)
    if guard is not None:
        b.add(Branch(expression(b, guard)), guard)
    for child in case.children:
        if child.kind_id in BLOCK:
            block(b, child)
    if guard is not None:
        b.add(Join(), guard)


def _capture_case(b: Builder, case: Node, subject: int) -> None:
    patterns = _patterns(case)
    if len(patterns) > 1:
        _members(b, patterns, subject)
    elif patterns:
        _capture(b, patterns[0], subject)


def _constants(b: Builder, case: Node, subject: int) -> int:
    """Return the comparison of a subject with a case's constants, -1 if the case is about anything else."""
    patterns = _patterns(case)
    children = solid(patterns[0]) if len(patterns) == 1 else []
    if len(children) == 1 and children[0].kind_id in _UNION:
        children = [child for child in solid(children[0]) if child.type != "|"]
    if not children or not all(child.kind_id in _CONSTANT for child in children):
        return -1
    test = -1
    for child in children:
        same = b.add(Operation("==", (subject, expression(b, child))), child)
        test = same if test == -1 else b.add(Operation("or", (test, same)), child)
    return test


def _capture(b: Builder, pattern: Node, value: int) -> None:
    """Bind the names of a pattern to the parts of a value."""
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    kind = pattern.kind_id
    if kind in _DOTTED:
        _name(b, pattern, value)
    elif kind in _SEQUENCE:
        _members(b, [child for child in pattern.named_children if child.kind_id not in SKIPPED], value)
    elif kind in _MAPPING:
        _mapping(b, pattern, value)
    elif kind in _CLASS:
        _class(b, pattern, value)
    elif kind in _AS:
        _as(b, pattern, value)
    elif kind in _PATTERN or kind in _UNION:
        for child in pattern.named_children:
            _capture(b, child, value)
    b.depth -= 1


def _name(b: Builder, pattern: Node, value: int) -> None:
    """Bind a lone name; a dotted one is a constant to compare with."""
    name = b.source(pattern)
    if "." not in name and name != "_":
        b.add(Bind(name, value), pattern)


def _as(b: Builder, pattern: Node, value: int) -> None:
    children = solid(pattern)
    _capture(b, children[0], value)
    if len(children) > 1 and children[-1].kind_id in _IDENTIFIER:
        b.add(Bind(b.name(children[-1]), value), children[-1])


def _members(b: Builder, patterns: list[Node], value: int) -> None:
    index = 0
    for pattern in patterns:
        splat = _splat(pattern)
        if splat is not None:
            index = -1
            _bind_splat(b, splat, value)
            continue
        _capture(b, pattern, b.add(Unpack(value, index), pattern))
        if index >= 0:
            index += 1


def _splat(pattern: Node) -> Node | None:
    if pattern.kind_id in _SPLAT:
        return pattern
    children = pattern.named_children
    return children[0] if len(children) == 1 and children[0].kind_id in _SPLAT else None


def _bind_splat(b: Builder, splat: Node, value: int) -> None:
    for child in splat.named_children:
        if child.kind_id in _IDENTIFIER:
            b.add(Bind(b.name(child), b.add(Unpack(value, -1), splat)), child)


def _mapping(b: Builder, pattern: Node, value: int) -> None:
    key = -1
    for child in pattern.named_children:
        if child.kind_id in _SPLAT:
            _bind_splat(b, child, value)
        elif child.kind_id in _PATTERN:
            _capture(b, child, b.add(Item(value, key), child))
        elif is_expression(child):
            key = expression(b, child)


def _class(b: Builder, pattern: Node, value: int) -> None:
    """Bind the parts of `Type(pattern, name=pattern)`; the type itself is read too."""
    index = 0
    for child in pattern.named_children:
        if child.kind_id in _DOTTED:
            _type(b, child)
        elif child.kind_id in _PATTERN:
            keyword = next((part for part in child.children if part.kind_id in _KEYWORD), None)
            if keyword is None:
                _capture(b, child, b.add(Unpack(value, index), child))
                index += 1
                continue
            children = solid(keyword)
            part = b.add(Attribute(value, b.name(children[0])), keyword)
            _capture(b, children[-1], part)


def _type(b: Builder, node: Node) -> None:
    names = [b.name(child) for child in node.named_children]
    value = b.add(Read(names[0]), node) if names else b.nothing(node)
    for name in names[1:]:
        value = b.add(Attribute(value, name), node)
