"""Which function reads which kind of node, and the few functions that everything recursive goes through.

The other modules register their readers here, so none of them needs to import another to recurse.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder
from threatline.facts.registering import Assigner, Doer, Finisher, Reader, assign_with, opaque, read_chain, registering
from threatline.syntax import GRAMMARS

_GRAMMAR = GRAMMARS["python"]
ERROR = 65535


def kinds(*names: str) -> frozenset[int]:
    """Return the ids of the named node kinds that are called so; aliases give a name several ids."""
    found = [i for i in range(_GRAMMAR.node_kind_count) if _GRAMMAR.node_kind_for_id(i) in names and _GRAMMAR.node_kind_is_named(i)]
    return frozenset(found)


SKIPPED = kinds("comment", "line_continuation")
"""Kinds that may stand between any two children and mean nothing."""

BLOCK = kinds("block")

leaves: dict[int, Reader] = {}
composites: dict[int, Reader] = {}
finishers: dict[int, Finisher] = {}
assigners: dict[int, Assigner] = {}


class _Statements(dict[int, Doer]):
    """Readers of statements; an expression in a statement's place, as error recovery leaves it, is evaluated."""

    def __missing__(self, kind: int) -> Doer:
        self[kind] = doer = _evaluate if kind in leaves or kind in composites or kind in finishers else _ignore
        return doer


statements: dict[int, Doer] = _Statements()


def leaf(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader of expressions that have no expressions inside."""
    return registering(leaves, kinds(*names))


def composite(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader of expressions that may hold others."""
    return registering(composites, kinds(*names))


def finisher(*names: str) -> Callable[[Finisher], Finisher]:
    """Register what completes an expression that begins with another, once that one has been read."""
    return registering(finishers, kinds(*names))


def statement(*names: str) -> Callable[[Doer], Doer]:
    """Register a reader of statements."""
    return registering(statements, kinds(*names))


def assigner(*names: str) -> Callable[[Assigner], Assigner]:
    """Register how a kind of target takes a value."""
    return registering(assigners, kinds(*names))


def expression(b: Builder, node: Node) -> int:
    """Read any expression and return its ordinal; what is no expression gives an opaque value."""
    kind = node.kind_id
    reader = leaves.get(kind)
    if reader is not None:
        return reader(b, node)
    if b.depth >= NESTING_LIMIT:
        return b.too_deep(node)
    b.depth += 1
    value = read_chain(b, node, _finisher_of, is_expression, expression) if kind in finishers else composites.get(kind, opaque)(b, node)
    b.depth -= 1
    return value


def _finisher_of(node: Node) -> Finisher | None:
    return finishers.get(node.kind_id)


def is_expression(node: Node) -> bool:
    """Tell whether a node is of a kind that gives a value."""
    kind = node.kind_id
    return kind in leaves or kind in composites or kind in finishers


def assign(b: Builder, target: Node, value: int) -> None:
    """Bind a value to any target; what cannot be assigned to is ignored."""
    assign_with(assigners.get(target.kind_id), b, target, value)


def block(b: Builder, node: Node) -> None:
    """Read the statements of a block, a module or whatever error recovery made of them."""
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    for child in node.children:
        statements[child.kind_id](b, child)
    b.depth -= 1


def suite(b: Builder, node: Node) -> None:
    """Read the block of a clause, wherever it stands among the clause's children."""
    for child in node.children:
        if child.kind_id in BLOCK:
            block(b, child)


def solid(node: Node) -> list[Node]:
    """Return a node's children without comments and line continuations."""
    return [child for child in node.children if child.kind_id not in SKIPPED]


def inner(node: Node) -> Node | None:
    """Return the first child that is an expression."""
    for child in node.children:
        if is_expression(child):
            return child
    return None


def _evaluate(b: Builder, node: Node) -> None:
    expression(b, node)


def _ignore(b: Builder, node: Node) -> None:
    """Nothing to say: punctuation, comments, `pass`, `del`."""
