"""Assignments, and what can stand on their left side."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Annotated, Attribute, Bind, BindAttribute, BindItem, Item, Operation, Unpack
from threatline.facts.python.dispatch import (
    SKIPPED,
    assign,
    assigner,
    composite,
    expression,
    inner,
    is_expression,
    kinds,
    solid,
    statement,
)
from threatline.facts.python.expressions import key_of

_ASSIGNMENT = kinds("assignment", "augmented_assignment")
_IDENTIFIER = kinds("identifier")
_ATTRIBUTE = kinds("attribute")
_SUBSCRIPT = kinds("subscript")
_STARRED = kinds("list_splat_pattern", "list_splat", "parenthesized_list_splat")
_TYPE = kinds("type")


@assigner("identifier")
def to_name(b: Builder, target: Node, value: int) -> None:
    """Bind a name; the missing name of a half-typed line binds nothing."""
    name = b.name(target)
    if name:
        b.add(Bind(name, value), target)


@assigner("attribute")
def to_attribute(b: Builder, target: Node, value: int) -> None:
    """Bind `base.name`."""
    children = target.children
    b.add(BindAttribute(expression(b, children[0]), b.name(children[-1]), value), target)


@assigner("subscript")
def to_item(b: Builder, target: Node, value: int) -> None:
    """Bind `base[key]`."""
    children = target.children
    base = expression(b, children[0])
    b.add(BindItem(base, key_of(b, target, children), value), target)


@assigner("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list")
def unpack(b: Builder, target: Node, value: int) -> None:
    """Bind the members of a value; one behind a starred name has index -1 too, since its place is not known."""
    index = 0
    for child in target.named_children:
        kind = child.kind_id
        if kind in SKIPPED:
            continue
        if kind in _STARRED:
            index = -1
        assign(b, child, b.add(Unpack(value, index), child))
        if index >= 0:
            index += 1


@assigner("list_splat_pattern", "list_splat", "parenthesized_list_splat", "parenthesized_expression", "as_pattern_target")
def wrapped(b: Builder, target: Node, value: int) -> None:
    """Bind the target inside a star or parentheses."""
    for child in target.named_children:
        if child.kind_id not in SKIPPED:
            assign(b, child, value)


@composite("as_pattern")
def as_pattern(b: Builder, node: Node) -> int:
    """Read `value as target` where error recovery leaves it outside of its statement."""
    children = solid(node)
    value = expression(b, children[0])
    if len(children) > 1:
        assign(b, children[-1], value)
    return value


@statement("assignment")
def assignment(b: Builder, node: Node) -> None:
    """Read `a = b = value`, `name: T = value` and `name: T`."""
    targets: list[tuple[Node, Node | None]] = []
    right: Node | None = node
    while right is not None and right.kind_id in _ASSIGNMENT:
        children = solid(right)
        if right.type == "augmented_assignment":
            break
        annotation = next((child for child in children if child.kind_id in _TYPE), None)
        targets.append((children[0], annotation))
        right = children[-1] if any(child.type == "=" for child in children) else None
    value = _value(b, right)
    for target, annotation in targets:
        if annotation is not None:
            annotate(b, target, expression(b, annotation))
        if value is not None:
            assign(b, target, value)


def _value(b: Builder, right: Node | None) -> int | None:
    if right is None:
        return None
    if right.kind_id in _ASSIGNMENT:
        augmented(b, right)
        return None
    return expression(b, right)


def annotate(b: Builder, target: Node, annotation: int) -> None:
    """Declare the type of a name or an attribute."""
    if target.kind_id in _IDENTIFIER:
        b.add(Annotated(b.name(target), annotation), target)
    elif target.kind_id in _ATTRIBUTE:
        children = target.children
        b.add(Annotated(b.name(children[-1]), annotation, expression(b, children[0])), target)


@statement("augmented_assignment")
def augmented(b: Builder, node: Node) -> None:
    """Read `target operator= value`: the old value is read, then the new one is bound."""
    children = solid(node)
    target = inner(node)
    operator = next((child.type for child in children if not child.is_named and child.type.endswith("=")), "+=").removesuffix("=")
    if target is None or children[-1] == target or not is_expression(children[-1]):
        return
    right = children[-1]
    if target.kind_id in _ATTRIBUTE:
        parts = target.children
        base, name = expression(b, parts[0]), b.name(parts[-1])
        old = b.add(Attribute(base, name), target)
        b.add(BindAttribute(base, name, _combine(b, node, operator, old, right)), target)
    elif target.kind_id in _SUBSCRIPT:
        parts = target.children
        base = expression(b, parts[0])
        key = key_of(b, target, parts)
        old = b.add(Item(base, key), target)
        b.add(BindItem(base, key, _combine(b, node, operator, old, right)), target)
    else:
        new = _combine(b, node, operator, expression(b, target), right)
        if target.kind_id in _IDENTIFIER:
            b.add(Bind(b.name(target), new, augmented=True), target)


def _combine(b: Builder, node: Node, operator: str, old: int, right: Node) -> int:
    return b.add(Operation(operator, (old, expression(b, right))), node)
