"""Give a tool a name of its own: that of its server before it."""

from __future__ import annotations

import json
import re

from tree_sitter import Node

from threatline.fixes.arguments import argument_at, argument_named
from threatline.fixes.locate import decorators_of, text_of
from threatline.fixes.names import given_at_top
from threatline.fixes.pieces import constant_of
from threatline.knowledge.catalog import Put
from threatline.syntax import SyntaxTree

_SAYS_NOTHING = frozenset({"mcp", "server", "app", "agent", "toolset", "tools", "router"})


def own_name(tree: SyntaxTree, function: Node) -> Put | None:
    """Say how a tool that a server's decorator registers is named after its server; None where no server's name is seen.

    `function` is the name of the decorated function. The name is passed by keyword.
    """
    for decorator in decorators_of(function):
        callee = decorator.child_by_field_name("function") if decorator.type == "call" else None
        server = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        arguments = decorator.child_by_field_name("arguments")
        if server is None or arguments is None or server.type != "identifier" or argument_at(decorator, 0) is not None:
            continue
        prefix = _name_of(tree, server)
        given = argument_named(tree, arguments, "name")
        name = text_of(tree, function) if given is None else constant_of(tree, given)
        if prefix and name and not name.startswith(prefix):
            return Put(argument="name", value=json.dumps(f"{prefix}_{name}", ensure_ascii=False))
    return None


def _name_of(tree: SyntaxTree, server: Node) -> str:
    """Return what a server is called: by the text it is made with, else by its variable where that says anything."""
    made = given_at_top(tree, text_of(tree, server))
    first = argument_at(made, 0) if made is not None and made.type == "call" else None
    title = constant_of(tree, first) if first is not None else None
    words = "_".join(re.findall(r"[A-Za-z0-9]+", title or "")).lower()
    variable = text_of(tree, server)
    return words or ("" if variable in _SAYS_NOTHING else variable)
