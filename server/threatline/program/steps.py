"""Steps back: the value graph's edges.

A query is a value and the fields still to be taken from it (`x.a["b"]` asks for ("a", "b") of x). Members of unknown index are "[]".
Fields keep different parts of one object apart; beyond `DEEPEST_FIELD` the innermost are dropped, which only adds paths.
"""

from __future__ import annotations

import msgspec

from threatline.program.units import Node

DEEPEST_FIELD = 4
MEMBER = "[]"
Fields = tuple[str, ...]


class Step(msgspec.Struct, frozen=True):
    """One step back: to `node`, of which `fields` are wanted.

    `how`: same (a name, a field), text (became a part of text), argument / receiver (of an outside call, `name` tells which argument),
    construct (an argument of a first-party constructor), return (into a callee, by the call that is stepped back from), heap (written
    elsewhere to the same field), member (a part of a collection).
    """

    node: Node
    fields: Fields
    how: str
    name: str = ""


def deeper(name: str, fields: Fields) -> Fields:
    """Ask for a field, and of it for the fields asked so far."""
    return (name, *fields)[:DEEPEST_FIELD]
