"""Imports and exports."""

from __future__ import annotations

from tree_sitter import Node

from threatline.facts.builder import Builder
from threatline.facts.model import Bind, Export, Import, Read
from threatline.facts.typescript.dispatch import expression, is_expression, run, statement
from threatline.facts.typescript.functions import NAMELESS, USE_SERVER, declare_exported, named_value
from threatline.facts.typescript.strings import text_of

_DECLARED = ("function_declaration", "generator_function_declaration", "class_declaration", "abstract_class_declaration")


@statement("import_statement")
def import_statement(b: Builder, node: Node) -> None:
    """Read every form of `import … from "module"`; one without names imports the module for its effects."""
    module = _module(b, node)
    bound = False
    for child in node.named_children:
        if child.type == "import_clause":
            for part in child.named_children:
                _clause(b, part, module)
            bound = True
        elif child.type == "import_require_clause":
            _clause(b, child.named_children[0], _module(b, child), "")
            bound = True
    if not bound:
        b.add(Import(module), node)


def _clause(b: Builder, node: Node, module: str, default: str = "default") -> None:
    if node.type == "identifier":
        b.add(Bind(b.name(node), b.add(Import(module, default), node)), node)
    elif node.type == "namespace_import":
        star = node.named_children[-1]
        b.add(Bind(b.name(star), b.add(Import(module), node)), star)
    elif node.type == "named_imports":
        for specifier in node.named_children:
            name, alias = _specifier(b, specifier)
            if name:
                b.add(Bind(alias, b.add(Import(module, name), specifier)), specifier)


def _specifier(b: Builder, node: Node) -> tuple[str, str]:
    """Return the name that a specifier takes and the name it gives."""
    names = [child for child in node.named_children if child.type in ("identifier", "string")]
    texts = [text_of(b, child) for child in names]
    return (texts[0], texts[-1]) if texts else ("", "")


def _module(b: Builder, node: Node) -> str:
    for child in node.named_children:
        if child.type == "string":
            return text_of(b, child)
    return ""


@statement("export_statement")
def export(b: Builder, node: Node) -> None:
    """Read `export` in all its forms: a declaration, a list, another module's members, the default."""
    module = _module(b, node)
    kinds = [child.type for child in node.children]
    if "default" in kinds or "=" in kinds:
        _export_default(b, node)
        return
    for child in node.children:
        if child.type == "export_clause":
            for specifier in child.named_children:
                _export_name(b, specifier, module)
        elif child.type == "namespace_export":
            b.add(Export(b.name(child.named_children[-1]), b.add(Import(module), node)), node)
        elif child.type == "*":
            b.add(Export("*", b.add(Import(module, "*"), node)), node)
        elif child.is_named and child.type not in ("string", "decorator"):
            _export_declared(b, child, [part for part in node.children if part.type == "decorator"])


def _export_name(b: Builder, specifier: Node, module: str) -> None:
    name, alias = _specifier(b, specifier)
    if name:
        value = b.add(Import(module, name) if module else Read(name), specifier)
        b.add(Export(alias, value), specifier)


def _export_default(b: Builder, node: Node) -> None:
    for child in node.named_children:
        if child.type in _DECLARED:
            first = len(b.facts)
            declare_exported(b, child, [part for part in node.children if part.type == "decorator"], exposed=_is_exposed(b))
            bound = [fact for fact in b.facts[first:] if isinstance(fact, Bind)]
            if bound:
                b.add(Export("default", bound[-1].value), node)
            return
        if is_expression(child):
            plain = child.type in NAMELESS
            value = named_value(b, child, "default", child, exposed=_is_exposed(b)) if plain else expression(b, child)
            b.add(Export("default", value), node)
            return


def _is_exposed(b: Builder) -> bool:
    """Tell whether the module says first of all that clients may call what it exports."""
    return not b.path and bool(b.facts) and b.facts[0] == USE_SERVER


def _export_declared(b: Builder, node: Node, decorators: list[Node]) -> None:
    """Read a declaration and export every name that it binds."""
    first = len(b.facts)
    if node.type in _DECLARED:
        declare_exported(b, node, decorators, exposed=_is_exposed(b))
    else:
        run(b, node)
    for fact in b.facts[first:]:
        if isinstance(fact, Bind):
            b.add(Export(fact.name, fact.value), node)
