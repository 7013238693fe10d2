"""URIs and paths. A path is compared without looking at the disk: links in it stay as the editor spells them."""

from __future__ import annotations

import os
from pathlib import Path

from pygls import uris


def path_of(uri: str) -> Path | None:
    """Return the path of a `file:` URI; None for any other scheme."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return Path(os.path.normpath(path)) if path else None


def uri_of(path: Path) -> str:
    """Return the URI of a path."""
    return uris.from_fs_path(str(path)) or path.as_uri()


def file_id(root: Path, path: Path) -> str | None:
    """Return a path's id in a workspace: relative to its root, with `/`. None for a path outside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return None


def path_in(root: Path, file: str) -> Path:
    """Return the path of a file id."""
    return root.joinpath(*file.split("/"))
