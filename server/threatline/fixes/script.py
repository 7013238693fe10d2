"""Write fixes into TypeScript and JavaScript: keys of option objects, calls, values, checks before a statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tree_sitter import Node

from threatline.fixes.arguments import add_behind, items, without_member
from threatline.fixes.edit import TextEdit
from threatline.fixes.guards import LISTS
from threatline.fixes.locate import (
    call_at,
    indent_at,
    insert,
    line_end,
    line_start,
    newline_of,
    node_at,
    replace,
    starts_line,
    statement_of,
    text_of,
    walk,
)
from threatline.fixes.script_commands import command_of
from threatline.fixes.script_imports import joined, refer
from threatline.fixes.target import Target
from threatline.knowledge.catalog import Put
from threatline.syntax import SyntaxTree

_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
_EFFECTS = frozenset(
    {"call_expression", "new_expression", "await_expression", "yield_expression", "update_expression", "assignment_expression"}
)
_OTHER_TIMES = frozenset({
    "arrow_function", "function_expression", "ternary_expression", "for_statement", "while_statement", "do_statement", "switch_case",
    "else_clause", "class_body", "jsx_expression",
})  # fmt: skip

CHECKS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "ctl-path-confine": (
            "!{resolve}({value}).startsWith(process.cwd() + {sep})", "outside the folder that is meant", "node:path",
        ),
        "ctl-url-allowlist": ("!ALLOWED_HOSTS.has(new URL({value}).hostname)", "the host is not on the list", ""),
        "ctl-shell-allowlist": ("!ALLOWED_COMMANDS.has({value})", "not on the list", ""),
        "ctl-tool-arg-schema": ('{value}.startsWith("-")', "an option is not allowed here", ""),
    }
)  # fmt: skip
"""What is asked for each control, with `{value}` for the value that is checked, what is said where it fails, and the module it needs."""


def _call(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Write everything that the catalog says of a call."""
    call = call_at(target.tree, target.at)
    if call is None or call.type not in {"call_expression", "new_expression"}:
        return ()
    steps = [*_steps(target, call, put)]
    return tuple(edit for step in steps for edit in step) if steps and all(steps) else ()


def _steps(target: Target, call: Node, put: Put) -> Iterator[tuple[TextEdit, ...]]:
    tree = target.tree
    if put.wrap == "list":
        yield _listed(tree, call)
    if put.call:
        yield _replaced_callee(tree, call, put)
    if put.remove:
        yield _dropped(tree, call, put.remove)
    if put.argument and put.value:
        yield _put_key(tree, call, put.argument, put.value)


def _listed(tree: SyntaxTree, call: Node) -> tuple[TextEdit, ...]:
    """Write a command line as a program and its list of arguments; refuse values that would be read as options."""
    arguments = call.child_by_field_name("arguments")
    given = items(arguments) if arguments is not None else []
    command = command_of(tree, given[0]) if given else None
    if command is None or any(_pair(tree, option, "shell") is not None for option in given[1:] if option.type == "object"):
        return ()
    program, *members = command.members
    checks = [_before(tree, node, "ctl-tool-arg-schema", written) for node, written in command.leading]
    return (*(edit for check in checks for edit in check), replace(tree, given[0], f"{program}, [{', '.join(members)}]"))


def _replaced_callee(tree: SyntaxTree, call: Node, put: Put) -> tuple[TextEdit, ...]:
    callee = call.child_by_field_name("function")
    if callee is None:
        return ()
    if callee.type == "member_expression":
        method = callee.child_by_field_name("property")
        return (replace(tree, method, put.call.rpartition(".")[2]),) if method is not None and put.import_ else ()
    reference = refer(tree, put.call, put.import_)
    return () if reference is None else (*reference.edits, replace(tree, callee, reference.text))


def _put_key(tree: SyntaxTree, call: Node, argument: str, value: str) -> tuple[TextEdit, ...]:
    """Set a key of an options object (`1.timeout`), or pass the object where none is passed yet."""
    place, _, key = argument.partition(".")
    arguments = call.child_by_field_name("arguments")
    if arguments is None or not place.isdigit() or not key or "." in key:
        return ()
    given, position = items(arguments), int(place)
    if any(child.type == "spread_element" for child in given[: position + 1]) or position > len(given):
        return ()
    if position == len(given):
        return (
            add_behind(tree, arguments, given[-1], f"{{ {key}: {value} }}")
            if given
            else (insert(tree, arguments.start_byte + 1, f"{{ {key}: {value} }}"),)
        )
    options = given[position]
    if options.type in _FUNCTIONS:
        return (insert(tree, options.start_byte, f"{{ {key}: {value} }}, "),)
    if options.type != "object":
        return ()
    pair = _pair(tree, options, key)
    if pair is not None:
        old = pair.child_by_field_name("value")
        return (replace(tree, old, value),) if old is not None and text_of(tree, old) != value else ()
    members = items(options)
    if any(child.type == "spread_element" or text_of(tree, child) == key for child in members):
        return ()
    if not members:
        return (insert(tree, options.start_byte + 1, f" {key}: {value} "),)
    return add_behind(tree, options, members[-1], f"{key}: {value}")


