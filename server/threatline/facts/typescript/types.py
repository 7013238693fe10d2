"""Type annotations, read like the expressions that Python writes them as."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Annotated, Attribute, Bind, Collection, Define, Element, Item, Literal, Operation, Read
from threatline.facts.typescript.dispatch import SKIPPED, assign, expression, expressions, finisher, inner, is_expression, statement
from threatline.facts.typescript.expressions import key_text


@expressions("type_annotation", "parenthesized_type", "readonly_type", "constraint", "type_query", "optional_type", "rest_type")
def wrapped_type(b: Builder, node: Node) -> int:
    """Read the type inside of punctuation; `typeof value` is the value."""
    for child in node.named_children:
        if is_expression(child):
            return expression(b, child)
    return unknown(b, node)


@expressions("function_type", "constructor_type", "conditional_type", "infer_type", "this_type", "type_predicate", "template_literal_type")
def unknown(b: Builder, node: Node) -> int:
    """Read a type of which no more is told than that it is one."""
    return b.add(Read("unknown"), node)


@expressions("literal_type")
def literal_type(b: Builder, node: Node) -> int:
    """Read a constant as a type: `Literal[constant]`, but for null and undefined, which stand for themselves."""
    value = inner(node)
    if value is None:
        return unknown(b, node)
    if value.type in ("null", "undefined"):
        return b.nothing(node)
    base = b.add(Read("Literal"), node)
    return b.add(Item(base, expression(b, value)), node)


@expressions("index_type_query", "lookup_type")
def one_of(b: Builder, node: Node) -> int:
    """Read `keyof typeof table` and `(typeof list)[number]`: one of the constants that are written down there."""
    table = node.named_children[0] if node.named_children else None
    while table is not None and table.type == "parenthesized_type":
        table = next(iter(table.named_children), None)
    if table is None or table.type != "type_query":
        return unknown(b, node)
    base = b.add(Read("Literal"), node)
    return b.add(Item(base, expression(b, table)), node)


@expressions("tuple_type")
def tuple_type(b: Builder, node: Node) -> int:
    """Read `[A, B]` as `tuple[A, B]`."""
    base = b.add(Read("tuple"), node)
    types = [child for child in node.named_children if child.type not in SKIPPED]
    values = [expression(b, child) if is_expression(child) else unknown(b, child) for child in types]
    return b.add(Item(base, b.add(Collection("tuple", tuple([Element(value) for value in values])), node)), node)


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
    given = [child for child in children[-1].named_children if child.type not in SKIPPED] if len(children) > 1 else []
    keys = [expression(b, child) if is_expression(child) else unknown(b, child) for child in given]
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
    """Read `type Name = Type` as a binding; an object type takes the name."""
    children = node.named_children
    values = [child for child in children if is_expression(child)]
    if len(values) > 1 and b.name(values[0]):
        shape = values[-1].type == "object_type"
        assign(b, values[0], _shape(b, values[-1], b.name(values[0]), values[0], []) if shape else expression(b, values[-1]))


@statement("interface_declaration")
def interface(b: Builder, node: Node) -> None:
    """Read an interface as a class of declared fields that is never made: a protocol."""
    name = next((child for child in node.children if child.type == "type_identifier"), None)
    body = next((child for child in node.children if child.type in ("interface_body", "object_type")), None)
    if name is None or body is None:
        return
    clauses = [child for child in node.children if child.type == "extends_type_clause"]
    bases = [expression(b, part) for clause in clauses for part in clause.named_children if is_expression(part)]
    b.add(Bind(b.name(name), _shape(b, body, b.name(name), name, bases)), name)


@expressions("object_type")
def object_type(b: Builder, node: Node) -> int:
    """Read `{ name: Type }` as an interface without a name."""
    return _shape(b, node, "<type>", node, [])


def _shape(b: Builder, body: Node, name: str, place: Node, bases: list[int]) -> int:
    bases.append(b.add(Read("Protocol"), place))
    opened = b.open("class", name, body.byte_range, place.byte_range)
    for child in body.named_children:
        if child.type != "property_signature":
            continue
        annotation = next((part for part in child.named_children if part.type == "type_annotation"), None)
        key = child.named_children[0] if child.named_children else None
        if key is not None and key.type == "accessibility_modifier":
            key = next((part for part in child.named_children if part.type == "property_identifier"), None)
        text = None if key is None else key_text(b, key)
        if annotation is not None and key is not None and text is not None:
            b.add(Annotated(text, expression(b, annotation)), key)
    return b.add(Define(b.close(opened, bases=tuple(bases))), body)


@statement("enum_declaration")
def enum(b: Builder, node: Node) -> None:
    """Read an enumeration as a class with its members as variables; those without a value are numbered."""
    name = next((child for child in node.children if child.type == "identifier"), None)
    if name is None:
        return
    base = b.add(Read("Enum"), name)
    opened = b.open("class", b.name(name), node.byte_range, name.byte_range)
    count = 0
    members = [part for child in node.named_children if child.type == "enum_body" for part in child.named_children]
    for member in members:
        if member.type in SKIPPED:
            continue
        given = member.type == "enum_assignment"
        key = member.named_children[0] if given and member.named_children else member
        text = key_text(b, key)
        written = member.named_children[-1] if given else None
        value = expression(b, written) if written is not None and is_expression(written) else b.add(Literal(count), member)
        if text:
            b.add(Bind(text, value), key)
        count += 1
    b.add(Bind(b.name(name), b.add(Define(b.close(opened, bases=(base,))), node)), name)

