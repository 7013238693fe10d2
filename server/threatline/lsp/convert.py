"""A snapshot's places and words in LSP's terms."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path

from threatline.analysis.snapshot import Place, Snapshot, TextEdit
from threatline.lsp.client import Json
from threatline.lsp.paths import path_in, uri_of
from threatline.source.file import SourceFile, Span
from threatline.source.lines import LineIndex, Units

NOWHERE: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}

_MARKDOWN = re.compile(r"([\\`*\[\]<>~|$]|&(?=#?\w+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[#+\-=]|:(?=//)|(?<=www)\.)")
_CODE = re.compile(r"(`[^`]+`)")
_LINK = re.compile(r"(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\([^()\s]*\)")
_ESCAPE = re.compile(r"\\([^\w\s])")
_KEPT = 256


class Ranges:
    """Turns spans into LSP ranges. Keeps the line indexes of the last files asked for."""

    def __init__(self, units: Units) -> None:
        self.units: Units = units
        self._indexes: OrderedDict[str, LineIndex] = OrderedDict()

    def index(self, source: SourceFile) -> LineIndex:
        """Return a file's line index."""
        key = source.digest or f"{source.id}\0{hash(source.text)}"
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = LineIndex(source.text)
            if len(self._indexes) > _KEPT:
                self._indexes.popitem(last=False)
        else:
            self._indexes.move_to_end(key)
        return index

    def range(self, snapshot: Snapshot, file: str, span: Span) -> Json:
        """Return the range of a span; the file's beginning where the file is not at hand."""
        source = snapshot.files.get(file)
        return NOWHERE if source is None else range_of(self.index(source), span, self.units)

    def location(self, snapshot: Snapshot, root: Path, place: Place) -> Json:
        """Return a place as a location."""
        return {"uri": uri_of(path_in(root, place.file)), "range": self.range(snapshot, place.file, place.span)}

    def text_edit(self, snapshot: Snapshot, edit: TextEdit) -> Json:
        """Return an edit as a text edit."""
        return {"range": self.range(snapshot, edit.file, edit.span), "newText": edit.text}


def range_of(index: LineIndex, span: Span, units: Units) -> Json:
    """Return the range of a span."""
    return {"start": position_of(index, span.start, units), "end": position_of(index, span.end, units)}


def position_of(index: LineIndex, offset: int, units: Units) -> Json:
    """Return the position of an offset."""
    line, column = index.position(offset, units)
    return {"line": line, "character": column}


def escaped(text: str) -> str:
    """Escape text of a workspace for Markdown: it can be no link, no image, no HTML, and it cannot leave its line.

    What stands between two backticks stays code, in which nothing has a meaning.
    """
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part if place % 2 else _MARKDOWN.sub(r"\\\1", part) for place, part in enumerate(parts))


def marked_up(text: str, *, markdown: bool) -> Json:
    """Return Markdown as it is, or as plain text for an editor that shows nothing else."""
    if markdown:
        return {"kind": "markdown", "value": text}
    plain = _LINK.sub(r"\1", text).replace("**", "").replace("\n---\n", "\n")
    return {"kind": "plaintext", "value": _ESCAPE.sub(r"\1", plain)}


def workspace_edit(changes: dict[str, list[Json]], versions: dict[str, int | None], *, document_changes: bool) -> Json:
    """Return edits by URI as a workspace edit, with versions where the client understands them."""
    if not document_changes:
        return {"changes": changes}
    return {
        "documentChanges": [{"textDocument": {"uri": uri, "version": versions.get(uri)}, "edits": edits} for uri, edits in changes.items()]
    }
