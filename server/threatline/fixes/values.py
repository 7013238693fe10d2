"""Write values of Python code: wrap an expression, replace it, call something else."""

from __future__ import annotations

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import import_of, spell
from threatline.fixes.locate import insert, replace, text_of
from threatline.fixes.names import assigned_once, given_at_top
from threatline.syntax import SyntaxTree

_NO_VALUES = frozenset({"list_splat", "dictionary_splat", "keyword_argument", "comment", "block", "module", "expression_statement"})
_BARE = frozenset({"expression_list", "yield", "generator_expression"})


def wrap_value(tree: SyntaxTree, value: Node, function: str, statement: str) -> tuple[TextEdit, ...]:
    """Put an expression into a call of `function`; gives nothing where it stands in one already."""
    reference = spell(tree, function, statement or import_of(function))
    if reference is None or value.type in _NO_VALUES or value.has_error:
        return ()
    if value.type == "parenthesized_expression":
        return *reference.edits, insert(tree, value.start_byte, reference.text)
    if _wrapped_in(tree, value, reference.text):
        return ()
    opening, closing = ("((", "))") if value.type in _BARE else ("(", ")")
    return *reference.edits, insert(tree, value.start_byte, reference.text + opening), insert(tree, value.end_byte, closing)


def replace_callee(tree: SyntaxTree, call: Node, function: str, statement: str) -> tuple[TextEdit, ...]:
    """Call something else with the same arguments.

    `function` is a dotted name; one that begins with "." is another method of the same receiver.
    """
    callee = call.child_by_field_name("function")
    if callee is None:
        return ()
    if function.startswith("."):
        method = callee.child_by_field_name("attribute")
        return () if method is None or text_of(tree, method) == function[1:] else (replace(tree, method, function[1:]),)
    reference = spell(tree, function, statement or import_of(function))
    if reference is None or text_of(tree, callee) == reference.text:
        return ()
    return *reference.edits, replace(tree, callee, reference.text)


def maker_of(tree: SyntaxTree, call: Node) -> Node | None:
    """Find the call that makes the object a method is called on: the receiver itself, or what its name is given once in this file."""
    callee = call.child_by_field_name("function")
    receiver = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
    if receiver is not None and receiver.type == "identifier":
        receiver = assigned_once(tree, receiver, read_elsewhere=True) or given_at_top(tree, text_of(tree, receiver))
    return receiver if receiver is not None and receiver.type == "call" else None


def replace_value(tree: SyntaxTree, value: Node, text: str, statement: str) -> tuple[TextEdit, ...]:
    """Replace an expression by other source text."""
    reference = spell(tree, text, statement)
    if reference is None or value.type in _NO_VALUES or text_of(tree, value) == text:
        return ()
    return *reference.edits, replace(tree, value, reference.text)


def _wrapped_in(tree: SyntaxTree, value: Node, function: str) -> bool:
    call = value.parent.parent if value.parent is not None and value.parent.type == "argument_list" else None
    callee = None if call is None else call.child_by_field_name("function")
    return callee is not None and text_of(tree, callee) == function
