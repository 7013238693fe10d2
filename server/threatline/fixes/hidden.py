"""Characters that people do not see and models read, taken out of a text."""

from __future__ import annotations

import re

from threatline.fixes.edit import TextEdit
from threatline.source.file import Span
from threatline.syntax import SyntaxTree

_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\U000e0000-\U000e007f]+")
"""Zero-width and direction-changing characters, soft hyphens, tags."""


def remove_hidden(tree: SyntaxTree, span: Span) -> tuple[TextEdit, ...]:
    """Take hidden characters out of a span; what is visible stays, whatever it says."""
    text = tree.source.text[slice(*span)].decode("utf-8", "replace")
    if "\ufffd" in text:
        return ()
    edits = []
    for found in _HIDDEN.finditer(text):
        start = span.start + len(text[: found.start()].encode())
        edits.append(TextEdit(tree.source.id, Span(start, start + len(found[0].encode())), ""))
    return tuple(edits)
