"""Functions, arrow functions, classes and their members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import (
    Annotated,
    Argument,
    Bind,
    BindAttribute,
    Call,
    Collection,
    Declare,
    Define,
    Element,
    Item,
    Parameter,
    Read,
    Return,
)
from threatline.facts.typescript.dispatch import (
    SKIPPED,
    assign,
    block,
    expression,
    expressions,
    inner,
    is_expression,
    run,
    solid,
    statement,
)
from threatline.facts.typescript.expressions import key_text, key_value

NAMELESS = frozenset(("arrow_function", "function_expression", "generator_function", "class"))
"""Definitions that take the name of what they are assigned to."""

MODIFIERS = frozenset(("static", "get", "set"))
"""Words before a method that tell how it is reached. They stand among its decorators, as reads of the word."""

USE_SERVER = Read("use server")
"""The directive by which a framework lets clients call a function, or all that a module exports: a decorator in all but its spelling."""

_FUNCTIONS = ("function_expression", "generator_function", "arrow_function")
_NAMES = ("identifier", "type_identifier", "property_identifier", "private_property_identifier")


class _Declared(NamedTuple):
    """A parameter, the node it binds, and whether it is a property of the object too."""

    fact: Parameter
    node: Node
    is_property: bool


@statement("function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration")
def declare(b: Builder, node: Node) -> None:
    """Read a declared function or class and bind its name."""
    declare_exported(b, node, (), exposed=False)


def declare_exported(b: Builder, node: Node, outer: Sequence[Node], *, exposed: bool) -> None:
    """Read a declared function or class.

    `outer` are decorators that stand before `export`; `exposed` tells that its module lets clients call what it exports.
    """
    name = _name(node)
    value = named_value(b, node, b.name(name) if name else "default", name or node, outer, exposed=exposed)
    if name is not None:
        b.add(Bind(b.name(name), value), name)


@expressions("arrow_function", "function_expression", "generator_function", "class")
def anonymous(b: Builder, node: Node) -> int:
    """Read a function or class that stands as a value; a function is a lambda unless it names itself."""
    name = None if node.type == "arrow_function" else _name(node)
    if name is not None:
        return named_value(b, node, b.name(name), name)
    if node.type == "class":
        return named_value(b, node, "<class>", node)
    return _function(b, node, "lambda", "<lambda>", node, ())


def named_value(b: Builder, node: Node, name: str, place: Node, outer: Sequence[Node] = (), *, exposed: bool = False) -> int:
    """Read a definition under a name, apply its decorators, and return the resulting value."""
    if "class" not in node.type:
        said = node if exposed else _server_directive(node)
        if said is None:
            return _function(b, node, "function", name, place, ())
        mark = b.add(USE_SERVER, said)
        return _decorate(b, [(mark, said)], _function(b, node, "function", name, place, (mark,)))
    around = [*outer, *(child for child in node.children if child.type == "decorator")]
    decorators = [(expression(b, value), child) for child in around if (value := inner(child))]
    result = _class(b, node, name, place, tuple([ordinal for ordinal, _ in decorators]))
    return _decorate(b, decorators, result)


def _server_directive(node: Node) -> Node | None:
    body = next((child for child in node.children if child.type == "statement_block"), None)
    return None if body is None else directive_of(body, b"use server")


def directive_of(block_node: Node, wanted: bytes) -> Node | None:
    """Find a directive such as `'use server'` among the texts that a block or a module begins with."""
    for child in block_node.named_children:
        if child.type in SKIPPED:
            continue
        text = child.named_children[0] if child.type == "expression_statement" and child.named_children else None
        if text is None or text.type != "string":
            return None
        if text.text is not None and text.text[1:-1] == wanted:
            return text
    return None


def _decorate(b: Builder, decorators: list[tuple[int, Node]], value: int) -> int:
    for ordinal, place in reversed(decorators):
        value = b.add(Call(ordinal, (Argument(value),)), place)
    return value


def _name(node: Node) -> Node | None:
    for child in node.children:
        if child.type in _NAMES:
            return child
        if child.type in ("formal_parameters", "class_body", "=>"):
            return None
    return None


def _function(b: Builder, node: Node, kind: str, name: str, place: Node, decorators: tuple[int, ...]) -> int:
    """Read a signature here and a body in a definition of its own; return the Define's ordinal."""
    declared: list[_Declared] = []
    body: Node | None = None
    returns, is_async = -1, False
    for child in solid(node):
        if child.type == "formal_parameters":
            declared = _parameters(b, child)
        elif child.type == "type_annotation":
            returns = expression(b, child)
        elif child.type == "async":
            is_async = True
        elif child.type == "identifier" and node.type == "arrow_function" and not declared and body is None and child != node.children[-1]:
            declared = [_Declared(Parameter(b.name(child)), child, is_property=False)]
        elif child.type == "statement_block" or (node.type == "arrow_function" and is_expression(child)):
            body = child
    opened = b.open(kind, name, node.byte_range, place.byte_range)
    _bind_parameters(b, declared)
    if body is not None and body.type == "statement_block":
        block(b, body)
    elif body is not None:
        b.add(Return(expression(b, body)), body)
    _declare_outer(b, node, [one.fact.name for one in declared])
    return b.add(Define(b.close(opened, decorators=decorators, returns=returns, is_async=is_async)), node)


