"""Type annotations, read like the expressions that Python writes them as."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Attribute, Collection, Element, Item, Operation, Read
from threatline.facts.typescript.dispatch import SKIPPED, assign, expression, expressions, finisher, is_expression, statement


@expressions("type_annotation", "parenthesized_type", "literal_type", "readonly_type", "constraint")
def wrapped_type(b: Builder, node: Node) -> int:
    """Read the type inside of punctuation."""
    for child in node.named_children:
        if is_expression(child):
            return expression(b, child)
    return b.nothing(node)


@expressions("type_identifier", "predefined_type")
def type_name(b: Builder, node: Node) -> int:
    """Read a type's name."""
    return b.read(node)


@finisher("nested_type_identifier", "nested_identifier")
def nested(b: Builder, node: Node, children: list[Node], base: int) -> int:
    """Complete `base.Name`."""
    return b.add(Attribute(base, b.name(children[-1])), node)


@expressions("generic_type")
def generic(b: Builder, node: Node) -> int:
    """Read `Base<Argument, …>` as an Item."""
    children = [child for child in node.named_children if child.type not in SKIPPED]
    base = expression(b, children[0])
    keys = [expression(b, child) for child in children[-1].named_children if child.type not in SKIPPED] if len(children) > 1 else []
    if not keys:
        return base
    key = keys[0] if len(keys) == 1 else b.add(Collection("tuple", tuple([Element(k) for k in keys])), node)
    return b.add(Item(base, key), node)


@expressions("array_type")
def array_type(b: Builder, node: Node) -> int:
    """Read `Type[]` as `Array<Type>`."""
    base = b.add(Read("Array"), node)
    return b.add(Item(base, expression(b, node.children[0])), node)


@finisher("union_type", "intersection_type")
def union(b: Builder, node: Node, children: list[Node], left: int) -> int:
    """Complete `A | B` and `A & B`."""
    others = [child for child in children[1:] if is_expression(child)]
    for other in others:
        left = b.add(Operation("|" if node.type == "union_type" else "&", (left, expression(b, other))), node)
    return left


@statement("type_alias_declaration")
def alias(b: Builder, node: Node) -> None:
    """Read `type Name = Type` as a binding."""
    children = node.named_children
    values = [child for child in children if is_expression(child)]
    if len(values) > 1 and b.name(values[0]):
        assign(b, values[0], expression(b, values[-1]))
