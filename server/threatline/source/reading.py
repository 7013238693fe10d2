"""Files read into memory, within bounds."""

from __future__ import annotations

import os
import stat
from typing import Final

import xxhash

from threatline.source.file import Problem, SourceFile
from threatline.source.languages import language_of

MAX_BYTES: Final = 2_000_000
"""Nobody writes more by hand into one file: what is longer is generated or data, and would cost a third of a second to parse."""

SCRIPTS: Final = (".js", ".mjs", ".cjs", ".jsx")
LONG_LINE: Final = 1_000
SMALLEST_BUNDLE: Final = 4_000

_BOM: Final = b"\xef\xbb\xbf"
# A FIFO named x.py must not make the analysis wait for a writer.
_FLAGS: Final[int] = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)


def read(root: str | os.PathLike[str], file_id: str) -> SourceFile | Problem:
    """Read one file of a workspace, whole or not at all.

    `file_id` is relative to `root`, with `/`. Gives a problem of kind `too-large`, `binary` (a NUL byte), `outside` (the path, or a link
    on it, leaves the root) or `unreadable`. Text that is no UTF-8 is kept as it is.
    """
    try:
        text = _read_bytes(os.fspath(root), file_id)
    except OSError as error:
        return Problem(file_id, "unreadable", error.strerror or type(error).__name__)
    except ValueError as error:
        return Problem(file_id, "unreadable", str(error))
    return text if isinstance(text, Problem) else make_source(file_id, text)


def make_source(file_id: str, text: bytes) -> SourceFile | Problem:
    """Make a source file of bytes at hand, such as an editor's unsaved text, under the same bounds as `read`.

    A script that a tool has packed into a few long lines is a problem of kind `minified`: it is somebody else's code, or made from ours.
    """
    if len(text) > MAX_BYTES:
        return _too_large(file_id, len(text))
    if b"\0" in text:
        return Problem(file_id, "binary", "holds NUL bytes, so it is no text")
    text = text.removeprefix(_BOM)
    if file_id.lower().endswith(SCRIPTS) and is_minified(text):
        return Problem(file_id, "minified", f"most of it stands in lines of over {LONG_LINE:,} bytes: it is generated, and not analyzed")
    return SourceFile(file_id, text, xxhash.xxh3_128_hexdigest(text), language_of(file_id) or "")


def is_minified(text: bytes) -> bool:
    """Tell whether most of a script stands in lines that nobody writes by hand. A short file is what it is."""
    if len(text) < SMALLEST_BUNDLE:
        return False
    return sum(len(line) for line in text.splitlines() if len(line) > LONG_LINE) * 2 > len(text)


def _read_bytes(root: str, file_id: str) -> bytes | Problem:
    path = _safe_path(root, file_id)
    if path is None:
        return Problem(file_id, "outside", "leads out of the workspace")
    with os.fdopen(os.open(path, _FLAGS), "rb", buffering=0) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return Problem(file_id, "unreadable", "is no ordinary file")
        if found.st_size > MAX_BYTES:
            return _too_large(file_id, found.st_size)
        # One byte more than allowed, since the file may grow while it is read.
        text = bytearray()
        while len(text) <= MAX_BYTES and (more := file.read(MAX_BYTES + 1 - len(text))):
            text += more
    return bytes(text)


def _safe_path(root: str, file_id: str) -> str | None:
    """Give the path to open, None where it, or a link on it, leaves the root."""
    parts = file_id.split("/")
    if ".." in parts or os.path.isabs(file_id) or (os.name == "nt" and (":" in file_id or "\\" in file_id)):
        return None
    path = root
    for part in parts:
        path = os.path.join(path, part)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            return _real_path(root, os.path.join(root, *parts))
    return path


def _real_path(root: str, path: str) -> str | None:
    """Follow the links of a path, None where they leave the root."""
    inside, real = os.path.realpath(root), os.path.realpath(path)
    return real if real.startswith(inside.rstrip(os.sep) + os.sep) else None


def _too_large(file_id: str, size: int) -> Problem:
    return Problem(file_id, "too-large", f"is {size:,} bytes long; files over {MAX_BYTES:,} bytes are not read")
