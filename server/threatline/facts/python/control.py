"""Conditions, loops, exceptions and context managers."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import (
    Branch,
    Caught,
    EndLoop,
    EndTry,
    Enter,
    Finally,
    Handler,
    Iterate,
    Join,
    Literal,
    Loop,
    Otherwise,
    Try,
)
from threatline.facts.python.dispatch import BLOCK, SKIPPED, assign, block, expression, is_expression, kinds, solid, statement, suite

_ELIF = kinds("elif_clause")
_ELSE = kinds("else_clause")
_EXCEPT = kinds("except_clause", "except_group_clause")
_FINALLY = kinds("finally_clause")
_CLAUSE = kinds("with_clause")
_ITEM = kinds("with_item")
_AS = kinds("as_pattern")
_TUPLE = kinds("tuple")
_PARENTHESIZED = kinds("parenthesized_expression")


@statement("if_statement")
def if_statement(b: Builder, node: Node) -> None:
    """Read if, elif and else; an elif is an if in the arm otherwise taken."""
    joins = _arm(b, node)
    for child in node.children:
        kind = child.kind_id
        if kind in _ELIF:
            b.add(Otherwise(), child)
            joins += _arm(b, child)
        elif kind in _ELSE:
            b.add(Otherwise(), child)
            suite(b, child)
    for _ in range(joins):
        b.add(Join(), node)


def _arm(b: Builder, node: Node) -> int:
    """Read a test and the block behind it; return how many branches were opened."""
    tested = False
    for child in node.children:
        kind = child.kind_id
        if kind in BLOCK:
            if not tested:
                b.add(Branch(-1), node)
                tested = True
            block(b, child)
        elif not tested and is_expression(child):
            b.add(Branch(expression(b, child)), node)
            tested = True
    if not tested:
        b.add(Branch(-1), node)
    return 1


@statement("while_statement")
def while_loop(b: Builder, node: Node) -> None:
    """Read a while loop; its test is read once, before the loop."""
    test, forever = -1, False
    for child in node.children:
        if child.kind_id in BLOCK:
            b.add(Loop(test, forever), node)
            block(b, child)
            b.add(EndLoop(), node)
        elif child.kind_id in _ELSE:
            _else(b, child)
        elif is_expression(child):
            test = expression(b, child)
            fact = b.facts[test]
            forever = isinstance(fact, Literal) and bool(fact.value)


@statement("for_statement")
def for_loop(b: Builder, node: Node) -> None:
    """Read a for loop, asynchronous or not."""
    parts = [child for child in node.children if child.is_named and child.kind_id not in SKIPPED and child.kind_id not in _ELSE]
    values = [child for child in parts if child.kind_id not in BLOCK]
    source = expression(b, values[-1]) if len(values) > 1 else b.nothing(node)
    b.add(Loop(), node)
    if values:
        assign(b, values[0], b.add(Iterate(source), values[0]))
    suite(b, node)
    b.add(EndLoop(), node)
    for child in node.children:
        if child.kind_id in _ELSE:
            _else(b, child)


def _else(b: Builder, node: Node) -> None:
    """Read a loop's else block, taken when no break left the loop."""
    b.add(Branch(-1), node)
    suite(b, node)
    b.add(Join(), node)


@statement("with_statement")
def with_statement(b: Builder, node: Node) -> None:
    """Read a with statement: each manager is entered and bound in order, then the block follows."""
    for child in node.children:
        kind = child.kind_id
        if kind in _CLAUSE:
            for item in child.named_children:
                if item.kind_id in _ITEM:
                    _enter(b, item)
        elif kind in BLOCK:
            block(b, child)


def _enter(b: Builder, item: Node) -> None:
    """Read a manager and its target; managers in parentheses look like a tuple when a comma ends them."""
    children = solid(item)
    if not children:
        return
    first = children[0]
    parts = [child for child in first.named_children if is_expression(child)]
    if first.kind_id in _TUPLE or (first.kind_id in _PARENTHESIZED and parts and parts[0].kind_id in _AS):
        for part in parts:
            _enter_one(b, part)
    else:
        _enter_one(b, first)


def _enter_one(b: Builder, node: Node) -> None:
    children = solid(node) if node.kind_id in _AS else [node]
    entered = b.add(Enter(expression(b, children[0])), node)
    if len(children) > 1:
        assign(b, children[-1], entered)


@statement("try_statement")
def try_statement(b: Builder, node: Node) -> None:
    """Read try, its handlers, and its else and finally blocks, both of which begin with Finally."""
    b.add(Try(), node)
    for child in node.children:
        kind = child.kind_id
        if kind in BLOCK:
            block(b, child)
        elif kind in _EXCEPT:
            _handler(b, child)
        elif kind in _ELSE or kind in _FINALLY:
            b.add(Finally(), child)
            suite(b, child)
    b.add(EndTry(), node)


def _handler(b: Builder, node: Node) -> None:
    types: list[int] = []
    target: Node | None = None
    for child in node.children:
        if child.kind_id in _AS:
            children = solid(child)
            types.extend(_types(b, children[0]))
            target = children[-1] if len(children) > 1 else None
        elif child.kind_id not in BLOCK and is_expression(child):
            types.extend(_types(b, child))
    b.add(Handler(tuple(types)), node)
    if target is not None:
        assign(b, target, b.add(Caught(), target))
    suite(b, node)


def _types(b: Builder, node: Node) -> list[int]:
    """Read the caught types, those of a tuple one by one."""
    while node.kind_id in _PARENTHESIZED:
        node = next((child for child in node.children if is_expression(child)), node.children[0])
    if node.kind_id in _TUPLE:
        return [expression(b, child) for child in node.named_children if is_expression(child)]
    return [expression(b, node)]
