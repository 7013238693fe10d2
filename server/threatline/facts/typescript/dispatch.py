"""Which function reads which type of node; the two grammars number their kinds differently, so nodes are told apart by type name."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder

Reader = Callable[[Builder, Node], int]
Doer = Callable[[Builder, Node], None]
Assigner = Callable[[Builder, Node, int], None]
Finisher = Callable[[Builder, Node, list[Node], int], int]

SKIPPED = frozenset(("comment", "html_comment"))
"""Types that may stand between any two children and mean nothing."""

HOISTED = frozenset(("function_declaration", "generator_function_declaration"))

readers: dict[str, Reader] = {}
finishers: dict[str, Finisher] = {}
assigners: dict[str, Assigner] = {}
statements: dict[str, Doer] = {}


def expressions(*names: str) -> Callable[[Reader], Reader]:
    """Register a reader of expressions."""

    def register(reader: Reader) -> Reader:
        readers.update(dict.fromkeys(names, reader))
        return reader

    return register


def finisher(*names: str) -> Callable[[Finisher], Finisher]:
    """Register what completes an expression that begins with another, once that one has been read."""

    def register(finish: Finisher) -> Finisher:
        finishers.update(dict.fromkeys(names, finish))
        return finish

    return register


def statement(*names: str) -> Callable[[Doer], Doer]:
    """Register a reader of statements."""

    def register(doer: Doer) -> Doer:
        statements.update(dict.fromkeys(names, doer))
        return doer

    return register


def assigner(*names: str) -> Callable[[Assigner], Assigner]:
    """Register how a type of target takes a value."""

    def register(assign: Assigner) -> Assigner:
        assigners.update(dict.fromkeys(names, assign))
        return assign

    return register


def is_expression(node: Node) -> bool:
    """Tell whether a node is of a type that gives a value."""
    return node.type in readers or node.type in finishers


def expression(b: Builder, node: Node) -> int:
    """Read any expression and return its ordinal; what is no expression gives an opaque value."""
    if b.depth >= NESTING_LIMIT:
        return b.too_deep(node)
    b.depth += 1
    kind = node.type
    value = _chain(b, node) if kind in finishers else readers.get(kind, _opaque)(b, node)
    b.depth -= 1
    return value


def _chain(b: Builder, node: Node) -> int:
    """Read an expression that begins with an expression that begins with an expression …, without recursion along the chain."""
    pending: list[tuple[Finisher, Node, list[Node]]] = []
    finish = finishers.get(node.type)
    while finish is not None:
        children = node.children
        if not is_expression(children[0]):
            children = _from_first_expression(children)
        pending.append((finish, node, children))
        node = children[0]
        finish = finishers.get(node.type)
    value = expression(b, node)
    while pending:
        finish, node, children = pending.pop()
        value = finish(b, node, children, value)
    return value


def _from_first_expression(children: list[Node]) -> list[Node]:
    for index, child in enumerate(children):
        if is_expression(child):
            return children[index:]
    return children


def assign(b: Builder, target: Node, value: int) -> None:
    """Bind a value to any target; what cannot be assigned to is ignored."""
    assigner_of = assigners.get(target.type)
    if assigner_of is None:
        return
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    assigner_of(b, target, value)
    b.depth -= 1


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


def _opaque(b: Builder, node: Node) -> int:
    return b.nothing(node)
