"""Documents follow any edits, in any of LSP's units."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from threatline.lsp.documents import Document, DocumentStore, changed
from threatline.source.lines import Units

TEXT = st.text(alphabet=st.sampled_from("ab \n\rä€𐍈\u2028\x0b\x0c\x85é"), max_size=30)
UNITS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def widths(text: str, units: Units) -> list[int]:
    return [len(char.encode("utf-16-le")) // 2 if units == "utf-16" else len(char.encode()) if units == "utf-8" else 1 for char in text]


def position(text: str, offset: int, units: Units) -> types.Position:
    """Count a position by hand: lines end at \\r\\n, \\n and \\r alone."""
    before = re.split(r"\r\n|\r|\n", text[:offset])
    # Between \r and \n stands no position: the pair is one line end.
    return types.Position(len(before) - 1, sum(widths(before[-1], units)))


@given(TEXT, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), TEXT), max_size=6), UNITS)
def test_incremental_edits_equal_the_whole_text(text: str, edits: list[tuple[int, int, str]], units: Units) -> None:
    document = Document("file:///a.py", "python", 1, text.encode())
    for version, (one, other, new) in enumerate(edits, 2):
        start, end = sorted((min(one, len(text)), min(other, len(text))))
        if any(text[place - 1 : place + 1] == "\r\n" for place in (start, end) if place):
            continue
        change = types.TextDocumentContentChangePartial(types.Range(position(text, start, units), position(text, end, units)), new)
        text = text[:start] + new + text[end:]
        document = changed(document, version, [change], units)
        assert document.text.decode() == text
        assert document.version == version


def test_several_changes_hold_in_the_text_that_the_ones_before_made() -> None:
    at = types.Position(0, 0)
    first = types.TextDocumentContentChangePartial(types.Range(at, at), "x\n")
    second = types.TextDocumentContentChangePartial(types.Range(types.Position(1, 0), types.Position(1, 1)), "b")
    assert changed(Document("u", "python", 1, b"a"), 2, [first, second], "utf-16").text == b"x\nb"


@pytest.mark.parametrize("place", [(9, 0), (0, 99), (5, 5)])
def test_a_position_beyond_the_text_is_its_end_or_its_lines_end(place: tuple[int, int]) -> None:
    at = types.Position(*place)
    change = types.TextDocumentContentChangePartial(types.Range(at, at), "!")
    assert changed(Document("u", "python", 1, b"abc"), 2, [change], "utf-16").text == b"abc!"


def test_a_range_the_wrong_way_round_deletes_nothing() -> None:
    change = types.TextDocumentContentChangePartial(types.Range(types.Position(0, 2), types.Position(0, 1)), "-")
    assert changed(Document("u", "python", 1, b"abc"), 2, [change], "utf-8").text == b"ab-c"


def test_half_a_surrogate_pair_keeps_its_width() -> None:
    store = DocumentStore()
    store.open(types.TextDocumentItem("u", "python", 1, "\ud800x"))
    at = types.Position(0, 1)
    change = types.TextDocumentContentChangePartial(types.Range(at, at), "-")
    document = store.change(types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, "u"), [change]), "utf-16")
    assert document is not None
    assert document.text == b"?-x"


def test_changes_of_a_document_that_is_not_open_are_ignored() -> None:
    whole = types.TextDocumentContentChangeWholeDocument("x")
    params = types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, "u"), [whole])
    assert DocumentStore().change(params, "utf-8") is None
