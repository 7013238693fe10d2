"""Between the program's nodes and the map's values."""

from __future__ import annotations

from threatline.program.program import Program
from threatline.program.units import Node
from threatline.system.model import Value


def value_of(node: Node) -> Value:
    """Name a node by file, definition path and ordinal."""
    unit, ordinal = node
    return Value(unit.file, unit.path, ordinal)


def node_of(program: Program, value: Value) -> Node:
    """Find the node of a value."""
    return program.units[value.file, value.definition], value.ordinal
