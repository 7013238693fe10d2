"""Open documents, as the editor has them. Fed by raw change events; positions are counted as LSP counts them, in any of its units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lsprotocol import types

from threatline.source.lines import LineIndex, Units

Change = types.TextDocumentContentChangePartial | types.TextDocumentContentChangeWholeDocument


@dataclass(frozen=True, slots=True)
class Document:
    """One version of an open document. `text` is UTF-8; half a surrogate pair, which UTF-8 cannot hold, is a question mark."""

    uri: str
    language: str
    version: int
    text: bytes
    index: LineIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", LineIndex(self.text))


def changed(document: Document, version: int, changes: Iterable[Change], units: Units) -> Document:
    """Apply changes in their order, each to the text that the one before it made."""
    for change in changes:
        text = encoded(change.text)
        if isinstance(change, types.TextDocumentContentChangePartial):
            start, end = (document.index.offset(place.line, place.character, units) for place in (change.range.start, change.range.end))
            text = document.text[:start] + text + document.text[max(start, end) :]
        document = replace(document, text=text)
    return replace(document, version=version)


def encoded(text: str) -> bytes:
    """Encode a document's text."""
    return text.encode("utf-8", "replace")


class DocumentStore:
    """The open documents, by URI."""

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}

    def open(self, item: types.TextDocumentItem) -> Document:
        """Take a document up; one that was open is taken anew."""
        document = Document(item.uri, str(item.language_id), item.version, encoded(item.text))
        self._open[item.uri] = document
        return document

    def change(self, params: types.DidChangeTextDocumentParams, units: Units) -> Document | None:
        """Apply a change notification; None for a document that is not open."""
        document = self._open.get(params.text_document.uri)
        if document is None:
            return None
        document = changed(document, params.text_document.version, params.content_changes, units)
        self._open[document.uri] = document
        return document

    def close(self, uri: str) -> Document | None:
        """Forget a document, and return it as it was."""
        return self._open.pop(uri, None)

    def get(self, uri: str) -> Document | None:
        """Find an open document."""
        return self._open.get(uri)

    def __iter__(self) -> Iterator[Document]:
        return iter(tuple(self._open.values()))