def _dropped(tree: SyntaxTree, call: Node, argument: str) -> tuple[TextEdit, ...]:
    place, _, key = argument.partition(".")
    arguments = call.child_by_field_name("arguments")
    given = items(arguments) if arguments is not None else []
    options = given[int(place)] if place.isdigit() and int(place) < len(given) else None
    pair = _pair(tree, options, key) if options is not None and options.type == "object" else None
    return () if pair is None or options is None else (TextEdit(tree.source.id, without_member(tree, options, pair), ""),)


def _pair(tree: SyntaxTree, options: Node, key: str) -> Node | None:
    for pair in options.named_children:
        name = pair.child_by_field_name("key") if pair.type == "pair" else None
        if name is not None and text_of(tree, name).strip("\"'") == key:
            return pair
    return None


def _value(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Replace a value by other source text."""
    if put.argument or put.call or put.remove:
        return _call(target, put)
    node = node_at(target.tree, target.value or target.at)
    return (replace(target.tree, node, put.value),) if node is not None and node.type in {"string", "template_string"} and put.value else ()


def _guard(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Check a value before the statement that uses it. `put.value` names the control."""
    node = node_at(target.tree, target.at)
    if node is None or put.value not in CHECKS or any(part.type in _EFFECTS for part in walk(node)):
        return ()
    composed = node.type in {"template_string", "binary_expression"}
    if composed and put.value in {"ctl-shell-allowlist", "ctl-tool-arg-schema"}:
        return ()
    return _before(target.tree, node, put.value, text_of(target.tree, node))


def _before(tree: SyntaxTree, node: Node, control: str, value: str) -> tuple[TextEdit, ...]:
    test, said, module = CHECKS[control]
    statement, text = statement_of(node), tree.source.text
    if not _evaluated_once(node, statement) or not starts_line(text, statement.start_byte):
        return ()
    edits: list[TextEdit] = []
    for name in ("resolve", "sep") if module else ():
        reference = refer(tree, name, f'import {{ {name} }} from "{module}"')
        if reference is None:
            return ()
        edits += reference.edits
        test = test.replace(f"{{{name}}}", reference.text)
    newline, indent = newline_of(tree), indent_at(text, statement.start_byte)
    step = "\t" if indent.startswith("\t") else "  "
    semicolon = ";" if b";" in text else ""
    lines = [f"if ({test.replace('{value}', value)}) {{", f'{step}throw new Error("{said}"){semicolon}', "}"]
    listed = LISTS.get(control)
    declared = _declared(tree, listed.name, listed.comment, semicolon) if listed is not None and listed.name in test else ()
    written = "".join(f"{indent}{line}{newline}" for line in lines)
    return *joined(edits), *declared, insert(tree, line_start(text, statement.start_byte), written)


def _declared(tree: SyntaxTree, name: str, comment: str, semicolon: str) -> tuple[TextEdit, ...]:
    """Declare a list of the module's own, empty, behind its imports."""
    statements = tree.tree.root_node.named_children
    if any(f"{name} =" in text_of(tree, node).partition("{")[0] for node in statements):
        return ()
    kind = "<string>" if tree.source.language == "typescript" and not tree.source.id.endswith((".js", ".jsx", ".mjs", ".cjs")) else ""
    newline = newline_of(tree)
    line = f"const {name} = new Set{kind}(){semicolon} // {comment}"
    imports = [node for node in statements if node.type == "import_statement" or "require(" in text_of(tree, node).partition("\n")[0]]
    if imports:
        return (insert(tree, line_end(tree.source.text, imports[-1].end_byte), newline * 2 + line),)
    first = next((node for node in statements if node.type not in {"comment", "hash_bang_line"}), None)
    return (insert(tree, first.start_byte if first is not None else 0, line + newline * 2),)


def _evaluated_once(node: Node, statement: Node) -> bool:
    """Tell whether a statement right before this one runs exactly where the node is evaluated."""
    child, around = node, node.parent
    while around is not None and around != statement.parent:
        if around.type in _OTHER_TIMES or (around.type == "if_statement" and around.child_by_field_name("condition") != child):
            return False
        if around.type == "binary_expression" and any(part.type in {"&&", "||", "??"} for part in around.children):
            return False
        child, around = around, around.parent
    return True


SCRIPT: Mapping[str, Callable[[Target, Put], tuple[TextEdit, ...]]] = MappingProxyType(
    {
        "add_argument": _call,
        "set_argument": _call,
        "remove_argument": _call,
        "replace_call": _call,
        "replace_value": _value,
        "insert_before": _guard,
    }
)
