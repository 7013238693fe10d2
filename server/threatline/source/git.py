"""Git, asked as one asks a stranger's repository: it may run nothing, fetch nothing and read no settings but the repository's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import Final

_SECONDS: Final = 60
_SETTINGS: Final = (
    "core.fsmonitor=false",  # a program of the repository's choice, run by plain ls-files
    f"core.hooksPath={os.devnull}",
    "core.untrackedCache=false",
    "core.pager=cat",
    "diff.external=",
    "credential.helper=",
    "protocol.allow=never",  # with the variables below: nothing is fetched for a partial clone
    "safe.bareRepository=explicit",
)


def list_files(root: str) -> list[str] | None:
    """List what is tracked or not ignored under a folder, relative to it and unsorted.

    Repositories inside it end in `/` or are named like files. Gives None where there is no repository, no git, or the folder itself is
    ignored by a repository above it.
    """
    if not os.path.lexists(os.path.join(root, ".git")) and run(root, "check-ignore", "--quiet", ".") != (1, b""):
        return None
    status, output = run(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [os.fsdecode(path) for path in output.split(b"\0") if path] if status == 0 else None


def run(root: str, *arguments: str) -> tuple[int, bytes]:
    """Run one git command in a folder; gives its exit status and output, (-1, b"") where it could not be run or took too long."""
    program = _program()
    if program is None:
        return -1, b""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = [program, "--no-pager", "--no-optional-locks", *settings, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - an absolute program, no shell, fixed words
            command, cwd=root, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return -1, b""
    return done.returncode, done.stdout


@cache
def _program() -> str | None:
    """Find git on the absolute folders of the path; a relative one would find a program of the workspace's."""
    folders = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    found = shutil.which("git", path=os.pathsep.join(folders))
    # On Windows `which` looks into the current folder first, whatever the path says.
    return found if found and os.path.isabs(found) else None


def _environment() -> dict[str, str]:
    """Give the variables that git needs and those that keep it quiet; no other variable of the caller's gets through."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return kept | {
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,  # the same tree gives the same files on every machine
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
