"""Outside words are read within bounds, and what is wrong is said with its line."""

from __future__ import annotations

import pytest

from threatline.errors import KnowledgeError
from threatline.knowledge.reading import LARGEST, line_of, read_yaml


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        pytest.param(b"a: 1\nb: 2\na: 3\n", 3, "duplicate key", id="a key twice"),
        pytest.param(b"a:\n  - [1, 2\nb: 3\n", 3, "expected", id="an open bracket"),
        pytest.param(b"[" * 60, 1, "nested too deeply", id="brackets without end"),
        pytest.param(b"- " * 60 + b"1", 1, "nested too deeply", id="dashes without end"),
        pytest.param(b"x: !!python/object/apply:os.system [ls]\n", 1, "constructor", id="a tag that calls"),
        pytest.param(b"x: !other 1\n", 1, "constructor", id="an unknown tag"),
        pytest.param(b"x: 2026-01-01\n", 0, "quotes", id="a date that is meant as a version"),
        pytest.param(b"x: \x00\n", 0, "unacceptable", id="a control character"),
        pytest.param(b"x: \xff\xfe\n", 0, "", id="bytes that are no text"),
        pytest.param(b"a: &a 1\nb: [" + b"*a," * 600 + b"]\n", 2, "too many aliases", id="aliases without end"),
        pytest.param(b"#" * (LARGEST + 1), 0, "larger than", id="a large file"),
    ],
)
def test_bad_text_is_refused_at_its_line(text, line, part):
    with pytest.raises(KnowledgeError) as caught:
        read_yaml(text, "rules/x.yaml")
    assert (caught.value.file, caught.value.line) == ("rules/x.yaml", line)
    assert part in caught.value.message


def test_aliases_that_multiply_are_refused():
    lines = [b"a0: &a0 [1,1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]".encode() for n in range(1, 8)]
    with pytest.raises(KnowledgeError, match="aliases followed"):
        read_yaml(b"\n".join(lines), "x.yaml")


def test_alias_into_itself_is_refused():
    with pytest.raises(KnowledgeError):
        read_yaml(b"a: &a\n  b: *a\n", "x.yaml")


def test_ordinary_text_is_read():
    assert read_yaml(b"a: &a [1, 'x', null, true]\nb: *a\n", "x.yaml") == {"a": [1, "x", None, True], "b": [1, "x", None, True]}


@pytest.mark.parametrize(
    ("path", "line"),
    [((), 1), (("b",), 3), (("b", 1), 5), (("b", 1, "d"), 6), (("b", "a validator's word", 1, "d"), 6), (("missing",), 1)],
)
def test_line_of_a_path(path, line):
    assert line_of(b"# head\na: 1\nb:\n  - x\n  - c: 1\n    d: 2\n", path) == line
