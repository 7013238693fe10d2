"""Which files are a project's tests: by their folder or their name, as test runners find them."""

from __future__ import annotations

import posixpath
from functools import lru_cache

TEST_FOLDERS = frozenset({"tests", "test", "testing", "__tests__", "spec"})


@lru_cache(maxsize=4096)
def is_test(file: str) -> bool:
    """Tell whether a file, named from the root with slashes, is a test or stands among tests."""
    folder, _, name = file.rpartition("/")
    stem = posixpath.splitext(name)[0]
    if name == "conftest.py" or stem.startswith("test_") or stem.endswith(("_test", ".test", ".spec")):
        return True
    return any(part.lower() in TEST_FOLDERS for part in folder.split("/"))
