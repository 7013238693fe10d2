"""Places are found again in a text that has moved on since it was analyzed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threatline.lsp.drift import drift_between
from threatline.source.file import Span

BYTES = st.binary(max_size=12)


@given(BYTES, BYTES, BYTES, BYTES)
def test_what_did_not_change_is_found_at_its_new_place(before: bytes, old: bytes, new: bytes, behind: bytes) -> None:
    analyzed, now = before + old + behind, before + new + behind
    drift = drift_between(analyzed, now)
    for start in range(len(analyzed) + 1):
        for end in range(start, len(analyzed) + 1):
            moved = drift.to_editor(Span(start, end))
            if moved is not None:
                assert now[slice(*moved)] == analyzed[start:end]
            else:
                assert end > len(before) or start < len(before) + len(old)
    for offset in range(len(now)):
        place = drift.to_analyzed(offset)
        assert place is None or offset == drift.start or analyzed[place : place + 1] == now[offset : offset + 1]


def test_equal_texts_have_no_drift() -> None:
    drift = drift_between(b"abc", b"abc")
    assert [drift.to_analyzed(offset) for offset in range(4)] == [0, 1, 2, 3]
    assert drift.to_editor(Span(0, 3)) == Span(0, 3)
