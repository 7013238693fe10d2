"""Patterns of file names as `.gitignore` has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathspec


def compile_globs(lines: Sequence[str]) -> pathspec.GitIgnoreSpec:
    """Compile patterns, passing over those that are none, as git does.

    They run on RE2, which takes linear time on any pattern: the workspace wrote them.
    """
    import pathspec

    try:
        return pathspec.GitIgnoreSpec.from_lines(lines, backend="re2")
    except (ValueError, re.error):
        return pathspec.GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)], backend="re2")


def _is_pattern(line: str) -> bool:
    import pathspec

    try:
        pathspec.GitIgnoreSpec.from_lines([line], backend="re2")
    except (ValueError, re.error):
        return False
    return True
