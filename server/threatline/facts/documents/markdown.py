"""Files of instructions for agents: the front matter's values, and `body`, the text behind it."""

from __future__ import annotations

from tree_sitter import Parser

from threatline.facts.documents.values import Mapping, Pair, Text
from threatline.facts.documents.yaml import read_yaml
from threatline.syntax.tree import GRAMMARS

_FENCE = b"---"


def read_markdown(text: bytes) -> Mapping:
    """Read a file of instructions."""
    top = Mapping((0, len(text)))
    end = _front_matter_end(text)
    if end:
        # The front matter is read where it stands: what is behind it is blanked, so that places hold.
        front = read_yaml(Parser(GRAMMARS["yaml"]).parse(text[:end]).root_node, text)
        top.pairs += front.pairs if isinstance(front, Mapping) else []
    behind = text.find(b"\n", end) + 1 if end else 0
    start = behind + len(text[behind:]) - len(text[behind:].lstrip())
    first = text.find(b"\n", start)
    body = text[start:].decode("utf-8", "replace")
    if body.strip():
        span = (start, first if first > 0 else len(text))
        top.pairs.append(Pair(Text("body", span), Text(body, span)))
    return top


def _front_matter_end(text: bytes) -> int:
    if not text.startswith((_FENCE + b"\n", _FENCE + b"\r\n")):
        return 0
    close = text.find(b"\n" + _FENCE, len(_FENCE))
    return close + 1 if close > 0 else 0
