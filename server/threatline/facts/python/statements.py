"""Simple statements, and what error recovery leaves of others."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import NESTING_LIMIT, Builder
from threatline.facts.model import Argument, Assert, Bind, Call, Declare, Leave, Raise, Read, Return
from threatline.facts.python.dispatch import (
    ERROR,
    block,
    composites,
    expression,
    is_expression,
    kinds,
    statement,
    statements,
)

_IDENTIFIER = kinds("identifier")
_CHEVRON = kinds("chevron")


@statement("expression_statement")
def expression_statement(b: Builder, node: Node) -> None:
    """Read an expression or an assignment that stands as a statement."""
    for child in node.children:
        statements[child.kind_id](b, child)


@statement("return_statement")
def return_statement(b: Builder, node: Node) -> None:
    """Read `return value`."""
    b.add(Return(_first(b, node)), node)


@statement("raise_statement")
def raise_statement(b: Builder, node: Node) -> None:
    """Read `raise value from cause`."""
    values = [expression(b, child) for child in node.children if is_expression(child)]
    b.add(Raise(values[0] if values else -1), node)


@statement("assert_statement")
def assert_statement(b: Builder, node: Node) -> None:
    """Read `assert test, message`."""
    values = [child for child in node.children if is_expression(child)]
    if values:
        b.add(Assert(expression(b, values[0])), node)
    for message in values[1:]:
        expression(b, message)


@statement("break_statement", "continue_statement")
def leave(b: Builder, node: Node) -> None:
    """Read `break` and `continue`."""
    b.add(Leave(), node)


@statement("global_statement", "nonlocal_statement")
def declare(b: Builder, node: Node) -> None:
    """Read `global` and `nonlocal`."""
    names = tuple([b.name(child) for child in node.named_children if child.kind_id in _IDENTIFIER])
    b.add(Declare(names, node.type.removesuffix("_statement")), node)


@statement("print_statement", "exec_statement")
def old_statement(b: Builder, node: Node) -> None:
    """Read Python 2's print and exec as the calls they became."""
    callee = b.add(Read(node.type.removesuffix("_statement")), node)
    values = [child for child in node.children if is_expression(child)]
    arguments = [Argument(expression(b, child), "file" if child.kind_id in _CHEVRON else "") for child in values]
    b.add(Call(callee, tuple(arguments)), node)


@statement("block", "module")
def stray_block(b: Builder, node: Node) -> None:
    """Read a block that error recovery left outside of its statement."""
    block(b, node)


def _first(b: Builder, node: Node) -> int:
    for child in node.children:
        if is_expression(child):
            return expression(b, child)
    return -1


def recover(b: Builder, node: Node) -> None:
    """Read what an ERROR node holds: whole statements and expressions, and the beginnings of calls and assignments."""
    if b.depth >= NESTING_LIMIT:
        b.truncated = "nesting"
        return
    b.depth += 1
    _salvage(b, node.children)
    b.depth -= 1


def _salvage(b: Builder, children: list[Node]) -> None:
    """Read loose pieces: `name = value`, and `value(argument, argument`, which is a call without its end."""
    target: Node | None = None
    value = -1
    pending: tuple[Node, int, list[Argument]] | None = None
    for index, child in enumerate(children):
        if is_expression(child):
            following = children[index + 1].type if index + 1 < len(children) else ""
            if following == "=" and child.kind_id in _IDENTIFIER and target is None and pending is None:
                target = child
                continue
            value = expression(b, child)
            if following == "(" and pending is None:
                pending = (child, value, [])
            elif pending is not None:
                pending[2].append(Argument(value))
        elif child.is_named:
            statements[child.kind_id](b, child)
    if pending is not None:
        value = b.add(Call(pending[1], tuple(pending[2])), pending[0])
    if target is not None and value != -1:
        b.add(Bind(b.name(target), value), target)


def _lost(b: Builder, node: Node) -> int:
    recover(b, node)
    return b.nothing(node)


statements[ERROR] = recover
composites[ERROR] = _lost
