"""Write Python imports where they belong, and spell an imported name as the file does."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from threatline.fixes.arguments import add_behind
from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import insert, line_end, newline_of, text_of
from threatline.fixes.names import IMPORTS, Wanted, imported, is_taken, module_of, read_imports
from threatline.syntax import SyntaxTree

_DEFINITIONS = frozenset({"function_definition", "class_definition", "decorated_definition"})


@dataclass(frozen=True, slots=True)
class Reference:
    """How an edit may spell a name, and the import edits it needs."""

    text: str
    edits: tuple[TextEdit, ...]


def spell(tree: SyntaxTree, text: str, imports: str) -> Reference | None:
    """Spell source text in this file; the names in it that `imports` (statements, one a line) bind are imported where they are not yet.

    Uses the file's own spelling where it has one (`import yaml as y` gives `y.safe_load`), and another one where the usual name is taken.
    Gives None where no free name is left.
    """
    edits: list[TextEdit] = []
    for wanted in read_imports(imports):
        used = re.search(rf"(?<![\w.])({'|'.join(map(re.escape, _full_names(wanted)))})(\.\w+)*", text)
        rest = None if used is None else _rest(wanted, used[0])
        if used is None or rest is None:
            continue
        reference = _refer(tree, wanted, rest)
        if reference is None:
            return None
        edits += reference.edits
        text = text[: used.start()] + reference.text + text[used.end() :]
    return Reference(text, tuple(edits))


def import_of(dotted: str) -> str:
    """Return the statement that imports what a dotted name begins with: its module, which ends before the first class."""
    parts = dotted.partition("(")[0].split(".")[:-1]
    module = parts[: next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts))]
    return f"import {'.'.join(module)}" if module else ""


def _full_names(wanted: Wanted) -> list[str]:
    """List the ways in which a text may speak of an imported name, the longest first."""
    return [f"{wanted.module}.{wanted.name}", wanted.bound] if wanted.name else [wanted.bound]


def _refer(tree: SyntaxTree, wanted: Wanted, rest: str) -> Reference | None:
    """Spell an imported name and what stands behind it."""
    for have in imported(tree):
        if (have.module, have.name) == (wanted.module, wanted.name):
            return Reference(_spelled(have, rest), ())
        if not wanted.name and rest and (have.module, have.name) == (wanted.module, rest.partition(".")[0]):
            return Reference(_spelled(have, rest.partition(".")[2]), ())
    candidates = list(_candidates(wanted, rest))
    if any(have.name and have.module == wanted.module for have in imported(tree)):
        # A file that takes names out of this module takes one more.
        candidates.sort(key=lambda candidate: not candidate[0].name)
    for candidate, text in candidates:
        if not is_taken(tree, candidate):
            return Reference(text, add_import(tree, candidate))
    return None


def add_import(tree: SyntaxTree, wanted: Wanted) -> tuple[TextEdit, ...]:
    """Import a name at module level: in the statement or the group it belongs to, else in a place of its own.

    Gives nothing where it is imported already.
    """
    if wanted in imported(tree):
        return ()
    statements = [node for node in tree.tree.root_node.children if node.is_named]
    imports = leading_imports(statements)
    for node in imports:
        if wanted.name and node.type == "import_from_statement" and module_of(tree, node) == wanted.module and not _takes_all(node):
            return _extended(tree, node, wanted)
    same = [node for node in imports if _group(module_of(tree, node)) == _group(wanted.module)]
    if same:
        return _into_group(tree, same, wanted)
    return _own_group(tree, statements, imports, wanted)


def _rest(wanted: Wanted, dotted: str) -> str | None:
    """Return what of a dotted name stands behind the imported part; None where the import is of something else."""
    first, _, behind = dotted.partition(".")
    if first == wanted.bound and (wanted.name or wanted.alias):
        return behind
    full = f"{wanted.module}.{wanted.name}" if wanted.name else wanted.module
    if dotted == full or dotted.startswith(full + "."):
        return dotted[len(full) + 1 :]
    return None


def _candidates(wanted: Wanted, rest: str) -> Iterator[tuple[Wanted, str]]:
    """Give ways to import the same thing and to spell it then, the usual one first."""
    yield wanted, _spelled(wanted, rest)
    if not wanted.name and rest and "." not in rest:
        alias = f"{wanted.module.replace('.', '_')}_{rest}"
        yield Wanted(wanted.module, rest), rest
        yield Wanted(wanted.module, rest, alias), alias
    elif wanted.name:
        renamed = Wanted(wanted.module, wanted.name, f"{wanted.module.rpartition('.')[2]}_{wanted.name}")
        yield renamed, _spelled(renamed, rest)


def _spelled(have: Wanted, rest: str) -> str:
    base = have.alias or have.name or have.module
    return f"{base}.{rest}" if rest else base


def leading_imports(statements: list[Node]) -> list[Node]:
    """List the imports that stand before the first definition; later ones may come too late for a use at module level."""
    first = next((node.start_byte for node in statements if node.type in _DEFINITIONS), None)
    return [node for node in statements if node.type in IMPORTS and (first is None or node.start_byte < first)]


def _group(module: str) -> int:
    """Tell an import's group: the standard library, other packages, the project's own relative ones."""
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _takes_all(node: Node) -> bool:
    return any(child.type == "wildcard_import" for child in node.children)


def _extended(tree: SyntaxTree, node: Node, wanted: Wanted) -> tuple[TextEdit, ...]:
    """Add a name to a `from` import that is there."""
    item = f"{wanted.name} as {wanted.alias}" if wanted.alias else wanted.name
    last = node.children_by_field_name("name")[-1]
    names = node.children_by_field_name("name")
    keys = [_order(text_of(tree, name)) for name in names]
    one_line = b"\n" not in tree.source.text[node.start_byte : node.end_byte]
    if one_line and keys == sorted(keys):
        later = next((name for name, key in zip(names, keys, strict=True) if key > _order(item)), None)
        if later is not None:
            return (insert(tree, later.start_byte, f"{item}, "),)
    if node.children[-1].type == ")":
        return add_behind(tree, node, last, item)
    return (insert(tree, last.end_byte, f", {item}"),)


def _order(name: str) -> tuple[int, str]:
    """Order names as import sorters do: constants, classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)


