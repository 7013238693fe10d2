"""String literals: escapes, f-strings, adjacent strings."""

from __future__ import annotations

import re
import unicodedata

from tree_sitter import Node

from threatline.facts.builder import Builder, constant
from threatline.facts.model import Template
from threatline.facts.python.dispatch import composite, expression, inner, kinds

Piece = tuple[str | int, tuple[int, int]]
"""A part of a string: its text, or the ordinal of a value; and its span."""

_STRING = kinds("string")
_CONTENT = kinds("string_content")
_INTERPOLATION = kinds("interpolation", "format_expression")
_SPECIFIER = kinds("format_specifier")

_OPENING = re.compile(rb"([A-Za-z]*)('''|\"\"\"|'|\"|)")
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^{}]{1,100})\}|(.))", re.DOTALL)
_SIMPLE = {
    "\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


@composite("string")
def string(b: Builder, node: Node) -> int:
    """Read a string: a Literal, or a Template when values are put into it."""
    text = _plain(b, node)
    if text is not None:
        return b.add(constant(text), node)
    return _template(b, node, _pieces(b, node))


@composite("concatenated_string")
def concatenated(b: Builder, node: Node) -> int:
    """Read adjacent strings as one."""
    pieces: list[Piece] = []
    for child in node.children:
        if child.kind_id in _STRING:
            text = _plain(b, child)
            pieces.extend(_pieces(b, child) if text is None else [(text, child.byte_range)])
    return _template(b, node, pieces)


def is_text(b: Builder, node: Node) -> bool:
    """Tell whether a string node holds text, not bytes."""
    opening = _OPENING.match(b.text, node.start_byte)
    return opening is not None and b"b" not in opening[1].lower()


def _plain(b: Builder, node: Node) -> str | None:
    """Return the value of a string without interpolation; None for one that may have some."""
    start, end = node.byte_range
    raw = b.text[start:end]
    opening = _OPENING.match(raw)
    prefix, quote = (opening[1].lower(), opening[2]) if opening else (b"", b"")
    if b"f" in prefix or b"t" in prefix:
        return None
    begin = len(prefix) + len(quote)
    content = raw[begin : len(raw) - len(quote)] if raw.endswith(quote) and len(raw) >= begin + len(quote) else raw[begin:]
    return unescape(content, b"r" in prefix, b"b" in prefix)


def unescape(content: bytes, raw: bool = False, binary: bool = False) -> str:
    """Decode what stands between a string's quotes; every line end becomes a line feed, as Python reads it."""
    text = content.decode("latin-1" if binary else "utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if raw or "\\" not in text else _ESCAPE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    octal, byte, short, long, name, other = match.groups()
    if other is not None:
        return _SIMPLE.get(other, match[0])
    if name is not None:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return match[0]
    code = int(octal, 8) if octal else int(byte or short or long, 16)
    # Lone surrogates and codes beyond Unicode cannot be written as UTF-8.
    return "\ufffd" if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


def _pieces(b: Builder, node: Node) -> list[Piece]:
    """Split an f-string into texts and the ordinals of its values, in order."""
    pieces: list[Piece] = []
    opening = _OPENING.match(b.text, node.start_byte)
    raw = opening is not None and b"r" in opening[1].lower()
    for child in node.children:
        kind = child.kind_id
        if kind in _CONTENT:
            start, end = child.byte_range
            text = unescape(b.text[start:end], raw).replace("{{", "{").replace("}}", "}")
            pieces.append((text, (start, end)))
        elif kind in _INTERPOLATION:
            _interpolate(b, child, pieces)
    return pieces


def _interpolate(b: Builder, node: Node, pieces: list[Piece]) -> None:
    """Read `{value!r:specifier}`; values inside the specifier are parts too."""
    value = inner(node)
    if value is not None:
        pieces.append((expression(b, value), value.byte_range))
    for child in node.children:
        if child.kind_id in _SPECIFIER:
            for nested in child.children:
                value = inner(nested)
                if value is not None:
                    pieces.append((expression(b, value), value.byte_range))


def _template(b: Builder, node: Node, pieces: list[Piece]) -> int:
    """Append a Template, or one Literal when all pieces are text."""
    parts: list[int] = []
    texts: list[str] = []
    start = end = 0
    for content, span in [*pieces, (-1, (0, 0))]:
        if isinstance(content, str):
            start, end = (start if texts else span[0]), span[1]
            texts.append(content)
            continue
        text = "".join(texts)
        if content == -1 and not parts:
            return b.add(constant(text), node)
        if text:
            parts.append(b.add_at(constant(text), (start, end)))
        if content != -1:
            parts.append(content)
        texts.clear()
    return b.add(Template(tuple(parts)), node)
