"""Text edits, and the fixes made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from threatline.source.file import Span


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `span` of `file` by `text` (bytes offsets; an empty span inserts)."""

    file: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A ready edit for a finding. `safe` keeps behavior but for the threat; `edits` do not overlap and are in order."""

    fingerprint: str
    control: str
    title: str
    safe: bool
    edits: tuple[TextEdit, ...]


def ordered(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...]:
    """Sort edits by file and place; those at one place keep their order. Equal edits are one."""
    return tuple(sorted(dict.fromkeys(edits), key=lambda edit: (edit.file, edit.span)))


def apply_edits(file: str, text: bytes, edits: Iterable[TextEdit]) -> bytes:
    """Return a file's text after the edits that belong to it.

    All offsets hold in `text` as given. Raises ValueError when two edits overlap or one lies outside.
    """
    parts: list[bytes] = []
    reached = 0
    for edit in ordered(edits):
        if edit.file != file:
            continue
        start, end = edit.span
        if not reached <= start <= end <= len(text):
            raise ValueError(f"edits of {file} overlap or lie outside it at {start}:{end}")
        parts += (text[reached:start], edit.text.encode())
        reached = end
    return b"".join((*parts, text[reached:]))
