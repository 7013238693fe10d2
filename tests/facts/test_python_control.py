"""The facts of each kind of Python statement with blocks, written as `ordinal Kind fields`."""

import pytest

STATEMENTS = (
    (
        "if",
        "if a:\n  b\nelif c:\n  d\nelse:\n  e",
        ("0 Read a; 1 Branch 0; 2 Read b; 3 Otherwise; 4 Read c; 5 Branch 4; 6 Read d; 7 Otherwise; 8 Read e; 9 Join; 10 Join"),
    ),
    ("type checking", "if TYPE_CHECKING:\n  import a", "0 Read TYPE_CHECKING; 1 Branch 0; 2 Import a; 3 Bind a 2; 4 Join"),
    ("while", "while a:\n  break\nelse:\n  b", "0 Read a; 1 Loop 0; 2 Leave; 3 EndLoop; 4 Branch -1; 5 Read b; 6 Join"),
    ("forever", "while True:\n  continue", "0 Literal True; 1 Loop 0 forever; 2 Leave; 3 EndLoop"),
    (
        "for",
        "for x, y in a:\n  b\nelse:\n  c",
        (
            "0 Read a; 1 Loop; 2 Iterate 0; 3 Unpack 2 0; 4 Bind x 3; 5 Unpack 2 1; 6 Bind y 5; 7 Read b; 8 EndLoop; "
            "9 Branch -1; 10 Read c; 11 Join"
        ),
    ),
    ("async for", "async for x in a: b", "0 Read a; 1 Loop; 2 Iterate 0; 3 Bind x 2; 4 Read b; 5 EndLoop"),
    (
        "with",
        "with a as b, c as (d, e), f(): g",
        (
            "0 Read a; 1 Enter 0; 2 Bind b 1; 3 Read c; 4 Enter 3; 5 Unpack 4 0; 6 Bind d 5; 7 Unpack 4 1; 8 Bind e 7; 9 Read f; "
            "10 Call 9; 11 Enter 10; 12 Read g"
        ),
    ),
    ("parenthesized with", "with (a as b, c): d", "0 Read a; 1 Enter 0; 2 Bind b 1; 3 Read c; 4 Enter 3; 5 Read d"),
    (
        "try",
        "try:\n  a\nexcept (A, B) as e:\n  b\nexcept C:\n  c\nexcept:\n  d\nelse:\n  e\nfinally:\n  f",
        (
            "0 Try; 1 Read a; 2 Read A; 3 Read B; 4 Handler (2 3); 5 Caught; 6 Bind e 5; 7 Read b; 8 Read C; 9 Handler (8); "
            "10 Read c; 11 Handler; 12 Read d; 13 Finally; 14 Read e; 15 Finally; 16 Read f; 17 EndTry"
        ),
    ),
    (
        "exception group",
        "try: a\nexcept* A as e: b",
        "0 Try; 1 Read a; 2 Read A; 3 Handler (2); 4 Caught; 5 Bind e 4; 6 Read b; 7 EndTry",
    ),
    (
        "conditional import",
        "try:\n  import a\nexcept ImportError:\n  a = None",
        "0 Try; 1 Import a; 2 Bind a 1; 3 Read ImportError; 4 Handler (3); 5 Literal None; 6 Bind a 5; 7 EndTry",
    ),
    (
        "match of constants",
        "match a:\n  case 1: b\n  case 'x' | None: c\n  case _: d",
        (
            "0 Read a; 1 Literal 1; 2 Operation == (0 1); 3 Branch 2; 4 Read b; 5 Otherwise; 6 Literal x; 7 Operation == (0 6); "
            "8 Literal None; 9 Operation == (0 8); 10 Operation or (7 9); 11 Branch 10; 12 Read c; 13 Otherwise; 14 Read d; "
            "15 Join; 16 Join"
        ),
    ),
    (
        "match of sequences",
        "match a:\n  case [x, *y]: b\n  case (1, z): c",
        (
            "0 Read a; 1 Branch -1; 2 Unpack 0 0; 3 Bind x 2; 4 Unpack 0 -1; 5 Bind y 4; 6 Read b; 7 Otherwise; 8 Branch -1; "
            "9 Unpack 0 0; 10 Unpack 0 1; 11 Bind z 10; 12 Read c; 13 Join; 14 Join"
        ),
    ),
    (
        "match of mappings",
        "match a:\n  case {'k': x, **y}: b",
        "0 Read a; 1 Branch -1; 2 Literal k; 3 Item 0 2; 4 Bind x 3; 5 Unpack 0 -1; 6 Bind y 5; 7 Read b; 8 Join",
    ),
    (
        "match of classes",
        "match a:\n  case m.P(x, y=z) as w: b",
        (
            "0 Read a; 1 Branch -1; 2 Read m; 3 Attribute 2 P; 4 Unpack 0 0; 5 Bind x 4; 6 Attribute 0 y; 7 Bind z 6; "
            "8 Bind w 0; 9 Read b; 10 Join"
        ),
    ),
    (
        "match with a guard",
        "match a:\n  case x if x > 1: b",
        ("0 Read a; 1 Branch -1; 2 Bind x 0; 3 Read x; 4 Literal 1; 5 Operation > (3 4); 6 Branch 5; 7 Read b; 8 Join; 9 Join"),
    ),
    ("match of a dotted name", "match a:\n  case b.c: d", "0 Read a; 1 Branch -1; 2 Read d; 3 Join"),
    (
        "match of several",
        "match a, b:\n  case x, y: c",
        ("0 Read a; 1 Read b; 2 Collection tuple (0 1); 3 Branch -1; 4 Unpack 2 0; 5 Bind x 4; 6 Unpack 2 1; 7 Bind y 6; 8 Read c; 9 Join"),
    ),
)


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, expected, id=name) for name, code, expected in STATEMENTS])
def test_statement_gives_facts(lines_of, code, expected):
    assert lines_of(code) == expected
