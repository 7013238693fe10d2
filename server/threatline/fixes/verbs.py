"""What each verb of a mitigation writes, given the places and how the catalog puts the control in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tree_sitter import Node

from threatline.fixes.arguments import argument_at, argument_of, drop_argument, pass_rest, put_argument, put_item, surplus
from threatline.fixes.commands import is_put_together, put_list
from threatline.fixes.constants import bound_at_top, define
from threatline.fixes.edit import TextEdit, ordered
from threatline.fixes.guards import put_guard
from threatline.fixes.hidden import remove_hidden
from threatline.fixes.imports import add_import, in_groups, spell
from threatline.fixes.locate import call_at, decorators_of, docstring_of, insert, node_at
from threatline.fixes.names import made_at_top, read_imports
from threatline.fixes.queries import bind_values
from threatline.fixes.redacting import MASK, drop_pair, redact
from threatline.fixes.roles import move_to_role
from threatline.fixes.script import SCRIPT
from threatline.fixes.sentences import remove_sentences
from threatline.fixes.statements import put_decorator, put_parameter
from threatline.fixes.target import Target
from threatline.fixes.texts import wrap
from threatline.fixes.values import maker_of, replace_callee, replace_value, wrap_value
from threatline.knowledge.catalog import Put
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

REDACTED = Put(value=MASK)
"""What is written in a secret's place."""

KEEP = (TextEdit("", Span(0, 0), ""),)
"""Edits that change nothing: what they stand for is there already."""

Writer = Callable[[Target, Put], tuple[TextEdit, ...]]


