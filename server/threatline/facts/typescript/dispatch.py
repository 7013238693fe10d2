"""Which function reads which type of node; the two grammars number their kinds differently, so nodes are told apart by type name."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder
from threatline.facts.registering import Assigner, Doer, Finisher, Reader, assign_with, opaque, read_chain, registering

SKIPPED = frozenset(("comment", "html_comment"))
"""Types that may stand between any two children and mean nothing."""

HOISTED = frozenset(("function_declaration", "generator_function_declaration"))

readers: dict[str, Reader] = {}
finishers: dict[str, Finisher] = {}
assigners: dict[str, Assigner] = {}
statements: dict[str, Doer] = {}


def expressions(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader of expressions."""
    return registering(readers, names)


def finisher(*names: str) -> Callable[[Finisher], Finisher]:
    """Register what completes an expression that begins with another, once that one has been read."""
    return registering(finishers, names)


def statement(*names: str) -> Callable[[Doer], Doer]:
    """Register a reader of statements."""
    return registering(statements, names)


def assigner(*names: str) -> Callable[[Assigner], Assigner]:
    """Register how a type of target takes a value."""
    return registering(assigners, names)


def is_expression(node: Node) -> bool:
    """Tell whether a node is of a type that gives a value."""
    return node.type in readers or node.type in finishers


def expression(b: Builder, node: Node) -> int:
    """Read any expression and return its ordinal; what is no expression gives an opaque value."""
    if b.depth >= NESTING_LIMIT:
        return b.too_deep(node)
    b.depth += 1
    kind = node.type
    value = read_chain(b, node, _finisher_of, is_expression, expression) if kind in finishers else readers.get(kind, opaque)(b, node)
    b.depth -= 1
    return value


def _finisher_of(node: Node) -> Finisher | None:
    return finishers.get(node.type)


def assign(b: Builder, target: Node, value: int) -> None:
    """Bind a value to any target; what cannot be assigned to is ignored."""
    assign_with(assigners.get(target.type), b, target, value)


def run(b: Builder, node: Node) -> None:
    """Read one statement; an expression in a statement's place, as error recovery leaves it, is evaluated."""
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    doer = statements.get(node.type)
    if doer is not None:
        doer(b, node)
    elif is_expression(node):
        expression(b, node)
    b.depth -= 1


def block(b: Builder, node: Node) -> None:
    """Read the statements of a block or a module; functions declared in it exist from its beginning."""
    children = node.children
    for child in children:
        if child.type in HOISTED:
            run(b, child)
    for child in children:
        if child.type not in HOISTED:
            run(b, child)


def solid(node: Node) -> list[Node]:
    """Return a node's children without comments."""
    return [child for child in node.children if child.type not in SKIPPED]


def inner(node: Node) -> Node | None:
    """Return the first child that is an expression."""
    for child in node.children:
        if is_expression(child):
            return child
    return None
