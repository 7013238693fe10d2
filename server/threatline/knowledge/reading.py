"""Files of outside words, read within bounds: bytes → plain data, or an error that names the line.

Bounds: a size, a depth, and a number of nodes counted after aliases are followed, so that no small file can grow into a large one.
The pure Python parser is used everywhere, also where a C one is installed: the two disagree on what is YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from types import UnionType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from threatline.errors import KnowledgeError

LARGEST = 1_000_000
"""Bytes of one file."""

DEEPEST = 40
MOST_ALIASES = 500
MOST_NODES = 200_000
_SCALARS = str | int | float | bool | None


class _BoundedComposer(Composer):
    """A composer that refuses deep nesting and many aliases while it goes, before they can cost anything."""

    depth = 0
    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        self.aliases += isinstance(event, AliasEvent)
        if self.depth > DEEPEST or self.aliases > MOST_ALIASES:
            problem = "nested too deeply" if self.depth > DEEPEST else "too many aliases"
            raise ComposerError(problem=problem, problem_mark=event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(text: bytes, file: str, *, dates: bool = False) -> Any:
    """Parse one YAML document into dicts, lists and scalars, days among them only where `dates` says so.

    Raises KnowledgeError, with the line, for bad syntax, doubled keys, and whatever is over a bound.
    """
    if len(text) > LARGEST:
        raise KnowledgeError(file, 0, f"larger than {LARGEST:,} bytes")
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _BoundedComposer
    try:
        data = yaml.load(BytesIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise KnowledgeError(file, mark.line + 1 if mark else 0, error.problem or str(error.context)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise KnowledgeError(file, 0, str(error)) from None
    _check_nodes(data, file, _SCALARS | date if dates else _SCALARS)
    return data


def _check_nodes(data: Any, file: str, scalars: UnionType) -> None:
    for count, node in enumerate(_nodes(data)):
        if count > MOST_NODES:
            raise KnowledgeError(file, 0, f"more than {MOST_NODES:,} values, aliases followed")
        if not isinstance(node, scalars | dict | list):
            raise KnowledgeError(file, 0, f"{node} is read as a {type(node).__name__}; put it in quotes")


def _nodes(data: Any) -> Iterator[Any]:
    open_ = [data]
    while open_:
        node = open_.pop()
        yield node
        if isinstance(node, dict):
            open_.extend(node.values())
        elif isinstance(node, list):
            open_.extend(node)


def line_of(text: bytes, path: Sequence[int | str]) -> int:
    """Find the line, from 1, of the value at a path of keys and indexes in a YAML text.

    Parts that name nothing there are passed over, so a validator's own additions to a path do no harm. 1 where all fails.
    """
    try:
        node = YAML(typ="safe", pure=True).compose(BytesIO(text))
    except (YAMLError, RecursionError):
        return 1
    line = 1
    for part in path:
        found = _child(node, part)
        if found is not None:
            line, node = found
    return line


def _child(node: Node | None, part: int | str) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None
