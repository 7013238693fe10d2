"""Findings that a change brings: the workspace as it is against the workspace as it was at a git revision, both in memory."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from threatline.source import git
from threatline.source.languages import language_of
from threatline.source.listing import SKIPPED

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.analysis.workspace import Workspace
    from threatline.threats.finding import Finding

_BOM: Final = b"\xef\xbb\xbf"
_ENTRY: Final = re.compile(rb"(100644|100755) blob ([0-9a-f]{40,64})\t(.+)", re.DOTALL)


def only_new(snapshot: Snapshot, workspace: Workspace, revision: str) -> Snapshot:
    """Keep the findings that were not there at a revision. A finding that was silenced or lowered since counts as new.

    Puts the revision's texts over the workspace, which is of no other use afterwards. Raises click.BadParameter where git does not know
    the revision.
    """
    root = str(workspace.root)
    blobs = _blobs_at(root, revision)
    for file in sorted({*blobs, *snapshot.files}):
        blob, source = blobs.get(file), snapshot.files.get(file)
        if blob is None:
            workspace.overlay(file, b"")  # a file that was not there says nothing
        elif source is None or not _is_blob(source.text, blob):
            workspace.overlay(file, _blob(root, blob))
    before = {_identity(finding) for finding in workspace.analyze().findings}
    return replace(snapshot, findings=tuple(finding for finding in snapshot.findings if _identity(finding) not in before))


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.fingerprint, finding.path_shape, finding.status


def _blobs_at(root: str, revision: str) -> dict[str, str]:
    """List a revision's program files below the root, with the ids of their blobs."""
    status, commit = git.run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if status != 0:
        inside = git.run(root, "rev-parse", "--git-dir")[0] == 0
        why = f"git knows no revision {revision!r}" if inside else f"{root} is in no git repository that git will read"
        raise click.BadParameter(why, param_hint="--since")
    status, listed = git.run(root, "ls-tree", "-r", "-z", commit.decode().strip())
    if status != 0:
        raise click.BadParameter(f"git cannot list the files of {revision!r}", param_hint="--since")
    blobs: dict[str, str] = {}
    for entry in listed.split(b"\0"):
        found = _ENTRY.fullmatch(entry)
        file = found[3].decode("utf-8", "surrogateescape") if found else ""
        if found and language_of(file) and SKIPPED.isdisjoint(file.split("/")):
            blobs[file] = found[2].decode()
    return blobs


def _is_blob(text: bytes, blob: str) -> bool:
    """Tell whether git would give a text this id. A byte order mark is not part of the text here, but of git's."""
    kind = hashlib.sha1 if len(blob) == 40 else hashlib.sha256
    return any(kind(b"blob %d\0" % len(whole) + whole).hexdigest() == blob for whole in (text, _BOM + text))


def _blob(root: str, blob: str) -> bytes:
    status, text = git.run(root, "cat-file", "blob", blob)
    return text if status == 0 else b""
