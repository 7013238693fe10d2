"""Import statements."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Bind, Import
from threatline.facts.python.dispatch import kinds, statement

_DOTTED = kinds("dotted_name")
_RELATIVE = kinds("relative_import")
_ALIASED = kinds("aliased_import")
_STAR = kinds("wildcard_import")
_IDENTIFIER = kinds("identifier")


@statement("import_statement")
def import_modules(b: Builder, node: Node) -> None:
    """Read `import a.b.c, d as e`.

    `import a.b.c` imports the module, bound to nothing, and then its root, bound to `a`.
    """
    for child in node.named_children:
        if child.kind_id in _DOTTED:
            module = _dotted(b, child)
            root = module.partition(".")[0]
            if root != module:
                b.add(Import(module), child)
            b.add(Bind(root, b.add(Import(root), child)), child)
        elif child.kind_id in _ALIASED:
            _bind_alias(b, child)


@statement("import_from_statement", "future_import_statement")
def import_members(b: Builder, node: Node) -> None:
    """Read `from module import a, b as c` and `from module import *`."""
    module = "__future__" if node.type == "future_import_statement" else ""
    imported = node.type == "future_import_statement"
    for child in node.children:
        kind = child.kind_id
        if not imported:
            if kind in _DOTTED or kind in _RELATIVE:
                module = _dotted(b, child)
            imported = child.type == "import"
        elif kind in _DOTTED:
            name = _dotted(b, child)
            b.add(Bind(name, b.add(Import(module, name), child)), child)
        elif kind in _ALIASED:
            _bind_alias(b, child, module)
        elif kind in _STAR:
            b.add(Import(module, "*"), child)


def _bind_alias(b: Builder, node: Node, module: str = "") -> None:
    name = alias = ""
    place = node
    for child in node.named_children:
        if child.kind_id in _DOTTED:
            name = _dotted(b, child)
        elif child.kind_id in _IDENTIFIER:
            alias, place = b.name(child), child
    value = b.add(Import(module, name) if module else Import(name), node)
    b.add(Bind(alias or name, value), place)


def _dotted(b: Builder, node: Node) -> str:
    # Names around a dot may stand apart, even on several lines.
    return "".join(b.source(node).replace("\\", " ").split())
