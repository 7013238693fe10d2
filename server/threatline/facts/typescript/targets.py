"""Assignments, declarations, and what can stand on their left side."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Annotated, Attribute, Bind, BindAttribute, BindItem, Collection, Export, Literal, Operation, Read, Unpack
from threatline.facts.typescript.dispatch import SKIPPED, assign, assigner, expression, expressions, is_expression, solid, statement
from threatline.facts.typescript.expressions import key_of, key_text
from threatline.facts.typescript.functions import NAMELESS, named_value


@assigner("identifier", "shorthand_property_identifier_pattern", "type_identifier")
def to_name(b: Builder, target: Node, value: int) -> None:
    """Bind a name."""
    name = b.name(target)
    if name:
        b.add(Bind(name, value), target)


@assigner("member_expression")
def to_attribute(b: Builder, target: Node, value: int) -> None:
    """Bind `base.name`; a property of `exports` is exported."""
    children = target.children
    base = expression(b, children[0])
    name = b.name(children[-1])
    b.add(BindAttribute(base, name, value), target)
    fact = b.facts[base]
    if fact == Read("exports") or (isinstance(fact, Attribute) and fact.name == "exports" and b.facts[fact.base] == Read("module")):
        b.add(Export(name, value), target)
    elif fact == Read("module") and name == "exports":
        _export_all(b, target, value)


def _export_all(b: Builder, target: Node, value: int) -> None:
    """Export a module's whole value, and each property of an object literal."""
    b.add(Export("default", value), target)
    fact = b.facts[value]
    for element in fact.elements if isinstance(fact, Collection) else ():
        key = b.facts[element.key] if element.key != -1 else None
        if isinstance(key, Literal) and isinstance(key.value, str):
            b.add(Export(key.value, element.value), target)


@assigner("subscript_expression")
def to_item(b: Builder, target: Node, value: int) -> None:
    """Bind `base[key]`."""
    children = target.children
    base = expression(b, children[0])
    b.add(BindItem(base, key_of(b, children), value), target)


@assigner("array_pattern", "array")
def unpack_array(b: Builder, target: Node, value: int) -> None:
    """Bind the members of an array; an empty place is passed over."""
    index = 0
    for child in target.children[1:]:
        if child.type == ",":
            index += 1
        elif child.is_named and child.type not in SKIPPED:
            rest = child.type in ("rest_pattern", "spread_element")
            assign(b, child, b.add(Unpack(value, -1 if rest else index), child))


@assigner("object_pattern", "object")
def unpack_object(b: Builder, target: Node, value: int) -> None:
    """Bind the properties of an object by their names."""
    index = 0
    for child in target.named_children:
        if child.type in SKIPPED:
            continue
        if child.type in ("rest_pattern", "spread_element"):
            assign(b, child, b.add(Unpack(value, -1), child))
            continue
        parts = solid(child) if child.type in ("pair_pattern", "pair", "object_assignment_pattern", "assignment_pattern") else [child]
        key = key_text(b, parts[0])
        part = b.add(Unpack(value, index if key is not None else -1, key or ""), child)
        assign(b, parts[-1] if child.type in ("pair_pattern", "pair") else child, part)
        index += 1


@assigner("assignment_pattern", "object_assignment_pattern")
def with_default(b: Builder, target: Node, value: int) -> None:
    """Bind a target that has a default: either value may come."""
    children = solid(target)
    default = expression(b, children[-1])
    assign(b, children[0], b.add(Operation("or", (value, default)), target))


@assigner("rest_pattern", "spread_element", "parenthesized_expression", "non_null_expression")
def wrapped(b: Builder, target: Node, value: int) -> None:
    """Bind the target inside of dots or parentheses."""
    for child in target.named_children:
        if child.type not in SKIPPED:
            assign(b, child, value)
            return


@expressions("assignment_expression")
def assignment(b: Builder, node: Node) -> int:
    """Read `target = value`, which gives the value."""
    children = solid(node)
    value = _named(b, children[0], children[-1])
    first = len(b.facts)
    assign(b, children[0], value)
    for fact in b.facts[first:]:
        if isinstance(fact, Bind):
            b.assigned[fact.name] = b.assigned.get(fact.name, 0) + 1
    return value


def _named(b: Builder, target: Node, value: Node) -> int:
    if value.type in NAMELESS and target.type == "identifier":
        return named_value(b, value, b.name(target), target)
    if value.type in NAMELESS and target.type == "member_expression":
        place = target.children[-1]
        return named_value(b, value, "default" if target.text == b"module.exports" else b.name(place), place)
    return expression(b, value)


@statement("lexical_declaration", "variable_declaration")
def declaration(b: Builder, node: Node) -> None:
    """Read `const name: Type = value, …`."""
    for child in node.named_children:
        if child.type == "variable_declarator":
            _declare(b, child)


def _declare(b: Builder, node: Node) -> None:
    children = solid(node)
    target = children[0]
    annotation = next((child for child in children if child.type == "type_annotation"), None)
    value = children[-1] if any(child.type == "=" for child in children) and is_expression(children[-1]) else None
    ordinal = None if value is None else _named(b, target, value)
    if annotation is not None and target.type == "identifier":
        b.add(Annotated(b.name(target), expression(b, annotation)), target)
    if ordinal is not None:
        assign(b, target, ordinal)
    elif target.type == "identifier":
        assign(b, target, b.nothing(target))

