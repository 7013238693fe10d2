"""Types as they stand in annotations, forward references in quotes among them."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Collection, Element, Item, Literal, Operation
from threatline.facts.python.dispatch import assign, composite, expression, inner, is_expression, kinds, solid, statement
from threatline.source.file import SourceFile
from threatline.syntax import parse

_TYPE = kinds("type")
_STRING = kinds("string")
_PARAMETERS = kinds("type_parameter")
_GENERIC = kinds("generic_type")
_IDENTIFIER = kinds("identifier")

_FORWARD = re.compile(r"[\w.\[\]|, \n\t]{1,400}")
"""A forward reference that is read as a type: no calls, no lambdas, no strings inside."""


@composite("type", "constrained_type")
def type_expression(b: Builder, node: Node) -> int:
    """Read a type; a string is read as the type it names."""
    child = inner(node)
    if child is None:
        return b.nothing(node)
    value = expression(b, child)
    return _forward(b, child, value) if child.kind_id in _STRING else value


@composite("generic_type")
def generic(b: Builder, node: Node) -> int:
    """Read `base[argument, …]` as an Item whose key is one type or a tuple of them."""
    children = solid(node)
    base = expression(b, children[0])
    verbatim = b.name(children[0]) == "Literal"
    keys: list[int] = []
    for part in children[1:]:
        if part.kind_id in _PARAMETERS:
            for child in part.named_children:
                target = inner(child) if verbatim and child.kind_id in _TYPE else child
                if target is not None and is_expression(target):
                    keys.append(expression(b, target))
    if not keys:
        return base
    key = keys[0] if len(keys) == 1 else b.add(Collection("tuple", tuple([Element(k) for k in keys])), node)
    return b.add(Item(base, key), node)


@composite("union_type")
def union(b: Builder, node: Node) -> int:
    """Read `A | B`."""
    values = [expression(b, child) for child in node.named_children if is_expression(child)]
    if not values:
        return b.nothing(node)
    value = values[0]
    for other in values[1:]:
        value = b.add(Operation("|", (value, other)), node)
    return value


@statement("type_alias_statement")
def alias(b: Builder, node: Node) -> None:
    """Read `type Name[T] = value` as a binding."""
    children = [child for child in node.named_children if child.kind_id in _TYPE]
    name = inner(children[0]) if children else None
    if name is not None and name.kind_id in _GENERIC:
        name = name.children[0]
    if name is not None and name.kind_id in _IDENTIFIER and len(children) > 1:
        assign(b, name, expression(b, children[1]))


def _forward(b: Builder, node: Node, value: int) -> int:
    """Read the type that a string names; the string itself when it names none that is plain."""
    fact = b.facts[value]
    if not isinstance(fact, Literal) or not isinstance(fact.value, str) or not _FORWARD.fullmatch(fact.value.strip()):
        return value
    text = fact.value.strip().encode()
    tree = parse(SourceFile("", text, "", "python")).tree
    statement_node = tree.root_node.children[0] if tree.root_node.child_count == 1 else None
    target = inner(statement_node) if statement_node is not None and not tree.root_node.has_error else None
    if target is None:
        return value
    # The parts have no places of their own in this file: all of them stand where the string does.
    b.facts.pop()
    b.spans.pop()
    outer, first = b.text, len(b.facts)
    b.text = text
    value = expression(b, target)
    b.text = outer
    b.spans[first:] = [node.byte_range] * (len(b.facts) - first)
    return value
