"""Parts of a built text that choose too little: what stands before them, or beside them, has settled the matter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from threatline.facts import model as f
from threatline.flows.paths import FlowPath
from threatline.program.constants import Constants
from threatline.program.members import constant_key
from threatline.program.units import Node

FILES = frozenset({"file.read-path", "file.write-path"})


def is_settled(constants: Constants, path: FlowPath) -> bool:
    """Tell whether a path's text ends up where it no longer chooses what its sink makes dangerous.

    A module's name behind the name of a package chooses one of its modules; an address whose template begins with a host chooses a page of
    that host; a segment of a route's path, which holds no slash, inside the name of a file chooses a file of that folder.
    """
    name = path.sink.name
    if name == "import.name":
        return any("." in before for before, _ in _surroundings(constants, path))
    if name == "http.url":
        return any(_holds_host(template) for template in _templates(constants, path))
    if name in FILES and _is_route_segment(path):
        return any(_is_inside(before, after) for before, after in _surroundings(constants, path))
    return False


def is_misled(path: FlowPath) -> bool:
    """Tell whether a path puts a value under one key and takes it out under another: `options["a"] = x` spread to a parameter `b`."""
    key = ""
    for before, node in pairwise(path.steps):
        unit, ordinal = node
        fact = unit.facts[ordinal] if ordinal >= 0 else None
        if type(fact) is f.Read:
            key = _put_under(before, node) or key
        elif type(fact) is f.Parameter and fact.kind != "options" and key and _is_spread(before):
            if fact.name != key:
                return True
            key = ""
        elif type(fact) not in {f.Parameter, f.Bind}:
            key = ""
    return False


def _put_under(value: Node, read: Node) -> str:
    """Give the constant key that a value was put under in the dictionary that is read ("" where it was not, or where it is not told)."""
    unit, ordinal = read
    if value[0] is not unit:
        return ""
    puts = [unit.facts[origin] for origin in unit.local.reads.get(ordinal, ())]
    keys = {constant_key(unit, put.key) or "" for put in puts if type(put) is f.BindItem and put.value == value[1]}
    bare = all(type(unit.facts[put.base]) is f.Read for put in puts if type(put) is f.BindItem and put.value == value[1])
    return keys.pop() if len(keys) == 1 and bare else ""


def _is_spread(node: Node) -> bool:
    unit, ordinal = node
    arguments = [a for call in unit.local.calls for a in unit.facts[call].arguments]
    if type(unit.facts[ordinal]) is f.Parameter:
        # What a function was given as options, it spreads by reading them.
        return all(a.name == "**" for a in arguments if ordinal in unit.local.reads.get(a.value, ()))
    return [a.name for a in arguments if a.value == ordinal] == ["**"]


def _surroundings(constants: Constants, path: FlowPath) -> Iterator[tuple[str, str]]:
    """Give the constant text before and behind the part that a path enters a built text by, for each such text."""
    for part, (unit, ordinal) in pairwise(path.steps):
        fact = unit.facts[ordinal] if ordinal >= 0 else None
        parts: tuple[int, ...] = ()
        if type(fact) is f.Template:
            parts = fact.parts
        elif type(fact) is f.Operation and fact.operator == "+":
            parts = fact.operands
        if part[0] is unit and part[1] in parts:
            at = parts.index(part[1])
            before, after = parts[max(at - 1, 0) : at], parts[at + 1 : at + 2]
            yield _text(constants, [(unit, o) for o in before]), _text(constants, [(unit, o) for o in after])


def _text(constants: Constants, nodes: list[Node]) -> str:
    values = [constants.of(node) for node in nodes]
    return "".join(value for value in values if isinstance(value, str))


def _templates(constants: Constants, path: FlowPath) -> Iterator[str]:
    """Give the constant texts that `format` fills with what a path brings."""
    for part, (unit, ordinal) in pairwise(path.steps):
        fact = unit.facts[ordinal] if ordinal >= 0 else None
        callee = unit.facts[fact.callee] if type(fact) is f.Call else None
        if type(fact) is f.Call and type(callee) is f.Attribute and callee.name == "format":
            template = constants.of((unit, callee.base))
            if part[0] is unit and part[1] in {argument.value for argument in fact.arguments} and isinstance(template, str):
                yield template


def _holds_host(template: str) -> bool:
    before = template.partition("{")[0]
    return "/" in before.partition("://")[2]


def _is_route_segment(path: FlowPath) -> bool:
    unit, ordinal = path.source.node
    parameter = unit.facts[ordinal] if ordinal >= 0 else None
    route = path.source.draft.name if path.source.draft is not None else ""
    return type(parameter) is f.Parameter and (f"{{{parameter.name}}}" in route or f"<{parameter.name}>" in route)


def _is_inside(before: str, after: str) -> bool:
    """Tell whether a part has neighbors within one name, so that `..` names no folder."""
    return bool(before and before[-1] not in "/\\") or bool(after and after[0] not in "/\\")
