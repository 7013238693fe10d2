"""String and template literals, regular expressions."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.facts.builder import Builder, constant
from threatline.facts.model import Template
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
    return fill(b, node, -1)


def fill(b: Builder, node: Node, tag: int) -> int:
    """Read a template literal; `tag` is the function it is given to, -1 without one."""
    parts: list[int] = []
    text, start = "", -1
    for child in node.children:
        if child.type == "template_substitution":
            if text:
                parts.append(b.add_at(constant(text), (start, child.start_byte)))
            text, start = "", -1
            value = inner(child)
            parts.append(b.nothing(child) if value is None else expression(b, value))
        elif child.is_named:
            start = child.start_byte if start == -1 else start
            text += unescape(b.source(child))
    if not parts and tag == -1:
        return b.add(constant(text), node)
    if text:
        parts.append(b.add_at(constant(text), (start, max(start, node.end_byte - 1))))
    return b.add(Template(tuple(parts), tag), node)


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
