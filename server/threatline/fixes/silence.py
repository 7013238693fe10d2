"""The comment that silences a finding at its place."""

from __future__ import annotations

from threatline.fixes.edit import TextEdit
from threatline.fixes.statements import put_comment
from threatline.source.file import SourceFile, Span
from threatline.syntax import PROGRAMS, parse


def silence(source: SourceFile, span: Span, rule: str, reason: str = "") -> TextEdit | None:
    """Write `threatline: ignore[rule] reason` above the line of a span.

    Without a reason the comment silences nothing yet, and the analysis asks for one. None where no comment can stand there.
    """
    if source.language not in PROGRAMS:
        return None
    edits = put_comment(parse(source), span.start, f"threatline: ignore[{rule}] {reason}".rstrip())
    return edits[0] if edits else None
