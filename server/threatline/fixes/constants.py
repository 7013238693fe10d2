"""Write definitions of a module's own: a constant behind the imports, a function before the one that needs it."""

from __future__ import annotations

import textwrap

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import head_of, leading_imports
from threatline.fixes.locate import enclosing, insert, line_end, line_start, newline_of, text_of
from threatline.syntax import SyntaxTree


def declare(tree: SyntaxTree, name: str, given: str, comment: str = "") -> tuple[TextEdit, ...]:
    """Declare a constant of the module, behind its imports; nothing where the module has one of this name.

    `given` is what stands behind the name: a type, an equals sign and a value.
    """
    root = tree.tree.root_node
    if name in bound_at_top(tree):
        return ()
    newline = newline_of(tree)
    line = f"{name}: {given}" + (f"  # {comment}" if comment else "")
    statements = [node for node in root.children if node.is_named]
    imports = leading_imports(statements)
    behind = imports[-1] if imports else head_of(tree, statements)
    if behind is None:
        return (insert(tree, statements[0].start_byte if statements else 0, line + newline * 2),)
    return (insert(tree, line_end(tree.source.text, behind.end_byte), newline * 2 + line),)


def define(tree: SyntaxTree, before: Node, name: str, source: str) -> tuple[TextEdit, ...]:
    """Define a function of the module above the top-level statement that holds `before`; nothing where there is one of this name."""
    if name in bound_at_top(tree):
        return ()
    statement = before
    while statement.parent is not None and statement.parent.type != "module":
        statement = statement.parent
    if enclosing(statement, "ERROR") is not None:
        return ()
    newline = newline_of(tree)
    text = textwrap.dedent(source).strip("\n").replace("\n", newline)
    return (insert(tree, line_start(tree.source.text, statement.start_byte), text + newline * 3),)


def bound_at_top(tree: SyntaxTree) -> set[str]:
    """List the names that a module's own statements give: constants, functions, classes."""
    found: set[str] = set()
    for node in tree.tree.root_node.children:
        inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
        if inner is not None and inner.type in {"function_definition", "class_definition"}:
            named = inner.child_by_field_name("name")
        else:
            named = node.children[0].child_by_field_name("left") if node.type == "expression_statement" and node.children else None
        if named is not None:
            found.add(text_of(tree, named))
    return found
