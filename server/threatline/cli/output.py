"""Results to standard output or a file; a file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from threatline.errors import ThreatlineError


class Look(NamedTuple):
    """How text may look where it goes."""

    width: int
    color: bool


PLAIN = Look(100, color=False)


def look_of_stdout() -> Look:
    """Look at standard output: colors only on a terminal that has them, unless NO_COLOR or FORCE_COLOR say otherwise."""
    terminal = sys.stdout.isatty()
    forced = bool(os.environ.get("FORCE_COLOR"))
    color = ((terminal and os.environ.get("TERM") != "dumb") or forced) and not os.environ.get("NO_COLOR")
    return Look(shutil.get_terminal_size((PLAIN.width, 24)).columns if terminal else PLAIN.width, color)


def write(result: str | bytes, file: str | None, root: Path) -> None:
    """Write a result to standard output, or to a file by its replacement.

    Raises ThreatlineError where the file cannot be written, or lies in the workspace and leads out of it through a link.
    """
    if file is None or file == "-":
        _to_stdout(result)
        return
    data = result.encode("utf-8", "backslashreplace") if isinstance(result, str) else result
    place = Path(file)
    try:
        if _leads_out(place, root):
            raise ThreatlineError(f"{place}: a link in this path leads out of the workspace; nothing is written there")
        if not _in(place, root) and place.exists() and not place.is_file():
            place.write_bytes(data)  # a pipe or a device, such as /dev/stderr
        else:
            replace(place, data)
    except OSError as error:
        raise ThreatlineError(f"{file}: {error.strerror or error}") from None


def replace(place: Path, data: bytes) -> None:
    """Put these bytes in a file's place at once, and keep its mode. A link is replaced, not followed."""
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(data)
        Path(name).chmod(_mode(place))
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(place: Path) -> int:
    """Give the mode of the file that is replaced; for a new one, what the user's mask leaves."""
    with contextlib.suppress(OSError):
        found = place.lstat()
        if stat.S_ISREG(found.st_mode):
            return stat.S_IMODE(found.st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _in(place: Path, root: Path) -> bool:
    return Path(os.path.abspath(root)) in Path(os.path.abspath(place)).parents


def _leads_out(place: Path, root: Path) -> bool:
    """Tell whether a path says it is in the workspace while a link in it leads elsewhere: the workspace's author chose that link."""
    folder = place.parent.resolve()
    return _in(place, root) and root.resolve() not in [folder, *folder.parents]


def _to_stdout(result: str | bytes) -> None:
    if isinstance(result, str):
        encoding = sys.stdout.encoding or "utf-8"
        result = result.encode(encoding, "replace")
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(result.decode("utf-8", "replace"))
        return
    sys.stdout.flush()
    buffer.write(result)
    buffer.flush()
