"""What names a Python file imports, and what names it binds to something of its own."""

from __future__ import annotations

import keyword
from dataclasses import dataclass

from tree_sitter import Node

from threatline.fixes.locate import enclosing, text_of, walk
from threatline.syntax import SyntaxTree

IMPORTS = frozenset({"import_statement", "import_from_statement"})

_TARGETS = {
    "assignment": "left", "augmented_assignment": "left", "named_expression": "name", "for_statement": "left", "for_in_clause": "left",
    "function_definition": "name", "class_definition": "name", "as_pattern": "alias", "lambda": "parameters",
}  # fmt: skip
_NESTS = frozenset({
    "pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "dictionary_splat_pattern", "as_pattern_target", "parameters",
    "lambda_parameters", "parenthesized_expression",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One imported name: `module` alone, or `name` out of it; `alias` is "" where it keeps its own name."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """Return the name that the import binds."""
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def statement(self) -> str:
        """Return the statement that imports it."""
        renamed = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{renamed}" if self.name else f"import {self.module}{renamed}"


def read_imports(statements: str) -> tuple[Wanted, ...]:
    """Read import statements, one a line; what is no import gives nothing.

    Understands `import a.b, c` and `from a import b, c`, each name perhaps `as d`.
    """
    found: list[Wanted] = []
    for line in statements.splitlines():
        match line.split(maxsplit=1):
            case ["import", names]:
                module = ""
            case ["from", rest] if " import " in rest:
                module, _, names = (part.strip() for part in rest.partition(" import "))
            case _:
                continue
        for item in names.split(","):
            name, _, alias = (part.strip() for part in item.partition(" as "))
            found.append(Wanted(module, name, alias) if module else Wanted(name, "", alias))
    return tuple(found)


def imported(tree: SyntaxTree) -> list[Wanted]:
    """List what a module imports at its top level."""
    statements = (node for node in tree.tree.root_node.children if node.type in IMPORTS and not node.has_error)
    return [wanted for node in statements for wanted in imported_by(tree, node)]


def imported_by(tree: SyntaxTree, node: Node) -> list[Wanted]:
    """List what one import statement imports."""
    module = module_of(tree, node) if node.type == "import_from_statement" else ""
    pairs = [_renamed(tree, name) for name in node.children_by_field_name("name")]
    return [Wanted(module, name, alias) if module else Wanted(name, "", alias) for name, alias in pairs]


def module_of(tree: SyntaxTree, node: Node) -> str:
    """Return the module that an import statement speaks of; the first one of several."""
    found = node.child_by_field_name("module_name") or node.child_by_field_name("name")
    return "" if found is None else _renamed(tree, found)[0]


def is_taken(tree: SyntaxTree, wanted: Wanted) -> bool:
    """Tell whether the name that an import would bind means something else anywhere in the file."""
    for node in walk(tree.tree.root_node):
        if node.type in IMPORTS:
            others = [other for other in imported_by(tree, node) if other.bound == wanted.bound and other != wanted]
            # `import a.b` and `import a.c` both bind `a`, to the same thing.
            if any(other.name or other.alias or wanted.name or wanted.alias for other in others):
                return True
            continue
        field = _TARGETS.get(node.type)
        target = node.child_by_field_name(field) if field else node if node.type == "parameters" else None
        if target is not None and wanted.bound in _bound(tree, target):
            return True
    return False


def assigned_once(tree: SyntaxTree, name: Node, *, read_elsewhere: bool) -> Node | None:
    """Find the one value that a name is given, before this use of it and in the same function.

    None where it is given several, is a parameter, or, unless `read_elsewhere`, is read in other places too.
    """
    function = enclosing(name, "function_definition", "lambda", "module")
    word = text_of(tree, name)
    if function is None:
        return None
    found = [node for node in walk(function) if node.type == "identifier" and text_of(tree, node) == word and not _is_label(node)]
    assigned = [node.parent for node in found if node.parent is not None and node.parent.child_by_field_name("left") == node]
    others = len(found) - len(assigned) - 1
    if (
        len(assigned) != 1
        or assigned[0].type != "assignment"
        or assigned[0].start_byte > name.start_byte
        or (others and not read_elsewhere)
    ):
        return None
    parameters = function.child_by_field_name("parameters")
    if parameters is not None and word in _bound(tree, parameters):
        return None
    right = assigned[0].child_by_field_name("right")
    return right.named_children[0] if right is not None and right.type == "parenthesized_expression" else right


def given_at_top(tree: SyntaxTree, name: str) -> Node | None:
    """Find the one value that a module gives a name at its top level."""
    given = [
        node.children[0].child_by_field_name("right")
        for node in tree.tree.root_node.children
        if node.type == "expression_statement" and node.children and node.children[0].type == "assignment"
        and (left := node.children[0].child_by_field_name("left")) is not None and text_of(tree, left) == name
    ]  # fmt: skip
    return given[0] if len(given) == 1 else None


def made_at_top(tree: SyntaxTree, name: str) -> str:
    """Return the variable that a module gives what it makes with a class of this dotted name; "" where there is none."""
    module, _, last = name.rpartition(".")
    if not any(have.module.partition(".")[0] == module.partition(".")[0] for have in imported(tree)):
        return ""
    for node in tree.tree.root_node.children:
        assignment = node.children[0] if node.type == "expression_statement" and node.children else None
        left, right = (assignment.child_by_field_name(side) if assignment is not None else None for side in ("left", "right"))
        callee = right.child_by_field_name("function") if right is not None and right.type == "call" else None
        if left is not None and callee is not None and text_of(tree, callee).rpartition(".")[2] == last:
            return text_of(tree, left)
    return ""


def declared_type(tree: SyntaxTree, name: Node) -> str:
    """Return the type that a function declares for the parameter a name stands for; "" where it is none, or has none."""
    function = enclosing(name, "function_definition", "lambda", "module")
    parameters = function.child_by_field_name("parameters") if function is not None else None
    if name.type != "identifier" or parameters is None:
        return ""
    for parameter in parameters.named_children:
        declared = parameter.child_by_field_name("type")
        named = parameter.child_by_field_name("name") or (parameter.named_children[0] if parameter.named_children else None)
        if declared is not None and named is not None and text_of(tree, named) == text_of(tree, name):
            return text_of(tree, declared)
    return ""


def free_name(tree: SyntaxTree, place: Node, wanted: str) -> str:
    """Return a name that nothing in the function around a place uses yet: the wanted one, or one like it."""
    function = enclosing(place, "function_definition", "module")
    used = {text_of(tree, node) for node in walk(function) if node.type == "identifier" and not _is_label(node)} if function else set()
    word = wanted if wanted.isidentifier() and not keyword.iskeyword(wanted) else "chosen"
    return next(name for name in (word, f"chosen_{word}", *(f"{word}_{number}" for number in range(2, 1000))) if name not in used)


def _is_label(node: Node) -> bool:
    """Tell whether an identifier names an attribute or a keyword, no variable."""
    around = node.parent
    if around is None:
        return False
    return (around.type == "attribute" and around.child_by_field_name("attribute") == node) or (
        around.type == "keyword_argument" and around.child_by_field_name("name") == node
    )


def _bound(tree: SyntaxTree, target: Node) -> set[str]:
    """List the names that a target binds; `self.name` binds none."""
    if target.type == "identifier":
        return {text_of(tree, target)}
    if target.type in {"default_parameter", "typed_default_parameter"}:
        name = target.child_by_field_name("name")
        return _bound(tree, name) if name else set()
    if target.type == "typed_parameter":
        return _bound(tree, target.children[0])
    if target.type in _NESTS:
        return {name for child in target.children for name in _bound(tree, child)}
    return set()


def _renamed(tree: SyntaxTree, node: Node) -> tuple[str, str]:
    if node.type != "aliased_import":
        return text_of(tree, node), ""
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    return text_of(tree, name) if name else "", text_of(tree, alias) if alias else ""