def _declare_outer(b: Builder, node: Node, parameters: list[str]) -> None:
    """Say which names belong to a scope around a function: those that it assigns to and declares nowhere."""
    assigned = [name for name in b.assigned if name not in parameters]
    if not assigned:
        return
    bound = Counter(fact.name for fact in b.facts if isinstance(fact, Bind))
    outer = tuple(sorted(name for name in assigned if bound[name] == b.assigned[name]))
    if outer:
        b.add(Declare(outer, "nonlocal"), node)


def _parameters(b: Builder, node: Node) -> list[_Declared]:
    """Read annotations and defaults in the enclosing definition, and name the parameters."""
    declared = [_parameter(b, child) for child in node.named_children if child.type in ("required_parameter", "optional_parameter")]
    # `this` is declared for the type checker alone; nobody passes it.
    return [one for one in declared if one.fact.name != "this"]


def _parameter(b: Builder, node: Node) -> _Declared:
    annotation = default = -1
    target: Node | None = None
    is_property = False
    kind = "positional"
    decorators: list[int] = []
    for child in solid(node):
        if child.type == "type_annotation":
            annotation = expression(b, child)
        elif child.type == "decorator":
            decorators += [expression(b, value)] if (value := inner(child)) else []
        elif child.type in ("accessibility_modifier", "readonly"):
            is_property = True
        elif child.type == "rest_pattern":
            kind, target = "rest", child.named_children[0] if child.named_children else child
        elif child.is_named and target is None:
            target = child
        elif is_expression(child):
            default = expression(b, child)
    target = target or node
    if decorators:
        annotation = _annotated(b, node, annotation, decorators)
    name = b.name(target) if target.type in ("identifier", "this") else ""
    return _Declared(Parameter(name, kind, annotation, default), target, is_property)


def _annotated(b: Builder, node: Node, annotation: int, decorators: list[int]) -> int:
    """Say a parameter's decorators (`@Body() note: Note`) as a part of its type, as `Annotated[Note, Body()]` does."""
    base = b.add(Read("Annotated"), node)
    declared = annotation if annotation != -1 else b.add(Read("unknown"), node)
    key = b.add(Collection("tuple", tuple([Element(ordinal) for ordinal in (declared, *decorators)])), node)
    return b.add(Item(base, key), node)


