import pytest
from hypothesis import given
from hypothesis import strategies as st

from threatline.source.lines import LineIndex, Position


def test_only_the_three_line_ends_of_lsp_end_a_line():
    index = LineIndex("a\nb\r\nc\rd\x0ce\x0bf\u2028g\x85h".encode())

    assert index.count == 4
    assert [index._text[slice(*index.line(line))] for line in range(3)] == [b"a", b"b", b"c"]
    assert index._text[slice(*index.line(3))] == "d\x0ce\x0bf\u2028g\x85h".encode()


def test_an_empty_text_has_one_line():
    assert LineIndex(b"").count == 1
    assert LineIndex(b"").position(7) == Position(0, 0)


def test_a_final_line_end_opens_an_empty_line():
    assert LineIndex(b"a\n").count == 2
    assert LineIndex(b"a\n").position(2) == Position(1, 0)


@pytest.mark.parametrize(("units", "column"), [("utf-8", 6), ("utf-16", 3), ("utf-32", 2)])
def test_columns_count_in_the_units_asked_for(units, column):
    index = LineIndex("one\né😀z".encode())

    assert index.position(10, units) == Position(1, column)
    assert index.offset(1, column, units) == 10


def test_offsets_inside_a_character_count_as_its_start():
    index = LineIndex("x\U0001f600y".encode())

    assert [index.position(offset, "utf-16").column for offset in range(7)] == [0, 1, 1, 1, 1, 3, 4]


def test_a_column_inside_a_surrogate_pair_is_the_character():
    index = LineIndex("\U0001f600y".encode())

    assert [index.offset(0, column, "utf-16") for column in range(4)] == [0, 0, 4, 5]


def test_places_outside_are_clamped():
    index = LineIndex(b"ab\r\ncd")

    assert index.position(-5) == Position(0, 0)
    assert index.position(3) == Position(0, 2)  # between \r and \n
    assert index.position(99) == Position(1, 2)
    assert index.offset(0, 99) == 2
    assert index.offset(-1, 3) == 0
    assert index.offset(9, 0) == 6
    with pytest.raises(IndexError):
        index.line(2)


def test_broken_bytes_count_as_the_replacement_characters_that_editors_show():
    text = b"a\xff\xfe\xe2\x82z"
    index = LineIndex(text)

    assert index.position(5).column == len(text[:5].decode("utf-8", "replace"))
    assert index.offset(0, index.position(5).column) == 5


@given(st.text(alphabet="ab\n\r\x0c\u00e9\u20ac\U0001f600"), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_and_offsets_of_character_starts_are_inverse(text, units):
    data = text.encode()
    index = LineIndex(data)
    for at in range(len(text) + 1):
        offset = len(text[:at].encode())
        if text[at - 1 : at + 1] == "\r\n":
            continue  # inside a line end there is no position
        assert index.offset(*index.position(offset, units), units) == offset


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_any_bytes_have_positions_that_never_go_back(data, units):
    index = LineIndex(data)
    positions = [index.position(offset, units) for offset in range(len(data) + 1)]

    assert positions == sorted(positions)
    assert all(index.offset(*position, units) <= offset for offset, position in enumerate(positions))
