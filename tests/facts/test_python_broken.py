"""What half-typed Python still says."""

import pytest

BROKEN = (
    ("call without its end", "x = foo(a, ", "0 Read foo; 1 Read a; 2 Call 0 (1); 3 Bind x 2"),
    ("attribute without a name", "a.", "0 Read a"),
    ("assignment without a value", "x = ", ""),
    ("import without a name", "import ", ""),
    ("body without a block", "def f(:\n  a()\nb()", "0 Define f; 1 Bind f 0; 2 Read b; 3 Call 2"),
    ("statement behind an error", "x = = 1\ny = 2", "0 Literal 1; 1 Bind x 0; 2 Literal 2; 3 Bind y 2"),
    ("string without its end", "'abc", "0 Read abc"),
)


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, expected, id=name) for name, code, expected in BROKEN])
def test_broken_code_gives_facts(lines_of, code, expected):
    assert lines_of(code) == expected