def _bind_parameters(b: Builder, declared: list[_Declared]) -> None:
    """Append the parameters; a pattern has no name and is unpacked, a property of the object is set."""
    ordinals = [b.add(parameter.fact, parameter.node) for parameter in declared]
    for parameter, ordinal in zip(declared, ordinals, strict=True):
        if not parameter.fact.name:
            assign(b, parameter.node, ordinal)
        elif parameter.is_property:
            this = b.add(Read("this"), parameter.node)
            b.add(BindAttribute(this, parameter.fact.name, ordinal), parameter.node)


def _class(b: Builder, node: Node, name: str, place: Node, decorators: tuple[int, ...]) -> int:
    """Read a class's bases here and its body in a definition of its own; return the Define's ordinal."""
    bases: list[int] = []
    body: Node | None = None
    for child in node.children:
        if child.type == "class_heritage":
            for clause in child.children:
                parts = clause.children if clause.type in ("extends_clause", "implements_clause") else [clause]
                bases.extend(expression(b, part) for part in parts if is_expression(part))
        elif child.type == "class_body":
            body = child
    opened = b.open("class", name, node.byte_range, place.byte_range)
    if body is not None:
        _members(b, body)
    return b.add(Define(b.close(opened, decorators=decorators, bases=tuple(bases))), node)


def _members(b: Builder, body: Node) -> None:
    decorators: list[tuple[int, Node]] = []
    for child in body.children:
        if child.type == "decorator":
            value = inner(child)
            if value is not None:
                decorators.append((expression(b, value), child))
        elif child.type == "method_definition":
            name, method = _method(b, child, tuple([ordinal for ordinal, _ in decorators]))
            b.add(Bind(name, _decorate(b, decorators, method)), child)
            decorators = []
        elif child.type in ("public_field_definition", "field_definition"):
            _field(b, child)
            decorators = []
        elif child.type == "class_static_block":
            for part in child.named_children:
                run(b, part)


def _method(b: Builder, node: Node, decorators: tuple[int, ...] = ()) -> tuple[str, int]:
    """Read a method and return its name and the Define's ordinal."""
    key = _key(node) or node
    modifiers = tuple([b.add(Read(child.type), child) for child in node.children if child.type in MODIFIERS])
    name = key_text(b, key) if key is not node else None
    return name or "<computed>", _function(b, node, "function", name or "<computed>", key, (*decorators, *modifiers))


def _key(node: Node) -> Node | None:
    for child in node.children:
        if child.type in ("property_identifier", "private_property_identifier", "string", "number", "computed_property_name"):
            return child
    return None


def _field(b: Builder, node: Node) -> None:
    key = _key(node)
    name = key_text(b, key) if key is not None else None
    if key is None or name is None:
        return
    after = False
    for child in solid(node):
        if child.type == "type_annotation":
            b.add(Annotated(name, expression(b, child)), key)
        elif child.type == "=":
            after = True
        elif after and is_expression(child):
            value = named_value(b, child, name, key) if child.type in NAMELESS else expression(b, child)
            b.add(Bind(name, value), key)


@expressions("object")
def literal_object(b: Builder, node: Node) -> int:
    """Read an object literal; its functions are named by their keys."""
    elements: list[Element] = []
    for child in node.named_children:
        if child.type in SKIPPED:
            continue
        if child.type == "spread_element":
            elements.append(Element(expression(b, child), spread=True))
        elif child.type == "shorthand_property_identifier":
            key = key_value(b, child)
            elements.append(Element(b.read(child), key))
        elif child.type == "method_definition":
            place = _key(child)
            key = b.nothing(child) if place is None else key_value(b, place)
            elements.append(Element(_method(b, child)[1], key))
        elif child.type == "pair":
            elements.append(_pair(b, child))
    return b.add(Collection("dict", tuple(elements)), node)


def _pair(b: Builder, node: Node) -> Element:
    children = solid(node)
    key = key_value(b, children[0])
    value, name = children[-1], key_text(b, children[0])
    if value.type in _FUNCTIONS and name is not None:
        return Element(named_value(b, value, name, children[0]), key)
    return Element(expression(b, value), key)
