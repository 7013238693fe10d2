"""Code frames: what is shown around a place, and what is underlined."""

import pytest
from rich.cells import cell_len

from threatline.report.frames import frame
from threatline.report.places import Places


@pytest.fixture
def framed(make_draft):
    def cut(text, snippet, width=80):
        draft = make_draft({"a.py": text})
        value = draft.at("a.py", snippet)
        places = Places(draft.snapshot())
        return frame(places, places.range(value), width=width)

    return cut


def underlined(line):
    """The text above the carets."""
    start, end = line.under
    shown, at = [], 0
    for character in line.text:
        if start <= at < end:
            shown.append(character)
        at += cell_len(character)
    return "".join(shown)


def test_two_lines_before_and_one_after(framed):
    lines = framed("a\nb\nc\nrun()\nd\ne\n", "run()")
    assert [(line.number, line.text) for line in lines] == [(2, "b"), (3, "c"), (4, "run()"), (5, "d")]
    assert [line.number for line in lines if line.under] == [4]


def test_shared_indentation_is_left_out(framed):
    lines = framed("def f():\n\tif x:\n\t\ta\n\t\trun()\n\t\tb\n", "run()")
    assert [line.text for line in lines] == ["if x:", "    a", "    run()", "    b"]
    assert underlined(lines[2]) == "run()"


def test_blank_lines_at_the_ends_are_left_out(framed):
    assert [line.number for line in framed("a\n\n\nrun()\n\n", "run()")] == [4]


def test_wide_characters_are_underlined_where_they_stand(framed):
    (line,) = framed('run("日本語", x)\n', '"日本語"')
    assert underlined(line) == '"日本語"'
    assert line.under == (4, 12)


def test_escaped_characters_keep_the_underline_true(framed):
    (line,) = framed('f("\x1b[31m", run(x))\n', "run(x)")
    assert underlined(line) == "run(x)"


def test_the_lines_of_a_long_place_are_marked(framed):
    lines = framed("before\nrun(\n    a,\n    b,\n)\nx\n", "run(\n    a,\n    b,\n)")
    assert [line.text for line in lines if line.inside] == ["run(", "    a,", "    b,", ")"]
    assert not any(line.under for line in lines)


def test_a_long_range_is_shortened(framed):
    text = "run(\n" + "    a,\n" * 30 + ")\n"
    lines = framed(text, text.strip())
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 0, 32]


@pytest.mark.parametrize("width", [21, 30, 50])
def test_a_long_line_is_scrolled_to_the_place(framed, width):
    (line,) = framed("x" * 200 + " = run(y) + " + "z" * 200 + "\n", "run(y)", width)
    assert cell_len(line.text) <= width
    assert underlined(line) == "run(y)"


def test_a_line_of_a_megabyte_is_cut(framed):
    lines = framed("run('" + "x" * 1_000_000 + "')\n", "run(")
    assert cell_len(lines[0].text) <= 80


def test_a_place_at_the_end_of_the_file(framed):
    lines = framed("run()", "run()")
    assert [(line.number, line.text, line.under) for line in lines] == [(1, "run()", (0, 5))]
