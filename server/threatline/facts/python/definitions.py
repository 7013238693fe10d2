"""Functions, classes, lambdas, decorators and parameters."""

from __future__ import annotations

from typing import NamedTuple

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Argument, Bind, Call, Define, Literal, Parameter, Return, Unpack
from threatline.facts.python.dispatch import (
    BLOCK,
    SKIPPED,
    assign,
    block,
    composite,
    expression,
    inner,
    is_expression,
    kinds,
    statement,
)
from threatline.facts.python.expressions import arguments
from threatline.facts.python.strings import is_text

_IDENTIFIER = kinds("identifier")
_PARAMETERS = kinds("parameters", "lambda_parameters")
_ARGUMENTS = kinds("argument_list")
_TYPE = kinds("type")
_DECORATOR = kinds("decorator")
_FUNCTION = kinds("function_definition")
_CLASS = kinds("class_definition")
_DEFAULTED = kinds("default_parameter", "typed_default_parameter")
_TYPED = kinds("typed_parameter")
_REST = kinds("list_splat_pattern", "list_splat")
_OPTIONS = kinds("dictionary_splat_pattern", "dictionary_splat")
_TUPLE = kinds("tuple_pattern")
_SEPARATOR = kinds("keyword_separator")
_EXPRESSION_STATEMENT = kinds("expression_statement")
_STRINGS = kinds("string", "concatenated_string")
_COMMENT = SKIPPED


class _Declared(NamedTuple):
    """A parameter and the node that stands for its name."""

    fact: Parameter
    node: Node


@statement("function_definition")
def function(b: Builder, node: Node) -> None:
    """Read a function without decorators."""
    _bind(b, node, _function(b, node, node, ()))


@statement("class_definition")
def klass(b: Builder, node: Node) -> None:
    """Read a class without decorators."""
    _bind(b, node, _class(b, node, node, ()))


@statement("decorated_definition")
def decorated(b: Builder, node: Node) -> None:
    """Read decorators, the definition below them, the calls that apply them, and the binding."""
    decorators: list[tuple[int, Node]] = []
    for child in node.children:
        kind = child.kind_id
        if kind in _DECORATOR:
            value = inner(child)
            if value is not None:
                decorators.append((expression(b, value), child))
        elif kind in _FUNCTION or kind in _CLASS:
            make = _function if kind in _FUNCTION else _class
            result = make(b, child, node, tuple([ordinal for ordinal, _ in decorators]))
            for ordinal, place in reversed(decorators):
                result = b.add(Call(ordinal, (Argument(result),)), place)
            _bind(b, child, result)


@composite("lambda")
def lambda_expression(b: Builder, node: Node) -> int:
    """Read a lambda: a definition whose only statement returns."""
    body: Node | None = None
    declared: list[_Declared] = []
    for child in node.children:
        if child.kind_id in _PARAMETERS:
            declared = _parameters(b, child)
        elif is_expression(child):
            body = child
    start, _ = span = node.byte_range
    opened = b.open("lambda", "<lambda>", span, (start, start + len("lambda")))
    _declare(b, declared)
    if body is not None:
        b.add(Return(expression(b, body)), body)
    return b.add(Define(b.close(opened)), node)


def body_of(b: Builder, node: Node) -> int:
    """Read a definition's block and return its docstring's ordinal, -1 without one."""
    place = _docstring(b, node)
    first = len(b.facts)
    block(b, node)
    # A docstring is its block's first statement, so its Literal is the first fact.
    return first if place and first < len(b.facts) and isinstance(b.facts[first], Literal) else -1


def _docstring(b: Builder, node: Node) -> bool:
    for child in node.children:
        if child.kind_id in _COMMENT:
            continue
        if child.kind_id not in _EXPRESSION_STATEMENT or child.child_count != 1:
            return False
        content = child.children[0]
        return content.kind_id in _STRINGS and is_text(b, content)
    return False


