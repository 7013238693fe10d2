"""Parts of a repository that are shown lower: tests, examples, documentation, other people's code."""

from __future__ import annotations

import fnmatch
import posixpath

from threatline.source.tests import is_test
from threatline.vocabulary import Severity

EXAMPLE_FOLDERS = frozenset({"examples", "example", "samples", "sample", "cookbook", "tutorials", "demos"})
DOC_FOLDERS = frozenset({"docs", "doc"})
VENDORED_FOLDERS = frozenset({"vendor", "vendored", "_vendor", "third_party", "third-party", "node_modules", "site-packages"})


def lowered(file: str, severity: Severity, test_paths: tuple[str, ...]) -> tuple[Severity, str]:
    """Lower a severity by where its file lies; gives the reason too, "" for none."""
    reason = _reason(file, test_paths)
    return ("info", reason) if reason else (severity, "")


def _reason(file: str, test_paths: tuple[str, ...]) -> str:
    if any(fnmatch.fnmatch(file, pattern) for pattern in test_paths):
        return "a test path by settings"
    if is_test(file):
        return "in a test"
    folders = {part.lower() for part in posixpath.dirname(file).split("/")}
    if folders & VENDORED_FOLDERS:
        return "in other people's code"
    if folders & EXAMPLE_FOLDERS:
        return "in an example"
    if folders & DOC_FOLDERS:
        return "in documentation"
    return ""
