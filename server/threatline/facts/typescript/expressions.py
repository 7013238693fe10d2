"""Names, constants, operators, calls, objects and arrays."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import NOTHING, Builder, constant, number
from threatline.facts.model import Argument, Attribute, Bind, Call, Collection, Element, Import, Item, Literal, Operation, Read, Yield
from threatline.facts.typescript.dispatch import (
    SKIPPED,
    assign,
    expression,
    expressions,
    finisher,
    inner,
    is_expression,
    solid,
)
from threatline.facts.typescript.strings import tagged, text_of

_OPERATORS = {"&&": "and", "||": "or", "??": "or", "===": "==", "!==": "!=", "!": "not"}
_TRUE, _FALSE = Literal(value=True), Literal(value=False)


@expressions("identifier", "this", "super", "shorthand_property_identifier", "undefined", "import", "property_identifier")
def identifier(b: Builder, node: Node) -> int:
    """Read a name; `this` and `super` are names too."""
    return b.add(NOTHING, node) if node.type == "undefined" else b.read(node)


@expressions("number")
def numeral(b: Builder, node: Node) -> int:
    """Read a number."""
    return b.add(number(b.source(node)), node)


@expressions("true", "false", "null")
def constants(b: Builder, node: Node) -> int:
    """Read a constant's name."""
    return b.add({"true": _TRUE, "false": _FALSE}.get(node.type, NOTHING), node)


@expressions("parenthesized_expression", "await_expression", "spread_element", "jsx_expression", "computed_property_name", "type_assertion")
def transparent(b: Builder, node: Node) -> int:
    """Read what is around an expression without changing its value."""
    value = inner(node)
    return b.nothing(node) if value is None else expression(b, value)


@finisher("as_expression", "satisfies_expression", "non_null_expression", "instantiation_expression")
def retyped(b: Builder, node: Node, children: list[Node], value: int) -> int:  # noqa: ARG001
    """Complete an expression that only the type checker sees differently."""
    return value


@finisher("member_expression")
def member(b: Builder, node: Node, children: list[Node], base: int) -> int:
    """Complete `base.name` and `base?.name`."""
    return b.add(Attribute(base, b.name(children[-1])), node)


@finisher("subscript_expression")
def subscript(b: Builder, node: Node, children: list[Node], base: int) -> int:
    """Complete `base[key]`."""
    return b.add(Item(base, key_of(b, children)), node)


def key_of(b: Builder, children: list[Node]) -> int:
    """Read the key of a subscript, -1 when it is missing."""
    for child in children[1:]:
        if is_expression(child):
            return expression(b, child)
    return -1


@finisher("call_expression")
def call(b: Builder, node: Node, children: list[Node], callee: int) -> int:
    """Complete a call or a tagged template; `require("x")` and `import("x")` are imports."""
    last = children[-1]
    if last.type == "template_string":
        return tagged(b, node, last, callee)
    module = _required(b, children, callee)
    if module is not None:
        return b.add(Import(module), node)
    return b.add(Call(callee, arguments(b, last)), node)


def _required(b: Builder, children: list[Node], callee: int) -> str | None:
    fact = b.facts[callee]
    if type(fact) is not Read or fact.name not in ("require", "import"):
        return None
    values = [child for child in children[-1].named_children if child.type not in SKIPPED]
    return text_of(b, values[0]) if len(values) == 1 and values[0].type == "string" else None


@expressions("new_expression")
def construct(b: Builder, node: Node) -> int:
    """Read `new Type(argument, …)`."""
    children = node.children
    kind = inner(node)
    callee = b.nothing(node) if kind is None else expression(b, kind)
    values = arguments(b, children[-1]) if children[-1].type == "arguments" else ()
    return b.add(Call(callee, values, new=True), node)


def arguments(b: Builder, node: Node) -> tuple[Argument, ...]:
    """Read an argument list in order."""
    if node.type != "arguments":
        return ()
    values = [child for child in node.named_children if child.type not in SKIPPED]
    return tuple([Argument(expression(b, child), "*" if child.type == "spread_element" else "") for child in values])


@finisher("binary_expression")
def binary(b: Builder, node: Node, children: list[Node], left: int) -> int:
    """Complete `left operator right`; operators have the names that Python gives them."""
    parts = [child for child in children if child.type not in SKIPPED]
    operator = parts[1].type if len(parts) > 2 else ""
    right = expression(b, parts[-1]) if len(parts) > 2 else b.nothing(node)
    return b.add(Operation(_OPERATORS.get(operator, operator), (left, right)), node)


@expressions("unary_expression")
def unary(b: Builder, node: Node) -> int:
    """Read `!x`, `-x`, `typeof x` and the like; a negative number is a constant."""
    operand = inner(node)
    if operand is None:
        return b.nothing(node)
    value = expression(b, operand)
    operator = node.children[0].type
    fact = b.facts[value]
    if operator == "-" and isinstance(fact, Literal) and isinstance(fact.value, int | float) and operand.type == "number":
        return b.add(Literal(-fact.value), node)
    return b.add(Operation(_OPERATORS.get(operator, operator), (value,)), node)


@expressions("ternary_expression")
def conditional(b: Builder, node: Node) -> int:
    """Read `test ? then : otherwise`."""
    values = [expression(b, child) for child in node.children if is_expression(child)]
    return b.add(Operation("if-else", (values[0], values[1], values[2])), node) if len(values) == 3 else b.nothing(node)


@expressions("sequence_expression")
def sequence(b: Builder, node: Node) -> int:
    """Read `a, b`, which gives its last value."""
    values = [expression(b, child) for child in node.named_children if is_expression(child)]
    return values[-1] if values else b.nothing(node)


@expressions("yield_expression")
def yields(b: Builder, node: Node) -> int:
    """Read `yield` and `yield*`; the value is what is sent in."""
    b.is_generator = True
    value = inner(node)
    each = any(child.type == "*" for child in node.children)
    return b.add(Yield(-1 if value is None else expression(b, value), each), node)


@expressions("array")
def array(b: Builder, node: Node) -> int:
    """Read an array literal."""
    values = [child for child in node.named_children if child.type not in SKIPPED]
    elements = [Element(expression(b, child), spread=child.type == "spread_element") for child in values]
    return b.add(Collection("list", tuple(elements)), node)


def key_text(b: Builder, node: Node) -> str | None:
    """Return the text of a property's key, None for a computed one."""
    if node.type == "string":
        return text_of(b, node)
    if node.type == "computed_property_name":
        value = inner(node)
        return text_of(b, value) if value is not None and value.type == "string" else None
    return b.source(node)


def key_value(b: Builder, node: Node) -> int:
    """Read a property's key as a value."""
    text = key_text(b, node)
    return expression(b, node) if text is None else b.add(constant(text), node)


@expressions("augmented_assignment_expression", "update_expression")
def augmented(b: Builder, node: Node) -> int:
    """Read `target operator= value`, `target++` and `target--`."""
    children = solid(node)
    target = inner(node)
    if target is None:
        return b.nothing(node)
    old = expression(b, target)
    sign = next((child.type for child in children if not child.is_named), "")
    if node.type == "update_expression":
        right = b.add(Literal(1), node)
        operator = sign[:1]
    else:
        right = expression(b, children[-1])
        operator = sign.removesuffix("=")
    new = b.add(Operation(_OPERATORS.get(operator, operator), (old, right)), node)
    if target.type == "identifier":
        name = b.name(target)
        b.assigned[name] = b.assigned.get(name, 0) + 1
        b.add(Bind(name, new, augmented=True), target)
    else:
        assign(b, target, new)
    return new