def write(verb: str, target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Make the edits of a verb; none where the text there does not allow them, or has them already."""
    writer = (PYTHON if target.tree.source.language == "python" else SCRIPT).get(verb)
    return () if writer is None else in_groups(ordered(edit for edit in writer(target, put) if edit not in KEEP))


def _call(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Write everything that the catalog says of a call: another callee, arguments to set or to drop, a value to wrap."""
    call = call_at(target.tree, target.at)
    if call is None:
        return _bare_decorator(target, put)
    return _at_call(target, call, put)


def _at_call(target: Target, call: Node, put: Put) -> tuple[TextEdit, ...]:
    steps = [*_value_steps(target, call, put), *_callee_steps(target.tree, call, put)]
    if put.remove:
        steps.append(drop_argument(target.tree, call, put.remove))
    if put.argument and put.value:
        steps.append(_put_argument(target.tree, call, put))
    if put.define:
        steps.append(_define(target.tree, call, put))
    # Half of a fix may be worse than none: `shell=False` without a list of arguments runs nothing.
    return tuple(edit for step in steps for edit in step) if steps and all(steps) else ()


def _value_steps(target: Target, call: Node, put: Put) -> Iterator[tuple[TextEdit, ...]]:
    """Write what happens to the value that the finding is about."""
    if not put.wrap:
        return
    value = _value_in(target, call)
    if value is None:
        yield ()
        return
    spread = put.wrap.startswith("*")
    if not put.wrap.endswith("shlex.split"):
        yield wrap(target.tree, value, put.wrap, put.import_)
        return
    listed = put_list(target.tree, value, spread=spread)
    # What is put together of words and values is split before the values are in it, or not at all: they may hold spaces and quotes.
    yield listed or (() if is_put_together(target.tree, value) else wrap_value(target.tree, value, put.wrap, put.import_))


def _callee_steps(tree: SyntaxTree, call: Node, put: Put) -> Iterator[tuple[TextEdit, ...]]:
    """Write what is called instead, and what it needs besides."""
    if put.receiver:
        made = maker_of(tree, call)
        yield () if made is None else replace_callee(tree, made, put.receiver, put.import_)
    if not put.call:
        return
    used = call.parent is not None and call.parent.type not in {"expression_statement", "await"}
    yield replace_callee(tree, call, put.used if put.used and used else put.call, put.import_)
    if put.takes >= 0 and (extra := surplus(tree, call, put.takes)) != ():
        yield extra or ()
    for name, value in put.arguments.items():
        reference = spell(tree, value, put.import_)
        yield () if reference is None else (*reference.edits, *put_argument(tree, call, name, reference.text))
    if put.rest:
        yield pass_rest(tree, call, put.rest)
    if put.then:
        yield (insert(tree, call.end_byte, put.then),)


def _define(tree: SyntaxTree, place: Node, put: Put) -> tuple[TextEdit, ...]:
    """Write the function that a fix needs, above the definition that a place belongs to."""
    name = put.define.partition("def ")[2].partition("(")[0]
    if name in bound_at_top(tree):
        return KEEP
    reference = spell(tree, put.define, put.import_)
    edits = define(tree, place, name, reference.text) if reference is not None else ()
    return (*reference.edits, *edits) if reference is not None and edits else ()


def _bare_decorator(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Give a decorator that is not called its first argument."""
    node = node_at(target.tree, target.at)
    named = decorators_of(node) if node is not None else []
    if len(named) == 1 and named[0].type == "call":
        return _at_call(target, named[0], put)
    reference = spell(target.tree, put.value, put.import_)
    if node is None or node.parent is None or node.parent.type != "decorator" or reference is None or not (put.argument and put.value):
        return ()
    return *reference.edits, insert(target.tree, node.end_byte, f"({put.argument}={reference.text})")


def _put_argument(tree: SyntaxTree, call: Node, put: Put) -> tuple[TextEdit, ...]:
    reference = spell(tree, put.value, put.import_)
    if reference is None:
        return ()
    write_it = put_item if put.item else put_argument
    edits = write_it(tree, call, put.argument, reference.text)
    return (*reference.edits, *edits) if edits else ()


def _value_in(target: Target, call: Node) -> Node | None:
    """Find the argument of a call that the finding is about; the first one where none is known."""
    for span in (target.at, target.value):
        found = None if span is None else argument_of(call, node_at(target.tree, span))
        if found is not None:
            return found
    return argument_at(call, 0)


def _wrap(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Wrap the finding's value, or that of the call at the place."""
    if call_at(target.tree, target.at) is not None:
        return _call(target, put)
    value = node_at(target.tree, target.value or target.at)
    return wrap(target.tree, value, put.wrap, put.import_) if value is not None and put.wrap else ()


def _replace(target: Target, put: Put) -> tuple[TextEdit, ...]:
    if put.argument:
        return _call(target, put)
    value = node_at(target.tree, target.value or target.at)
    if value is not None and put == REDACTED:
        return redact(target.tree, value, target.source) if target.source is not None else ()
    return replace_value(target.tree, value, put.value, put.import_) if value is not None and put.value else ()


def _bind(target: Target, put: Put) -> tuple[TextEdit, ...]:
    call = call_at(target.tree, target.at)
    return bind_values(target.tree, call, put.value or "?") if call is not None else ()


def _decorate(target: Target, put: Put) -> tuple[TextEdit, ...]:
    """Put a decorator on the function at the place; where the function's own decorator takes the control as an argument, pass it there."""
    node = node_at(target.tree, target.value or target.at)
    if node is None or not put.decorator:
        return _call(target, put)
    decorator = put.decorator
    if put.made_by:
        made = made_at_top(target.tree, put.made_by)
        if not made:
            return ()
        decorator = decorator.replace("{made}", made)
    edits = put_decorator(target.tree, node, decorator, put.import_)
    helper = _define(target.tree, node, put) if put.define else KEEP
    parameter = put_parameter(target.tree, node, put.parameter, put.import_) if put.parameter else KEEP
    return (*edits, *helper, *(KEEP if parameter is None else parameter)) if edits and helper and parameter != () else ()


def _before(target: Target, put: Put) -> tuple[TextEdit, ...]:
    node = node_at(target.tree, target.at)
    return put_guard(target.tree, node, put) if node is not None and put.value else ()


def _move(target: Target, _put: Put) -> tuple[TextEdit, ...]:
    node = node_at(target.tree, target.at)
    return move_to_role(target.tree, node) if node is not None else ()


def _remove_text(target: Target, _put: Put) -> tuple[TextEdit, ...]:
    node = node_at(target.tree, target.at)
    docstring = docstring_of(node) if node is not None else None
    hidden = remove_hidden(target.tree, target.at if docstring is None else Span(*docstring.byte_range))
    if hidden or target.found is None:
        return hidden
    return tuple(edit for span in target.texts for edit in remove_sentences(target.tree, span, target.found))


def _remove_key(target: Target, _put: Put) -> tuple[TextEdit, ...]:
    return drop_pair(target.tree, target.source) if target.source is not None else ()


def _import(target: Target, put: Put) -> tuple[TextEdit, ...]:
    return tuple(edit for wanted in read_imports(put.import_) for edit in add_import(target.tree, wanted))


PYTHON: Mapping[str, Writer] = MappingProxyType(
    {
        "add_argument": _call,
        "set_argument": _call,
        "remove_argument": _call,
        "replace_call": _call,
        "wrap": _wrap,
        "replace_value": _replace,
        "bind_values": _bind,
        "add_decorator": _decorate,
        "insert_before": _before,
        "add_import": _import,
        "move_to_role": _move,
        "remove_text": _remove_text,
        "remove_key": _remove_key,
    }
)
