"""Parsing, and editing a tree in place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from threatline.source.file import SourceFile
from threatline.syntax import Edit, edit_between, parse, reparse


def source(text: str | bytes, language: str = "python") -> SourceFile:
    return SourceFile("sample", text.encode() if isinstance(text, str) else text, "", language)


@pytest.mark.parametrize(
    ("language", "text", "root"),
    [
        ("python", "x = 1", "module"),
        ("typescript", "const x = <number>y", "program"),
        ("tsx", "const x = <p/>", "program"),
        ("javascript", "const x = <p/>", "program"),
    ],
)
def test_every_language_has_a_grammar(language, text, root):
    node = parse(source(text, language)).tree.root_node
    assert node.type == root
    assert not node.has_error


def test_a_language_without_a_grammar_is_refused():
    with pytest.raises(ValueError, match="no grammar for the language 'cobol' of sample"):
        parse(source("", "cobol"))


@pytest.mark.parametrize("text", [b"", b"\xff\x00(", b"\r\r\n", b"(" * 10_000])
def test_any_bytes_give_a_tree(text):
    assert parse(source(text)).tree.root_node.end_byte <= len(text)


def test_an_edited_tree_equals_a_fresh_one_and_the_old_one_stays():
    old = parse(source("x = 1\ny = 2\n"))
    before = str(old.tree.root_node)
    new = source("x = 1\ny = f(2)\n")
    tree = reparse(old, new, [Edit(10, 11, 14, (1, 4), (1, 5), (1, 8))])
    assert str(tree.tree.root_node) == str(parse(new).tree.root_node)
    assert tree.source is new
    assert str(old.tree.root_node) == before
    assert old.tree.root_node.end_byte == 12


@pytest.mark.parametrize(
    ("old", "new", "edit"),
    [
        (b"a\nbc\n", b"a\nbc\n", None),
        (b"a\nbc\n", b"a\nbxc\n", Edit(3, 3, 4, (1, 1), (1, 1), (1, 2))),
        (b"aaaa", b"aa", Edit(2, 4, 2, (0, 2), (0, 4), (0, 2))),
        (b"", b"x\ny", Edit(0, 0, 3, (0, 0), (0, 0), (1, 1))),
        (b"x\ny", b"", Edit(0, 3, 0, (0, 0), (1, 1), (0, 0))),
    ],
)
def test_the_edit_between_two_texts(old, new, edit):
    assert edit_between(old, new) == edit


LINES = st.lists(st.sampled_from(["x = 1", "def f(a):", "    return a", "  y = [", "]", "é = '''", "'''", ""]), max_size=8)


@settings(deadline=None)
@given(old=LINES, new=LINES)
def test_an_edit_reaches_the_same_tree_as_a_fresh_start(old, new):
    before, after = source("\n".join(old)), source("\n".join(new))
    edit = edit_between(before.text, after.text)
    if edit is not None:
        assert before.text[: edit.start] + after.text[edit.start : edit.new_end] + before.text[edit.old_end :] == after.text
        tree = reparse(parse(before), after, [edit])
        assert tree.tree.root_node.end_byte <= len(after.text)
        if not parse(after).tree.root_node.has_error:
            assert str(tree.tree.root_node) == str(parse(after).tree.root_node)
