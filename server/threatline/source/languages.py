"""Which files are programs, by the ends of their names."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final[dict[str, str]] = {
    ".py": "python",
    ".pyi": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
}
"""Language by suffix."""


def language_of(file_id: str) -> str | None:
    """Name the language of a file by its suffix, None for files that are no programs."""
    dot = file_id.rfind(".")
    return LANGUAGES.get(file_id[dot:].lower()) if dot > file_id.rfind("/") else None
