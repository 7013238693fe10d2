"""Lists, tuples, sets, dicts, and comprehensions."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Branch, Collection, Element, EndLoop, EndScope, Iterate, Join, Loop, Scope
from threatline.facts.python.dispatch import SKIPPED, assign, composite, expression, inner, is_expression, kinds, solid

_SHAPES = dict.fromkeys(kinds("list", "list_comprehension", "list_pattern"), "list")
_SHAPES |= dict.fromkeys(kinds("set", "set_comprehension"), "set")
_SHAPES |= dict.fromkeys(kinds("tuple", "expression_list", "pattern_list", "tuple_pattern"), "tuple")
_SHAPES |= dict.fromkeys(kinds("dictionary", "dictionary_comprehension"), "dict")
_SHAPES |= dict.fromkeys(kinds("generator_expression"), "generator")
_SPREAD = kinds("list_splat", "dictionary_splat", "parenthesized_list_splat", "list_splat_pattern")
_PAIR = kinds("pair")
_FOR = kinds("for_in_clause")
_IF = kinds("if_clause")


@composite("list", "tuple", "set", "dictionary", "expression_list", "pattern_list", "tuple_pattern", "list_pattern")
def display(b: Builder, node: Node) -> int:
    """Read a collection written out."""
    elements: list[Element] = []
    for child in node.named_children:
        kind = child.kind_id
        if kind in SKIPPED:
            continue
        if kind in _PAIR:
            elements.append(_pair(b, child))
        elif kind in _SPREAD:
            elements.append(Element(expression(b, child), spread=True))
        else:
            elements.append(Element(expression(b, child)))
    return b.add(Collection(_SHAPES[node.kind_id], tuple(elements)), node)


def _pair(b: Builder, node: Node) -> Element:
    values = [child for child in node.children if is_expression(child)]
    key = expression(b, values[0]) if values else -1
    return Element(expression(b, values[-1]) if len(values) > 1 else b.nothing(node), key)


@composite("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
def comprehension(b: Builder, node: Node) -> int:
    """Read a comprehension: its loops and conditions in a scope of their own, then the collection they fill.

    The first iterable is evaluated before the scope begins, as Python does.
    """
    children = solid(node)
    clauses = [child for child in children if child.kind_id in _FOR or child.kind_id in _IF]
    opened: list[EndLoop | Join] = []
    scoped = False
    for clause in clauses:
        if clause.kind_id in _IF:
            test = inner(clause)
            b.add(Branch(b.nothing(clause) if test is None else expression(b, test)), clause)
            opened.append(Join())
            continue
        target, iterable = _loop(clause)
        source = b.nothing(clause) if iterable is None else expression(b, iterable)
        if not scoped:
            b.add(Scope(), node)
            scoped = True
        b.add(Loop(), clause)
        value = b.add(Iterate(source), clause)
        if target is not None:
            assign(b, target, value)
        opened.append(EndLoop())
    body = next((child for child in children if is_expression(child) or child.kind_id in _PAIR), None)
    elements = () if body is None else (_pair(b, body) if body.kind_id in _PAIR else Element(expression(b, body)),)
    for end in reversed(opened):
        b.add(end, node)
    if scoped:
        b.add(EndScope(), node)
    return b.add(Collection(_SHAPES[node.kind_id], elements, generated=True), node)


def _loop(clause: Node) -> tuple[Node | None, Node | None]:
    """Return the target and the iterable of `for target in iterable`."""
    target = iterable = None
    after = False
    for child in clause.children:
        if child.type == "in":
            after = True
        elif not child.is_named or child.kind_id in SKIPPED:
            continue
        elif after:
            iterable = child
        elif target is None:
            target = child
    return target, iterable
