"""Names, constants, operators, calls and the other plain expressions."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import NOTHING, Builder, number
from threatline.facts.model import Argument, Attribute, Bind, Call, Collection, Element, Item, Literal, Operation, Yield
from threatline.facts.python.dispatch import (
    SKIPPED,
    composite,
    expression,
    finisher,
    inner,
    is_expression,
    kinds,
    leaf,
    solid,
)

_TRUE, _FALSE = Literal(value=True), Literal(value=False)
_ARGUMENTS = kinds("argument_list")
_KEYWORD = kinds("keyword_argument")
_SPREAD = kinds("list_splat", "list_splat_pattern", "parenthesized_list_splat")
_OPTIONS = kinds("dictionary_splat", "dictionary_splat_pattern")
_SLICE = kinds("slice")
_IDENTIFIER = kinds("identifier")


leaf("identifier")(Builder.read)


@leaf("integer", "float")
def numeral(b: Builder, node: Node) -> int:
    """Read a number."""
    return b.add(number(b.source(node)), node)


@leaf("true")
def true(b: Builder, node: Node) -> int:
    """Read `True`."""
    return b.add(_TRUE, node)


@leaf("false")
def false(b: Builder, node: Node) -> int:
    """Read `False`."""
    return b.add(_FALSE, node)


@leaf("none", "ellipsis")
def none(b: Builder, node: Node) -> int:
    """Read `None` and `...`."""
    return b.add(NOTHING, node)


@composite("parenthesized_expression", "await", "list_splat", "dictionary_splat", "parenthesized_list_splat", "chevron", "splat_type")
def transparent(b: Builder, node: Node) -> int:
    """Read what is around an expression without changing its value."""
    value = inner(node)
    return b.nothing(node) if value is None else expression(b, value)


@finisher("call")
def call(b: Builder, node: Node, children: list[Node], callee: int) -> int:
    """Complete a call whose callee has been read."""
    last = children[-1]
    if last.kind_id in _ARGUMENTS:
        values = arguments(b, last)
    elif len(children) > 1 and is_expression(last):
        # A sole generator expression needs no parentheses of its own.
        values = (Argument(expression(b, last)),)
    else:
        values = ()
    return b.add(Call(callee, values), node)


def arguments(b: Builder, node: Node) -> tuple[Argument, ...]:
    """Read an argument list in order."""
    values: list[Argument] = []
    for child in node.named_children:
        kind = child.kind_id
        if kind in SKIPPED:
            continue
        if kind in _KEYWORD:
            children = child.children
            name = b.name(children[0])
            values.append(Argument(expression(b, children[-1]), name))
        elif kind in _SPREAD:
            values.append(Argument(expression(b, child), "*"))
        elif kind in _OPTIONS:
            values.append(Argument(expression(b, child), "**"))
        else:
            values.append(Argument(expression(b, child)))
    return tuple(values)


@finisher("attribute", "member_type")
def attribute(b: Builder, node: Node, children: list[Node], base: int) -> int:
    """Complete `base.name`."""
    return b.add(Attribute(base, b.name(children[-1])), node)


@finisher("subscript")
def subscript(b: Builder, node: Node, children: list[Node], base: int) -> int:
    """Complete `base[key]`."""
    return b.add(Item(base, key_of(b, node, children)), node)


def key_of(b: Builder, node: Node, children: list[Node]) -> int:
    """Read the key of a subscript: -1 for a slice or a key with a slice in it, a tuple when there are several."""
    keys: list[int] = []
    comma = sliced = False
    for child in children[2:]:
        kind = child.kind_id
        if kind in _SLICE:
            sliced = True
            for bound in child.named_children:
                if is_expression(bound):
                    expression(b, bound)
        elif is_expression(child):
            keys.append(expression(b, child))
        elif child.type == ",":
            comma = True
    if sliced or not keys:
        return -1
    if not comma:
        return keys[0]
    return b.add(Collection("tuple", tuple([Element(key) for key in keys])), node)


@finisher("binary_operator", "boolean_operator")
def binary(b: Builder, node: Node, children: list[Node], left: int) -> int:
    """Complete `left operator right`."""
    if len(children) != 3:
        children = [child for child in children if child.kind_id not in SKIPPED]
    right = expression(b, children[-1]) if len(children) > 2 else b.nothing(node)
    operator = children[1].type if len(children) > 1 else ""
    return b.add(Operation(operator, (left, right)), node)


@composite("comparison_operator")
def comparison(b: Builder, node: Node) -> int:
    """Read a comparison; a chain is its pairs joined by `and`, each operand read once."""
    left, operator, value = -1, "", -1
    for child in solid(node):
        if is_expression(child):
            right = expression(b, child)
            if left != -1:
                pair = b.add(Operation(operator, (left, right)), node)
                value = pair if value == -1 else b.add(Operation("and", (value, pair)), node)
            left = right
        else:
            operator = child.type.replace(" ", "-")
    return left if value == -1 else value


@composite("not_operator", "unary_operator")
def unary(b: Builder, node: Node) -> int:
    """Read `not x`, `-x`, `+x`, `~x`; a negative number is a constant."""
    operand = inner(node)
    if operand is None:
        return b.nothing(node)
    value = expression(b, operand)
    operator = node.children[0].type
    fact = b.facts[value]
    if operator == "-" and type(fact) is Literal and type(fact.value) in (int, float) and value == len(b.facts) - 1:
        return b.add(Literal(-fact.value), node)  # type: ignore[operator]
    return b.add(Operation(operator, (value,)), node)


@composite("conditional_expression")
def conditional(b: Builder, node: Node) -> int:
    """Read `then if test else otherwise`; the test is evaluated first."""
    values = [child for child in node.children if is_expression(child)]
    if len(values) != 3:
        return [b.nothing(node), *[expression(b, value) for value in values]][-1]
    test = expression(b, values[1])
    then = expression(b, values[0])
    return b.add(Operation("if-else", (test, then, expression(b, values[2]))), node)


@composite("named_expression")
def walrus(b: Builder, node: Node) -> int:
    """Read `name := value`, which gives the value."""
    children = solid(node)
    value = expression(b, children[-1])
    if children[0].kind_id in _IDENTIFIER:
        b.add(Bind(b.name(children[0]), value), children[0])
    return value


@composite("yield")
def yields(b: Builder, node: Node) -> int:
    """Read `yield` and `yield from`; the value is what is sent in."""
    b.is_generator = True
    value = inner(node)
    each = any(child.type == "from" for child in node.children)
    return b.add(Yield(-1 if value is None else expression(b, value), each), node)
