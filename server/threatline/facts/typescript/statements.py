"""Statements: conditions, loops, exceptions and the simple ones."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import (
    Bind,
    Branch,
    Caught,
    Collection,
    Element,
    EndLoop,
    EndTry,
    Export,
    Finally,
    Handler,
    Iterate,
    Join,
    Leave,
    Literal,
    Loop,
    Operation,
    Otherwise,
    Raise,
    Return,
    Try,
)
from threatline.facts.typescript.dispatch import SKIPPED, assign, block, expression, inner, is_expression, readers, run, solid, statement


@statement("statement_block", "program", "class_static_block")
def statement_block(b: Builder, node: Node) -> None:
    """Read a block."""
    block(b, node)


@statement("expression_statement", "labeled_statement", "else_clause", "ambient_declaration", "ERROR")
def transparent(b: Builder, node: Node) -> None:
    """Read what stands inside, statement or expression."""
    for child in node.named_children:
        run(b, child)


@statement("internal_module", "module")
def namespace(b: Builder, node: Node) -> None:
    """Read a namespace's body as a part of what is around it, and the namespace as an object of what it exports."""
    name = next((child for child in node.named_children if child.type == "identifier"), None)
    for child in node.named_children:
        if child.type == "statement_block":
            first = len(b.facts)
            block(b, child)
            exported = [fact for fact in b.facts[first:] if isinstance(fact, Export)]
            if name is not None:
                members = [Element(fact.value, b.add(Literal(fact.name), child)) for fact in exported]
                b.add(Bind(b.name(name), b.add(Collection("dict", tuple(members)), child)), name)


@statement("return_statement")
def return_statement(b: Builder, node: Node) -> None:
    """Read `return value`."""
    value = inner(node)
    b.add(Return(-1 if value is None else expression(b, value)), node)


@statement("throw_statement")
def throw(b: Builder, node: Node) -> None:
    """Read `throw value`."""
    value = inner(node)
    b.add(Raise(-1 if value is None else expression(b, value)), node)


@statement("break_statement", "continue_statement")
def leave(b: Builder, node: Node) -> None:
    """Read `break` and `continue`. What stands behind a switch is reached by `break`, so a break out of a switch ends nothing."""
    around = node.parent if node.type == "break_statement" and not node.named_children else None
    while around is not None and around.type not in _LEFT:
        around = around.parent
    if around is None or around.type != "switch_statement":
        b.add(Leave(), node)


_LEFT = frozenset(
    ("switch_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "program")
)


@statement("if_statement")
def if_statement(b: Builder, node: Node) -> None:
    """Read if and else; `else if` is followed without recursion."""
    joins = 0
    following: Node | None = node
    while following is not None:
        children = [child for child in following.named_children if child.type not in SKIPPED]
        b.add(Branch(expression(b, children[0]) if children and is_expression(children[0]) else -1), following)
        joins += 1
        following = None
        for child in children[1:]:
            if child.type != "else_clause":
                run(b, child)
                continue
            b.add(Otherwise(), child)
            nested = next((part for part in child.named_children if part.type not in SKIPPED), None)
            if nested is not None and nested.type == "if_statement":
                following = nested
            elif nested is not None:
                run(b, nested)
    for _ in range(joins):
        b.add(Join(), node)


@statement("while_statement")
def while_loop(b: Builder, node: Node) -> None:
    """Read a while loop; its test is read once, before the loop."""
    children = [child for child in node.named_children if child.type not in SKIPPED]
    test = expression(b, children[0]) if children and is_expression(children[0]) else -1
    b.add(Loop(test, _holds(b, test)), node)
    for child in children[1:]:
        run(b, child)
    b.add(EndLoop(), node)


@statement("do_statement")
def do_loop(b: Builder, node: Node) -> None:
    """Read a do loop; its test is read at its end."""
    b.add(Loop(), node)
    for child in node.named_children:
        run(b, child)
    b.add(EndLoop(), node)


@statement("for_statement")
def for_loop(b: Builder, node: Node) -> None:
    """Read `for (initializer; test; increment) body`."""
    parts = [child for child in solid(node) if child.is_named]
    body = parts.pop() if parts else node
    initializer = parts[0] if parts else None
    if initializer is not None:
        run(b, initializer)
    condition = parts[1] if len(parts) > 1 else None
    value = None if condition is None else condition if is_expression(condition) else inner(condition)
    test = -1 if value is None else expression(b, value)
    b.add(Loop(test, value is None or _holds(b, test)), node)
    if body != node:
        run(b, body)
    for increment in parts[2:]:
        run(b, increment)
    b.add(EndLoop(), node)


def _holds(b: Builder, test: int) -> bool:
    fact = b.facts[test] if test != -1 else None
    return isinstance(fact, Literal) and bool(fact.value)


@statement("for_in_statement")
def for_each(b: Builder, node: Node) -> None:
    """Read `for (const target of values)`, and `in`, whose values are keys."""
    target: Node | None = None
    source, body = -1, None
    for child in solid(node):
        if not child.is_named:
            continue
        if target is None:
            target = child
        elif source == -1:
            source = expression(b, child)
        else:
            body = child
    b.add(Loop(), node)
    if target is not None:
        assign(b, target, b.add(Iterate(source if source != -1 else b.nothing(node)), target))
    if body is not None:
        run(b, body)
    b.add(EndLoop(), node)


@statement("try_statement")
def try_statement(b: Builder, node: Node) -> None:
    """Read try, catch and finally."""
    b.add(Try(), node)
    for child in node.named_children:
        if child.type == "catch_clause":
            _catch(b, child)
        elif child.type == "finally_clause":
            b.add(Finally(), child)
            transparent(b, child)
        else:
            run(b, child)
    b.add(EndTry(), node)


def _catch(b: Builder, node: Node) -> None:
    b.add(Handler(), node)
    for child in node.named_children:
        if child.type == "statement_block":
            run(b, child)
        elif child.type not in SKIPPED and child.type != "type_annotation":
            assign(b, child, b.add(Caught(), child))


@statement("switch_statement")
def switch(b: Builder, node: Node) -> None:
    """Read a switch as a chain of tests. A case without statements is joined to the next; other falling through is not followed."""
    subject = inner(node)
    value = b.nothing(node) if subject is None else expression(b, subject)
    cases = [case for body in node.named_children if body.type == "switch_body" for case in body.named_children if case.type not in SKIPPED]
    joins = 0
    waiting: list[int] = []
    for index, case in enumerate(cases):
        children = [child for child in case.named_children if child.type not in SKIPPED]
        is_test = case.type == "switch_case" and bool(children) and is_expression(children[0])
        if joins and not waiting:
            b.add(Otherwise(), case)
        if is_test:
            waiting.append(b.add(Operation("==", (value, expression(b, children[0]))), case))
            children = children[1:]
            if not children and index < len(cases) - 1:
                continue
        if is_test or index < len(cases) - 1:
            b.add(Branch(_either(b, waiting, case) if is_test else -1), case)
            joins += 1
        waiting = []
        for child in children:
            run(b, child)
    for _ in range(joins):
        b.add(Join(), node)


def _either(b: Builder, tests: list[int], case: Node) -> int:
    return tests[0] if len(tests) == 1 else b.add(Operation("or", tuple(tests)), case)


def _lost(b: Builder, node: Node) -> int:
    transparent(b, node)
    return b.nothing(node)


readers["ERROR"] = _lost
