"""JSX: an element constructs its component; attributes are named arguments, children the argument `children`."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder, constant
from threatline.facts.model import Argument, Call, Literal
from threatline.facts.typescript.dispatch import expression, expressions, inner, is_expression


@expressions("jsx_element")
def element(b: Builder, node: Node) -> int:
    """Read an element with children; a fragment has the empty string as its component."""
    opening = node.children[0]
    callee = _component(b, opening)
    values = _attributes(b, opening)
    for child in node.named_children[1:]:
        if child.type == "jsx_text" and (text := b.source(child).strip()):
            values.append(Argument(b.add(constant(" ".join(text.split())), child), "children"))
        elif child.type not in ("jsx_text", "jsx_closing_element") and is_expression(child):
            values.append(Argument(expression(b, child), "children"))
    return b.add(Call(callee, tuple(values), new=True), node)


@expressions("jsx_self_closing_element")
def closed_element(b: Builder, node: Node) -> int:
    """Read an element without children."""
    callee = _component(b, node)
    return b.add(Call(callee, tuple(_attributes(b, node)), new=True), node)


def _component(b: Builder, node: Node) -> int:
    """Read what is constructed: a name, or the tag of an HTML element as a constant."""
    for child in node.named_children:
        if child.type == "identifier" and b.name(child)[:1].islower():
            return b.add(Literal(b.name(child)), child)
        if child.type in ("identifier", "member_expression", "nested_identifier", "jsx_namespace_name"):
            return expression(b, child)
        break
    return b.add(Literal(""), node)


def _attributes(b: Builder, node: Node) -> list[Argument]:
    values: list[Argument] = []
    for child in node.named_children:
        if child.type == "jsx_attribute":
            parts = child.named_children
            value = expression(b, parts[-1]) if len(parts) > 1 else b.add(Literal(value=True), child)
            values.append(Argument(value, b.source(parts[0])))
        elif child.type == "jsx_expression":
            spread = inner(child)
            if spread is not None:
                values.append(Argument(expression(b, spread), "**"))
    return values
