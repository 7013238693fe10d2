"""Checks that stand before a call: they need no library, so no catalog file tells how they are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tree_sitter import Node

from threatline.fixes.arguments import argument_at
from threatline.fixes.constants import declare
from threatline.fixes.edit import TextEdit
from threatline.fixes.locate import replace, text_of, walk
from threatline.fixes.names import assigned_once, free_name
from threatline.fixes.pieces import pieces_of
from threatline.fixes.statements import evaluated_once, put_before
from threatline.knowledge.catalog import Put
from threatline.syntax import SyntaxTree


class Listed(NamedTuple):
    """A list of the project's own that is asked. It begins empty: who is meant is for people to say, and until then nobody is."""

    name: str
    comment: str


LISTS: Mapping[str, Listed] = MappingProxyType(
    {
        "ctl-url-allowlist": Listed("ALLOWED_HOSTS", "the hosts that may be called"),
        "ctl-shell-allowlist": Listed("ALLOWED_COMMANDS", "the commands that may be run"),
        "ctl-no-remote-code": Listed("ALLOWED_MODULES", "the modules that may be loaded"),
        "ctl-safe-deserialise": Listed("ALLOWED_MODULES", "the modules that may be loaded"),
        "ctl-mcp-trust-review": Listed("ALLOWED_SERVERS", "the servers that may be started"),
        "ctl-recipient-allowlist": Listed("ALLOWED_RECIPIENTS", "who may be written to"),
        "ctl-hash-verify": Listed("KNOWN_DIGESTS", "SHA-256 digests of the files that may be loaded"),
    }
)


def _member(control: str) -> Put:
    return Put(value=f'if {{value}} not in {LISTS[control].name}:\n    raise PermissionError("not on the list")')


def no_options(value: str) -> Put:
    """Refuse a value that a program would read as an option."""
    return Put(value=f'if {value}.startswith("-"):\n    raise ValueError("an option is not allowed here")')


GUARDS: Mapping[str, Put] = MappingProxyType(
    {
        "ctl-path-confine": Put(
            value="if not Path({value}).resolve().is_relative_to(Path.cwd()):\n"
            '    raise PermissionError("outside the folder that is meant")',
            import_="from pathlib import Path",
        ),
        "ctl-url-allowlist": Put(
            value='if urlsplit({value}).hostname not in ALLOWED_HOSTS:\n    raise PermissionError("the host is not on the list")',
            import_="from urllib.parse import urlsplit",
        ),
        "ctl-hash-verify": Put(
            value="if sha256(Path({value}).read_bytes()).hexdigest() not in KNOWN_DIGESTS:\n"
            '    raise PermissionError("the file is not one of those that are known")',
            import_="from hashlib import sha256\nfrom pathlib import Path",
        ),
        "ctl-tool-arg-schema": no_options("{value}"),
        **{control: _member(control) for control in LISTS if control not in {"ctl-url-allowlist", "ctl-hash-verify"}},
    }
)
"""What is written for each control, with `{value}` for the value that is checked."""

_NO_OPTION = 'raise ValueError("an option is not allowed here")'
_PLAIN = frozenset({"identifier", "attribute", "subscript"})
_TEXTS = frozenset({"string", "concatenated_string", "binary_operator"})
_EFFECTS = frozenset({"call", "await", "yield", "named_expression", "lambda", "list_comprehension", "generator_expression"})


def put_guard(tree: SyntaxTree, value: Node, put: Put) -> tuple[TextEdit, ...]:
    """Check a value before the statement that uses it.

    A value that is more than a name is given one first where the check must see the very same value. Gives nothing where the check would
    be made at another time than the use: in a loop's condition, in a comprehension, behind an `and`.
    """
    if not evaluated_once(tree, value) or value.has_error:
        return ()
    if put.value.endswith(_NO_OPTION):
        return _no_options(tree, value, put)
    listed = next((listed for listed in LISTS.values() if listed.name in put.value), None)
    if put.value.startswith("if {value} not in "):
        edits = _of_the_same(tree, value, put)
    elif any(node.type in _EFFECTS for node in walk(value)):
        return ()
    else:
        base = _base_of(tree, value) if put == GUARDS["ctl-path-confine"] else ""
        template = put.value.replace("Path.cwd()", f"Path({base}).resolve()") if base else put.value
        edits = put_before(tree, value, template, put.import_)
    return (*edits, *declare(tree, listed.name, "frozenset[str] = frozenset()", listed.comment)) if edits and listed else edits


def _of_the_same(tree: SyntaxTree, value: Node, put: Put) -> tuple[TextEdit, ...]:
    """Check a name's value; a value that has none yet gets one."""
    if value.type in _TEXTS or (value.type == "identifier" and _is_put_together(tree, value)):
        return ()  # A list of every whole text that may come out would be no list.
    if value.type == "identifier":
        return put_before(tree, value, put.value, put.import_)
    word = text_of(tree, value).rpartition(".")[2] if value.type == "attribute" else "chosen"
    name = free_name(tree, value, word)
    edits = put_before(tree, value, f"{name} = {{value}}\n{put.value.replace('{value}', name)}", put.import_)
    return (*edits, replace(tree, value, name)) if edits else ()


def _no_options(tree: SyntaxTree, value: Node, put: Put) -> tuple[TextEdit, ...]:
    """Refuse values that begin with a dash: the named members of a list of arguments."""
    members = [child for child in value.named_children if child.type in _PLAIN] if value.type in {"list", "tuple"} else [value]
    guarded = [node for node in members if node.type in _PLAIN and not text_of(tree, node).rpartition(".")[2].isupper()]
    if any(node.type in _EFFECTS for member in guarded for node in walk(member)):
        return ()
    return tuple(edit for node in guarded for edit in put_before(tree, node, put.value, put.import_))


def _is_put_together(tree: SyntaxTree, name: Node) -> bool:
    given = assigned_once(tree, name, read_elsewhere=True)
    return given is not None and given.type in _TEXTS


def _base_of(tree: SyntaxTree, path: Node) -> str:
    """Return the folder that a path is joined to, here or where its name is given; "" where none is seen."""
    joined = assigned_once(tree, path, read_elsewhere=True) if path.type == "identifier" else path
    left = None
    if joined is not None and joined.type == "binary_operator" and tree.source.text[slice(*_operator(joined))] == b"/":
        left = joined.child_by_field_name("left")
    elif joined is not None and joined.type == "call" and text_of(tree, joined).startswith(("os.path.join(", "path.join(")):
        left = argument_at(joined, 0)
    if left is None and joined is not None and joined.type in _TEXTS:
        return _leading_folder(tree, joined)
    if left is None or left.type not in {"identifier", "attribute", "string"} or any(node.type == "interpolation" for node in walk(left)):
        return ""
    return text_of(tree, left)


def _leading_folder(tree: SyntaxTree, text: Node) -> str:
    """Write the folder that a text begins with; "" where it begins with none."""
    pieces = pieces_of(tree, text)
    first = pieces[0] if pieces else None
    folder = "" if first is None or first.value is not None else first.text.rpartition("/")[0]
    return json.dumps(folder, ensure_ascii=False) if folder else ""


def _operator(node: Node) -> tuple[int, int]:
    operator = node.child_by_field_name("operator")
    return (0, 0) if operator is None else operator.byte_range