def _into_group(tree: SyntaxTree, group: list[Node], wanted: Wanted) -> tuple[TextEdit, ...]:
    """Add a line to a group of imports, in alphabetical order where the group has one."""
    key = (bool(wanted.name), wanted.module)
    before = [node for node in group if (node.type == "import_from_statement", module_of(tree, node)) <= key]
    if before:
        return (_line_behind(tree, before[-1], wanted.statement),)
    return (insert(tree, group[0].start_byte, wanted.statement + newline_of(tree)),)


def _own_group(tree: SyntaxTree, statements: list[Node], imports: list[Node], wanted: Wanted) -> tuple[TextEdit, ...]:
    """Open a group of its own: behind the groups that come earlier, before those that come later."""
    newline = newline_of(tree)
    earlier = [node for node in imports if _group(module_of(tree, node)) < _group(wanted.module)]
    if earlier:
        apart = newline if _blank_behind(tree, earlier[-1]) else ""
        return (_line_behind(tree, earlier[-1], apart + wanted.statement),)
    if imports:
        return (insert(tree, imports[0].start_byte, wanted.statement + newline * 2),)
    head = head_of(tree, statements)
    if head is not None:
        return (_line_behind(tree, head, newline + wanted.statement + ("" if _blank_behind(tree, head) else newline)),)
    first = statements[0] if statements else None
    return (insert(tree, first.start_byte if first else len(tree.source.text), wanted.statement + newline * (3 if first else 1)),)


def head_of(tree: SyntaxTree, statements: list[Node]) -> Node | None:
    """Find what an import must stand behind: future imports, else the docstring, else comments that stand for themselves."""
    head: Node | None = None
    comments: Node | None = None
    for node in statements:
        if node.type == "comment":
            comments = node
            if _blank_behind(tree, node) or tree.source.text[node.start_byte : node.end_byte].startswith(b"#!"):
                head = node
            continue
        docstring = node.type == "expression_statement" and node.children[0].type in {"string", "concatenated_string"}
        if not (node.type == "future_import_statement" or (docstring and (head is None or head == comments))):
            break
        head = node
    return head


def _blank_behind(tree: SyntaxTree, node: Node) -> bool:
    """Tell whether the line behind a node's last one is empty, or the file ends there."""
    text = tree.source.text
    end = line_end(text, node.end_byte)
    behind = end + (2 if text[end : end + 2] == b"\r\n" else 1)
    return not text[behind : line_end(text, behind)].strip()


def _line_behind(tree: SyntaxTree, node: Node, text: str) -> TextEdit:
    return insert(tree, line_end(tree.source.text, node.end_byte), newline_of(tree) + text)


def in_groups(edits: tuple[TextEdit, ...]) -> tuple[TextEdit, ...]:
    """Join imports that open a group of their own at one place: one blank line stands behind them all, or before them."""
    found: list[TextEdit] = []
    for edit in edits:
        last = found[-1] if found else None
        if last is not None and last.span == edit.span and last.file == edit.file and _is_import(last.text) and _is_import(edit.text):
            newline = "\r\n" if edit.text.endswith("\r\n") or edit.text.startswith("\r\n") else "\n"
            if last.text.endswith(newline * 2):
                found[-1] = TextEdit(last.file, last.span, last.text.removesuffix(newline))
            elif edit.text.startswith(newline * 2):
                edit = TextEdit(edit.file, edit.span, edit.text.removeprefix(newline))  # noqa: PLW2901 - the same edit, without its gap
            same = _same_module(last.text, edit.text)
            if same:
                found[-1] = TextEdit(last.file, last.span, same)
                continue
        found.append(edit)
    return tuple(found)


def _same_module(first: str, second: str) -> str:
    """Join two `from` imports of one module; "" where they are of two."""
    module, _, names = first.strip().partition(" import ")
    other, _, more = second.strip().partition(" import ")
    if not module.startswith("from ") or module != other:
        return ""
    joined = ", ".join(sorted({*names.split(", "), *more.split(", ")}, key=_order))
    return first.replace(names, joined, 1) if first.startswith(("\n", "\r")) else second.replace(more, joined, 1)


def _is_import(text: str) -> bool:
    return text.strip().startswith(("import ", "from ")) and "\n" not in text.strip()
