"""Checks that stand before a call: they need no library, so no catalog file tells how they are written."""

from __future__ import annotations

from tree_sitter import Node

from threatline.fixes.arguments import argument_at
from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import leading_imports
from threatline.fixes.locate import insert, line_end, newline_of, text_of, walk
from threatline.fixes.names import assigned_once
from threatline.fixes.statements import put_before
from threatline.knowledge.catalog import Put
from threatline.syntax import SyntaxTree

HOSTS = "ALLOWED_HOSTS"

GUARDS = {
    "ctl-path-confine": Put(
        value='if not Path({value}).resolve().is_relative_to(Path.cwd()):\n    raise PermissionError("outside the working folder")',
        import_="from pathlib import Path",
    ),
    "ctl-url-allowlist": Put(
        value=f'if urlsplit({{value}}).hostname not in {HOSTS}:\n    raise PermissionError("the host is not on the list")',
        import_="from urllib.parse import urlsplit",
    ),
}
"""What is written for each control, with `{value}` for the value that is checked."""

_EFFECTS = frozenset({"call", "await", "yield", "named_expression", "lambda", "list_comprehension", "generator_expression"})


def put_guard(tree: SyntaxTree, value: Node, put: Put) -> tuple[TextEdit, ...]:
    """Check a value before the statement that uses it; nothing for a value that is not the same when it is computed twice."""
    if any(node.type in _EFFECTS for node in walk(value)):
        return ()
    base = _base_of(tree, value) if put == GUARDS["ctl-path-confine"] else ""
    template = put.value.replace("Path.cwd()", f"Path({base}).resolve()") if base else put.value
    edits = put_before(tree, value, template, put.import_)
    return (*_list_of_hosts(tree), *edits) if edits and HOSTS in put.value else edits


def _base_of(tree: SyntaxTree, path: Node) -> str:
    """Return the folder that a path is joined to, here or where its name is given; "" where none is seen."""
    joined = assigned_once(tree, path, read_elsewhere=True) if path.type == "identifier" else path
    left = None
    if joined is not None and joined.type == "binary_operator" and tree.source.text[slice(*_operator(joined))] == b"/":
        left = joined.child_by_field_name("left")
    elif joined is not None and joined.type == "call" and text_of(tree, joined).startswith(("os.path.join(", "path.join(")):
        left = argument_at(joined, 0)
    if left is None or left.type not in {"identifier", "attribute", "string"} or any(node.type == "interpolation" for node in walk(left)):
        return ""
    return text_of(tree, left)


def _operator(node: Node) -> tuple[int, int]:
    operator = node.child_by_field_name("operator")
    return (0, 0) if operator is None else operator.byte_range


def _list_of_hosts(tree: SyntaxTree) -> tuple[TextEdit, ...]:
    """Declare the list where the module has none. It is empty: which hosts are meant is for people to say, and until then none is."""
    root = tree.tree.root_node
    for node in root.children:
        assigned = node.children[0].child_by_field_name("left") if node.type == "expression_statement" and node.children else None
        if assigned is not None and text_of(tree, assigned) == HOSTS:
            return ()
    newline = newline_of(tree)
    line = f"{HOSTS}: frozenset[str] = frozenset()  # the hosts that may be called"
    imports = leading_imports([node for node in root.children if node.is_named])
    if not imports:
        return ()
    return (insert(tree, line_end(tree.source.text, imports[-1].end_byte), newline * 2 + line),)
