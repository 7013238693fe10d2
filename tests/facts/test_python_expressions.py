"""The facts of each kind of Python expression, written as `ordinal Kind fields`."""

import pytest

EXPRESSIONS = (
    ("name", "a", "0 Read a"),
    (
        "constants",
        "1; 2.5; 0x1F; True; None; ...; -3; 1_0",
        (
            "0 Literal 1; 1 Literal 2.5; 2 Literal 31; 3 Literal True; 4 Literal None; 5 Literal None; 6 Literal 3; "
            "7 Literal -3; 8 Literal 10"
        ),
    ),
    ("too large a number", "99999999999999999999", "0 Literal None"),
    ("imaginary", "2j", "0 Literal None"),
    ("attributes", "a.b.c", "0 Read a; 1 Attribute 0 b; 2 Attribute 1 c"),
    ("item", "a['k']", "0 Read a; 1 Literal k; 2 Item 0 1"),
    ("several keys", "a[1, 2]", "0 Read a; 1 Literal 1; 2 Literal 2; 3 Collection tuple (1 2); 4 Item 0 3"),
    ("slice", "a[x:y]", "0 Read a; 1 Read x; 2 Read y; 3 Item 0 -1"),
    ("slice among keys", "a[x:y, z]", "0 Read a; 1 Read x; 2 Read y; 3 Read z; 4 Item 0 -1"),
    ("call", "f(a, *b, k=c, **d)", "0 Read f; 1 Read a; 2 Read b; 3 Read c; 4 Read d; 5 Call 0 (1 *=2 k=3 **=4)"),
    ("call of a method", "a.b(c).d()", "0 Read a; 1 Attribute 0 b; 2 Read c; 3 Call 1 (2); 4 Attribute 3 d; 5 Call 4"),
    (
        "call of one generator",
        "f(x for x in y)",
        (
            "0 Read f; 1 Read y; 2 Scope; 3 Loop; 4 Iterate 1; 5 Bind x 4; 6 Read x; 7 EndLoop; 8 EndScope; "
            "9 Collection generator (6) generated; 10 Call 0 (9)"
        ),
    ),
    ("operator", "a + b % c", "0 Read a; 1 Read b; 2 Read c; 3 Operation % (1 2); 4 Operation + (0 3)"),
    ("not, minus", "not -a", "0 Read a; 1 Operation - (0); 2 Operation not (1)"),
    ("and, or", "a and b or c", "0 Read a; 1 Read b; 2 Operation and (0 1); 3 Read c; 4 Operation or (2 3)"),
    ("comparison", "a is not b", "0 Read a; 1 Read b; 2 Operation is-not (0 1)"),
    (
        "chained comparison",
        "a < b not in c",
        "0 Read a; 1 Read b; 2 Operation < (0 1); 3 Read c; 4 Operation not-in (1 3); 5 Operation and (2 4)",
    ),
    ("conditional", "a if b else c", "0 Read b; 1 Read a; 2 Read c; 3 Operation if-else (0 1 2)"),
    ("walrus", "(n := f())", "0 Read f; 1 Call 0; 2 Bind n 1"),
    ("await", "await f()", "0 Read f; 1 Call 0"),
    (
        "list, tuple, set",
        "[a, *b]; (a, b); {a}",
        ("0 Read a; 1 Read b; 2 Collection list (0 *1); 3 Read a; 4 Read b; 5 Collection tuple (3 4); 6 Read a; 7 Collection set (6)"),
    ),
    ("empty displays", "[]; (); {}", "0 Collection list; 1 Collection tuple; 2 Collection dict"),
    ("dict", "{'k': a, **b}", "0 Literal k; 1 Read a; 2 Read b; 3 Collection dict (0:1 *2)"),
    (
        "list comprehension",
        "[f(x) for x in xs if x]",
        (
            "0 Read xs; 1 Scope; 2 Loop; 3 Iterate 0; 4 Bind x 3; 5 Read x; 6 Branch 5; 7 Read f; 8 Read x; 9 Call 7 (8); "
            "10 Join; 11 EndLoop; 12 EndScope; 13 Collection list (9) generated"
        ),
    ),
    (
        "nested comprehension",
        "{y for x in xs for y in x}",
        (
            "0 Read xs; 1 Scope; 2 Loop; 3 Iterate 0; 4 Bind x 3; 5 Read x; 6 Loop; 7 Iterate 5; 8 Bind y 7; 9 Read y; "
            "10 EndLoop; 11 EndLoop; 12 EndScope; 13 Collection set (9) generated"
        ),
    ),
    (
        "dict comprehension",
        "{k: v for k, v in d}",
        (
            "0 Read d; 1 Scope; 2 Loop; 3 Iterate 0; 4 Unpack 3 0; 5 Bind k 4; 6 Unpack 3 1; 7 Bind v 6; 8 Read k; 9 Read v; "
            "10 EndLoop; 11 EndScope; 12 Collection dict (8:9) generated"
        ),
    ),
    (
        "generator",
        "(x for x in xs)",
        ("0 Read xs; 1 Scope; 2 Loop; 3 Iterate 0; 4 Bind x 3; 5 Read x; 6 EndLoop; 7 EndScope; 8 Collection generator (5) generated"),
    ),
    ("yield", "x = yield a; yield from b; yield", "0 Read a; 1 Yield 0; 2 Bind x 1; 3 Read b; 4 Yield 3 each; 5 Yield -1"),
    ("adjacent strings", "'a' \"b\"", "0 Literal ab"),
    ("escapes", "'\\x41\\n\\u00e9\\N{BULLET}\\q\\101'", "0 Literal A\né•\\qA"),
    ("raw string", "r'\\n'", "0 Literal \\n"),
    ("bytes", "b'\\xff'", "0 Literal ÿ"),
    ("f-string", "f'a{b!r:>{w}}c{{}}'", "0 Read b; 1 Read w; 2 Literal a; 3 Literal c{}; 4 Template (2 0 1 3)"),
    ("f-string without values", "f'{{a}}'", "0 Literal {a}"),
    ("f-string beside a string", "'a' f'{b}' 'c'", "0 Read b; 1 Literal a; 2 Literal c; 3 Template (1 0 2)"),
    ("format operator", "'%s' % a", "0 Literal %s; 1 Read a; 2 Operation % (0 1)"),
    ("format method", "'{}'.format(a)", "0 Literal {}; 1 Attribute 0 format; 2 Read a; 3 Call 1 (2)"),
    ("surrogate", "'\\ud800'", "0 Literal �"),
)


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, expected, id=name) for name, code, expected in EXPRESSIONS])
def test_expression_gives_facts(lines_of, code, expected):
    assert lines_of(code) == expected
