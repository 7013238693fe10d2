"""Files of environment variables (`.env`): a name and a text on each line."""

from __future__ import annotations

import re

from threatline.facts.documents.values import Mapping, Pair, Text

_LINE = re.compile(
    rb"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*(?P<text>\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\r\n#]*)", re.MULTILINE
)


def read_env(text: bytes) -> Mapping:
    """Read the variables that a file sets, as a mapping."""
    found = Mapping((0, len(text)))
    for match in _LINE.finditer(text):
        value = match["text"].strip()
        start = match.start("text")
        quoted = len(value) > 1 and value[:1] in b"\"'" and value[:1] == value[-1:]
        content = (value[1:-1] if quoted else value).decode("utf-8", "replace")
        found.pairs.append(Pair(Text(match["name"].decode(), match.span("name")), Text(content, (start, start + len(value)))))
    return found
