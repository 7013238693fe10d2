"""Write whole lines of Python: a statement before another one, a decorator, a comment."""

from __future__ import annotations

import re
import textwrap

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import spell
from threatline.fixes.locate import enclosing, indent_at, insert, line_start, newline_of, starts_line, statement_of, text_of
from threatline.syntax import SyntaxTree


def put_before(tree: SyntaxTree, node: Node, template: str, imports: str) -> tuple[TextEdit, ...]:
    """Insert statements before the one that holds a node.

    `{value}` in the template is the node's own text. Gives nothing where the statement shares its line with another one before it.
    """
    reference = spell(tree, textwrap.dedent(template).strip("\n"), imports)
    statement = statement_of(node)
    text = tree.source.text
    if reference is None or not starts_line(text, statement.start_byte):
        return ()
    written = reference.text.replace("{value}", text_of(tree, node))
    lines = textwrap.indent(written, indent_at(text, statement.start_byte)).splitlines()
    newline = newline_of(tree)
    return *reference.edits, insert(tree, line_start(text, statement.start_byte), newline.join(lines) + newline)


_OTHER_TIMES = frozenset({
    "lambda", "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression", "conditional_expression",
    "boolean_operator", "while_statement", "elif_clause", "case_clause", "decorator", "default_parameter", "typed_default_parameter",
    "assert_statement",
})  # fmt: skip
"""What evaluates an expression later than the statement before it, more than once, or perhaps not at all."""


def evaluated_once(tree: SyntaxTree, node: Node) -> bool:
    """Tell whether a statement right before the one that holds a node runs exactly where the node is evaluated."""
    statement = statement_of(node)
    around: Node | None = node.parent
    while around is not None and around != statement.parent:
        if around.type in _OTHER_TIMES:
            return False
        if around.type == "for_statement" and around.child_by_field_name("right") is None:
            return False
        around = around.parent
    return starts_line(tree.source.text, statement.start_byte)


def put_decorator(tree: SyntaxTree, node: Node, decorator: str, imports: str) -> tuple[TextEdit, ...]:
    """Put a decorator on the function that a node is the name of or stands in, inside those it has.

    Inside, because what registers the function must see the decorated one.
    """
    function = enclosing(node, "function_definition", "class_definition")
    reference = spell(tree, decorator.removeprefix("@"), imports)
    if function is None or reference is None or _has(tree, function, reference.text):
        return ()
    if not starts_line(tree.source.text, function.start_byte):
        return ()
    indent = indent_at(tree.source.text, function.start_byte)
    return *reference.edits, insert(tree, function.start_byte, f"@{reference.text}{newline_of(tree)}{indent}")


def put_parameter(tree: SyntaxTree, node: Node, parameter: str, imports: str) -> tuple[TextEdit, ...] | None:
    """Give the function that a node is the name of a first parameter; None where it has one of this name, nothing where it is a method."""
    function = enclosing(node, "function_definition")
    parameters = function.child_by_field_name("parameters") if function is not None else None
    reference = spell(tree, parameter, imports)
    if parameters is None or reference is None:
        return ()
    names = [re.split(r"[^\w]", text_of(tree, child).lstrip("*"))[0] for child in parameters.named_children if child.type != "comment"]
    if parameter.partition(":")[0] in names:
        return None
    if names[:1] in (["self"], ["cls"]):
        return ()
    first = next((child for child in parameters.named_children if child.type != "comment"), None)
    if first is None:
        return *reference.edits, insert(tree, parameters.start_byte + 1, reference.text)
    text = tree.source.text
    gap = newline_of(tree) + indent_at(text, first.start_byte) if starts_line(text, first.start_byte) else " "
    return *reference.edits, insert(tree, first.start_byte, f"{reference.text},{gap}")


def put_comment(tree: SyntaxTree, offset: int, text: str) -> tuple[TextEdit, ...]:
    """Insert a comment line above the line of an offset.

    Gives nothing where a comment cannot stand there: inside a string, behind a backslash.
    """
    source = tree.source.text
    start = line_start(source, offset)
    above = source[:start].rstrip(b"\r\n")
    node = tree.tree.root_node.descendant_for_byte_range(start, start)
    inside = enclosing(node, "string", "template_string", "comment", "jsx_text", "jsx_element", "line_continuation")
    if (inside is not None and inside.start_byte < start < inside.end_byte) or above.endswith(b"\\"):
        return ()
    mark = "#" if tree.source.language == "python" else "//"
    return (insert(tree, start, f"{indent_at(source, start)}{mark} {text}{newline_of(tree)}"),)


def _has(tree: SyntaxTree, function: Node, decorator: str) -> bool:
    around = function.parent
    written = {text_of(tree, child) for child in (around.children if around is not None else ()) if child.type == "decorator"}
    return any(text.removeprefix("@").strip().partition("(")[0] == decorator.partition("(")[0] for text in written)
