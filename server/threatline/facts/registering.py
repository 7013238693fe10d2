"""What extractors register their readers with, and how a reader is run without going too deep."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder

Reader = Callable[[Builder, Node], int]
"""Reads an expression and returns its ordinal."""

Doer = Callable[[Builder, Node], None]
"""Reads a statement."""

Assigner = Callable[[Builder, Node, int], None]
"""Binds a value, by its ordinal, to a target."""

Finisher = Callable[[Builder, Node, list[Node], int], int]
"""Completes an expression that begins with another: given its children and the other's ordinal, returns its own."""

Key = TypeVar("Key")
Given = TypeVar("Given", bound=Callable[..., Any])


def registering(table: dict[Key, Given], keys: Collection[Key]) -> Callable[[Given], Given]:
    """Make a decorator that enters a function into a table under each of some kinds of nodes."""

    def register(given: Given) -> Given:
        table.update(dict.fromkeys(keys, given))
        return given

    return register


def read_chain(
    b: Builder,
    node: Node,
    finisher_of: Callable[[Node], Finisher | None],
    is_expression: Callable[[Node], bool],
    expression: Reader,
) -> int:
    """Read an expression that begins with an expression that begins with an expression …, without recursion along the chain."""
    pending: list[tuple[Finisher, Node, list[Node]]] = []
    finish = finisher_of(node)
    while finish is not None:
        children = node.children
        if not is_expression(children[0]):
            # Error recovery may leave something before the expression.
            first = next((index for index, child in enumerate(children) if is_expression(child)), 0)
            children = children[first:]
        pending.append((finish, node, children))
        node = children[0]
        finish = finisher_of(node)
    value = expression(b, node)
    while pending:
        finish, node, children = pending.pop()
        value = finish(b, node, children, value)
    return value


def assign_with(assigner: Assigner | None, b: Builder, target: Node, value: int) -> None:
    """Bind a value to any target; what cannot be assigned to is ignored."""
    if assigner is None:
        return
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    assigner(b, target, value)
    b.depth -= 1


def opaque(b: Builder, node: Node) -> int:
    """Give the value of what no reader knows."""
    return b.nothing(node)
