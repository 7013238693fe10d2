"""String and template literals, regular expressions."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import Builder, constant
from threatline.facts.model import Argument, Call, Template
from threatline.facts.typescript.dispatch import expression, expressions, inner

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r\n|.))", re.DOTALL)
_SIMPLE = {"\n": "", "\r": "", "\r\n": "", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}


@expressions("string")
def string(b: Builder, node: Node) -> int:
    """Read a quoted string."""
    return b.add(constant(text_of(b, node)), node)


@expressions("template_string")
def template(b: Builder, node: Node) -> int:
    """Read a template literal: a Literal when no value is put into it."""
    return _filled(b, node)[0]


def tagged(b: Builder, node: Node, text: Node, tag: int) -> int:
    """Read a template literal that is given to a function: a call with the text, and behind it the values that are put into it."""
    value, values = _filled(b, text)
    return b.add(Call(tag, tuple([Argument(ordinal) for ordinal in (value, *values)])), node)


def _filled(b: Builder, node: Node) -> tuple[int, list[int]]:
    """Read a template literal; return its ordinal and those of the values put into it."""
    parts: list[int] = []
    values: list[int] = []
    text, start = "", -1
    for child in node.children:
        if child.type == "template_substitution":
            if text:
                parts.append(b.add_at(constant(text), (start, child.start_byte)))
            text, start = "", -1
            value = inner(child)
            values.append(b.nothing(child) if value is None else expression(b, value))
            parts.append(values[-1])
        elif child.is_named:
            start = child.start_byte if start == -1 else start
            text += unescape(b.source(child))
    if not parts:
        return b.add(constant(text), node), values
    if text:
        parts.append(b.add_at(constant(text), (start, max(start, node.end_byte - 1))))
    return b.add(Template(tuple(parts)), node), values


@expressions("regex")
def regex(b: Builder, node: Node) -> int:
    """Read a regular expression as the text it is written as."""
    return b.add(constant(b.source(node)), node)


def text_of(b: Builder, node: Node) -> str:
    """Return the value of a quoted string."""
    text = b.source(node)
    quoted = len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]
    return unescape(text[1:-1] if quoted else text)


def unescape(text: str) -> str:
    """Replace escape sequences; every line end becomes a line feed, as JavaScript reads it in templates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\" not in text:
        return text
    replaced = _ESCAPE.sub(_escape, text)
    # Pairs of surrogates are one character; a lone one cannot be written as UTF-8.
    return replaced.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escape(match: re.Match[str]) -> str:
    byte, short, long, other = match.groups()
    if other is not None:
        return _SIMPLE.get(other, other)
    code = int(byte or short or long, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"
