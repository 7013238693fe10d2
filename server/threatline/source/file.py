"""Files as bytes, and places in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of bytes in one file."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it was read.

    `id` is its path relative to the workspace root, with `/`. `text` is its bytes, a UTF-8 byte order mark removed. `digest` is the
    xxh3-128 of `text`, in hex. `language` is a name of `languages.LANGUAGES`.
    """

    id: str
    text: bytes
    digest: str
    language: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or done. `kind` is a slug such as `too-large`; `file` is "" where no file is at fault."""

    file: str
    kind: str
    message: str
