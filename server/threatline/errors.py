"""Our own exceptions, on one screen.

    ThreatlineError          the call cannot be served; its message is for people
    ├── KnowledgeError       a file of a rules folder is wrong: a rule, a catalog file, a list of controls
    └── DesignError          threatmodel.yaml or its kin is wrong, or cannot be read

What a workspace's code holds never raises: from `syntax` to `threats` it becomes a `Problem`, and the rest goes on.
"""

from __future__ import annotations


class ThreatlineError(Exception):
    """The base of them all; the command line prints its text and exits with status 2."""


class KnowledgeError(ThreatlineError):
    """A file of a rules folder is wrong. Gives its file, line (from 1, 0 where unknown) and a message with the nearest valid word."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message


class DesignError(ThreatlineError):
    """A design file is wrong.

    Gives its file (relative to the root), the line (from 1, 0 where unknown) and the nearest valid word ("" if there is none).
    """

    def __init__(self, file: str, line: int, message: str, nearest: str = "") -> None:
        hint = f' (did you mean "{nearest}"?)' if nearest else ""
        super().__init__(f"{file}:{line}: {message}{hint}" if line else f"{file}: {message}{hint}")
        self.file = file
        self.line = line
        self.message = message
        self.nearest = nearest
