"""Spell an imported name in a script, and import it where it is not yet: `import { x } from "m"`, or `require` where the file uses that."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.fixes.arguments import add_behind, items
from threatline.fixes.edit import TextEdit
from threatline.fixes.imports import Reference
from threatline.fixes.locate import insert, line_end, newline_of, text_of, walk
from threatline.syntax import SyntaxTree

_NAMES = re.compile(r"\{ (.+?) \}")
_BINDERS = {
    "variable_declarator": "name", "function_declaration": "name", "class_declaration": "name", "required_parameter": "pattern",
    "optional_parameter": "pattern", "assignment_expression": "left",
}  # fmt: skip


def refer(tree: SyntaxTree, dotted: str, statement: str) -> Reference | None:
    """Spell `module.name`; a name without a module is a global. None where the name means something else in this file.

    `statement` is the import that brings it, such as `import { execFile } from "node:child_process"`.
    """
    wanted = re.fullmatch(r"import \{ (\w+) \} from \"([^\"]+)\"", statement.strip())
    if wanted is None:
        return Reference(dotted, ())
    name, module = wanted[1], wanted[2]
    for node in tree.tree.root_node.named_children:
        found = _from_import(tree, node, module, name) or _from_require(tree, node, module, name)
        if found is not None:
            return found
    if _is_taken(tree, name):
        return None
    return Reference(name, (_new_import(tree, module, name),))


def _from_import(tree: SyntaxTree, node: Node, module: str, name: str) -> Reference | None:
    source = node.child_by_field_name("source") if node.type == "import_statement" else None
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    if source is None or clause is None or not _is_module(tree, source, module) or text_of(tree, node).startswith("import type"):
        return None
    for child in clause.named_children:
        if child.type in {"identifier", "namespace_import"}:
            whole = child if child.type == "identifier" else child.named_children[0]
            return Reference(f"{text_of(tree, whole)}.{name}", ())
        if child.type == "named_imports":
            for specifier in items(child):
                given, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
                if given is not None and text_of(tree, given) == name:
                    return Reference(text_of(tree, alias or given), ())
            return _extended(tree, child, name)
    return None


def _from_require(tree: SyntaxTree, node: Node, module: str, name: str) -> Reference | None:
    if node.type not in {"lexical_declaration", "variable_declaration"}:
        return None
    for declarator in node.named_children:
        target, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
        callee = value.child_by_field_name("function") if value is not None and value.type == "call_expression" else None
        arguments = value.child_by_field_name("arguments") if value is not None and callee is not None else None
        given = items(arguments) if arguments is not None else []
        if (
            target is None
            or callee is None
            or text_of(tree, callee) != "require"
            or len(given) != 1
            or not _is_module(tree, given[0], module)
        ):
            continue
        if target.type == "identifier":
            return Reference(f"{text_of(tree, target)}.{name}", ())
        if target.type == "object_pattern":
            if any(text_of(tree, child) == name for child in items(target)):
                return Reference(name, ())
            return _extended(tree, target, name)
    return None


def _extended(tree: SyntaxTree, listing: Node, name: str) -> Reference | None:
    members = items(listing)
    if not members or _is_taken(tree, name):
        return None
    return Reference(name, add_behind(tree, listing, members[-1], name))


def _is_module(tree: SyntaxTree, source: Node, module: str) -> bool:
    return text_of(tree, source).strip("\"'`").removeprefix("node:") == module.removeprefix("node:")


def _new_import(tree: SyntaxTree, module: str, name: str) -> TextEdit:
    """Import behind the last import; before everything where there is none."""
    statements = tree.tree.root_node.named_children
    imports = [node for node in statements if node.type == "import_statement"]
    requires = [
        node for node in statements if node.type in {"lexical_declaration", "variable_declaration"} and "require(" in text_of(tree, node)
    ]
    behind = (imports or requires)[-1:]
    text = tree.source.text
    end = ";" if not behind or text_of(tree, behind[0]).endswith(";") else ""
    quote = "'" if behind and "'" in text_of(tree, behind[0]) else '"'
    old = bool(requires) and not imports
    written = (
        f"const {{ {name} }} = require({quote}{module}{quote}){end}" if old else f"import {{ {name} }} from {quote}{module}{quote}{end}"
    )
    newline = newline_of(tree)
    if behind:
        return insert(tree, line_end(text, behind[0].end_byte), newline + written)
    first = next((node for node in statements if node.type not in {"comment", "hash_bang_line"}), None)
    return insert(tree, first.start_byte if first is not None else len(text), written + newline * 2)


def joined(edits: list[TextEdit]) -> list[TextEdit]:
    """Make one import of two that are written at one place for one module."""
    found: list[TextEdit] = []
    for edit in edits:
        last = found[-1] if found else None
        names = _NAMES.search(edit.text)
        if last is not None and names is not None and last.span == edit.span and _NAMES.sub("", last.text) == _NAMES.sub("", edit.text):
            found[-1] = TextEdit(last.file, last.span, last.text.replace(" }", f", {names[1]} }}", 1))
        else:
            found.append(edit)
    return found


def _is_taken(tree: SyntaxTree, name: str) -> bool:
    for node in walk(tree.tree.root_node):
        field = _BINDERS.get(node.type)
        target = node.child_by_field_name(field) if field else None
        if target is not None and text_of(tree, target) == name:
            return True
    return False