def _bind(b: Builder, node: Node, value: int) -> None:
    name = _name(node)
    if name is not None:
        b.add(Bind(b.name(name), value), name)


def _name(node: Node) -> Node | None:
    for child in node.children:
        if child.kind_id in _IDENTIFIER:
            return child
    return None


def _function(b: Builder, node: Node, whole: Node, decorators: tuple[int, ...]) -> int:
    """Read a function's signature here and its body in a definition of its own; return the Define's ordinal."""
    declared: list[_Declared] = []
    name = body = None
    returns, is_async = -1, False
    for child in node.children:
        kind = child.kind_id
        if kind in BLOCK:
            body = child
        elif kind in _PARAMETERS:
            declared = _parameters(b, child)
        elif kind in _TYPE:
            returns = expression(b, child)
        elif kind in _IDENTIFIER:
            name = child
        elif child.type == "async":
            is_async = True
    opened = b.open("function", b.name(name) if name else "", whole.byte_range, (name or node).byte_range)
    _declare(b, declared)
    docstring = -1 if body is None else body_of(b, body)
    path = b.close(opened, decorators=decorators, docstring=docstring, returns=returns, is_async=is_async)
    return b.add(Define(path), node)


def _class(b: Builder, node: Node, whole: Node, decorators: tuple[int, ...]) -> int:
    """Read a class's bases here and its body in a definition of its own; return the Define's ordinal."""
    name = body = None
    bases: tuple[int, ...] = ()
    for child in node.children:
        kind = child.kind_id
        if kind in BLOCK:
            body = child
        elif kind in _ARGUMENTS:
            bases = tuple([argument.value for argument in arguments(b, child) if not argument.name])
        elif kind in _IDENTIFIER:
            name = child
    opened = b.open("class", b.name(name) if name else "", whole.byte_range, (name or node).byte_range)
    docstring = -1 if body is None else body_of(b, body)
    return b.add(Define(b.close(opened, decorators=decorators, bases=bases, docstring=docstring)), node)


def _parameters(b: Builder, node: Node) -> list[_Declared]:
    """Read annotations and defaults in the enclosing definition, and name the parameters."""
    declared: list[_Declared] = []
    kind = "positional"
    for child in node.named_children:
        if child.kind_id in _SEPARATOR:
            kind = "keyword"
            continue
        parameter = _parameter(b, child, kind)
        if parameter is not None:
            declared.append(parameter)
            kind = "keyword" if parameter.fact.kind == "rest" else kind
    return declared


def _parameter(b: Builder, node: Node, kind: str) -> _Declared | None:
    annotation = default = -1
    name: Node | None = node
    if node.kind_id in _DEFAULTED or node.kind_id in _TYPED:
        name = None
        for child in node.named_children:
            if child.kind_id in _TYPE:
                annotation = expression(b, child)
            elif child.kind_id in SKIPPED:
                continue
            elif name is None:
                name = child
            else:
                default = expression(b, child)
    if name is None:
        return None
    if name.kind_id in _REST or name.kind_id in _OPTIONS:
        kind = "rest" if name.kind_id in _REST else "options"
        name = inner(name)
    if name is None or (name.kind_id not in _IDENTIFIER and name.kind_id not in _TUPLE):
        return None
    spelled = b.name(name) if name.kind_id in _IDENTIFIER else ""
    return _Declared(Parameter(spelled, kind, annotation, default), name)


def _declare(b: Builder, declared: list[_Declared]) -> None:
    """Append the parameters; one that is a pattern (Python 2) has no name and is unpacked."""
    patterns: list[tuple[int, Node]] = []
    for fact, node in declared:
        ordinal = b.add(fact, node)
        if node.kind_id in _TUPLE:
            patterns.append((ordinal, node))
    for ordinal, node in patterns:
        for index, child in enumerate(child for child in node.named_children if child.kind_id not in SKIPPED):
            assign(b, child, b.add(Unpack(ordinal, index), child))
