"""JSX: an element is a call of its component with one object: its attributes, and what stands inside it as `children`.

An HTML element is a call of its tag, a constant.
"""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder, constant
from threatline.facts.model import Argument, Call, Collection, Element, Literal
from threatline.facts.typescript.dispatch import expression, expressions, inner, is_expression


@expressions("jsx_element")
def element(b: Builder, node: Node) -> int:
    """Read an element with children; a fragment has the empty string as its tag."""
    opening = node.children[0]
    component = _component(b, opening)
    properties = _attributes(b, opening)
    children: list[int] = []
    for child in node.named_children[1:]:
        if child.type == "jsx_text" and (text := b.source(child).strip()):
            children.append(b.add(constant(" ".join(text.split())), child))
        elif child.type not in ("jsx_text", "jsx_closing_element") and is_expression(child):
            children.append(expression(b, child))
    if children:
        key = b.add(Literal("children"), opening)
        inside = children[0] if len(children) == 1 else b.add(Collection("list", tuple([Element(value) for value in children])), node)
        properties.append(Element(inside, key))
    return _made(b, node, component, properties)


@expressions("jsx_self_closing_element")
def closed_element(b: Builder, node: Node) -> int:
    """Read an element without children."""
    component = _component(b, node)
    return _made(b, node, component, _attributes(b, node))


def _made(b: Builder, node: Node, component: int, properties: list[Element]) -> int:
    given = b.add(Collection("dict", tuple(properties)), node)
    return b.add(Call(component, (Argument(given),), new=True), node)


def _component(b: Builder, node: Node) -> int:
    """Read what is called: a name, or the tag of an HTML element as a constant."""
    for child in node.named_children:
        is_tag = child.type == "identifier" and b.name(child)[:1].islower()
        if not is_tag and child.type in ("identifier", "member_expression", "nested_identifier"):
            return expression(b, child)
        if is_tag or child.type == "jsx_namespace_name":
            return b.add(Literal(b.source(child)), child)
        break
    return b.add(Literal(""), node)


def _attributes(b: Builder, node: Node) -> list[Element]:
    values: list[Element] = []
    for child in node.named_children:
        if child.type == "jsx_attribute":
            parts = child.named_children
            key = b.add(Literal(b.source(parts[0])), parts[0])
            values.append(Element(expression(b, parts[-1]) if len(parts) > 1 else b.add(Literal(value=True), child), key))
        elif child.type == "jsx_expression":
            spread = inner(child)
            if spread is not None:
                values.append(Element(expression(b, spread), spread=True))
    return values
