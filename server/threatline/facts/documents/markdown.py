"""Files of instructions for agents: the front matter's values, and `body`, the paragraphs behind it."""

from __future__ import annotations

import re

from tree_sitter import Parser

from threatline.facts.documents.values import Mapping, Pair, Sequence, Text
from threatline.facts.documents.yaml import read_yaml
from threatline.syntax.tree import GRAMMARS

_FENCE = b"---"
_OPENING = re.compile(rb"---[ \t]*(?:#[^\n]*)?\r?\n")
_PARAGRAPH = re.compile(rb"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")


def read_markdown(text: bytes) -> Mapping:
    """Read a file of instructions."""
    top = Mapping((0, len(text)))
    end = _front_matter_end(text)
    if end:
        # The front matter is read where it stands: what is behind it is blanked, so that places hold.
        front = read_yaml(Parser(GRAMMARS["yaml"]).parse(text[:end]).root_node, text)
        top.pairs += front.pairs if isinstance(front, Mapping) else []
    behind = text.find(b"\n", end) + 1 if end else 0
    paragraphs = [Text(found.group().decode("utf-8", "replace"), found.span()) for found in _PARAGRAPH.finditer(text, behind)]
    if paragraphs:
        start = paragraphs[0].span[0]
        first = text.find(b"\n", start)
        span = (start, first if first > 0 else len(text))
        top.pairs.append(Pair(Text("body", span), Sequence(span, [*paragraphs])))
    return top


def _front_matter_end(text: bytes) -> int:
    if not _OPENING.match(text):
        return 0
    close = text.find(b"\n" + _FENCE, len(_FENCE))
    return close + 1 if close > 0 else 0
