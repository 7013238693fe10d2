"""The facts of each kind of simple Python statement, written as `ordinal Kind fields`."""

import pytest

STATEMENTS = (
    ("assignment", "x = a", "0 Read a; 1 Bind x 0"),
    ("chained assignment", "x = y = a", "0 Read a; 1 Bind x 0; 2 Bind y 0"),
    (
        "unpacking",
        "x, (y, *z) = a",
        "0 Read a; 1 Unpack 0 0; 2 Bind x 1; 3 Unpack 0 1; 4 Unpack 3 0; 5 Bind y 4; 6 Unpack 3 -1; 7 Bind z 6",
    ),
    ("starred in the middle", "x, *y, z = a", "0 Read a; 1 Unpack 0 0; 2 Bind x 1; 3 Unpack 0 -1; 4 Bind y 3; 5 Unpack 0 -1; 6 Bind z 5"),
    ("attribute", "a.b = c", "0 Read c; 1 Read a; 2 BindAttribute 1 b 0"),
    ("item", "a[k] = c", "0 Read c; 1 Read a; 2 Read k; 3 BindItem 1 2 0"),
    ("slice", "a[1:] = c", "0 Read c; 1 Read a; 2 Literal 1; 3 BindItem 1 -1 0"),
    ("augmented name", "x += a", "0 Read x; 1 Read a; 2 Operation + (0 1); 3 Bind x 2 augmented"),
    ("augmented attribute", "a.b -= c", "0 Read a; 1 Attribute 0 b; 2 Read c; 3 Operation - (1 2); 4 BindAttribute 0 b 3"),
    ("augmented item", "a[k] |= c", "0 Read a; 1 Read k; 2 Item 0 1; 3 Read c; 4 Operation | (2 3); 5 BindItem 0 1 4"),
    ("annotated", "x: T = a", "0 Read a; 1 Read T; 2 Annotated x 1; 3 Bind x 0"),
    ("annotated without value", "x: T", "0 Read T; 1 Annotated x 0"),
    ("annotated attribute", "self.x: T = a", "0 Read a; 1 Read T; 2 Read self; 3 Annotated x 1 2; 4 Read self; 5 BindAttribute 4 x 0"),
    ("forward reference", "x: 'list[T]'", "0 Read list; 1 Read T; 2 Item 0 1; 3 Annotated x 2"),
    (
        "literal type",
        "x: Literal['a', 'b']",
        "0 Read Literal; 1 Literal a; 2 Literal b; 3 Collection tuple (1 2); 4 Item 0 3; 5 Annotated x 4",
    ),
    ("union type", "x: A | None", "0 Read A; 1 Literal None; 2 Operation | (0 1); 3 Annotated x 2"),
    (
        "generic type",
        "x: dict[str, a.B]",
        "0 Read dict; 1 Read str; 2 Read a; 3 Attribute 2 B; 4 Collection tuple (1 3); 5 Item 0 4; 6 Annotated x 5",
    ),
    (
        "described type",
        "x: Annotated[str, 'the name of it']",
        ("0 Read Annotated; 1 Read str; 2 Literal the name of it; 3 Collection tuple (1 2); 4 Item 0 3; 5 Annotated x 4"),
    ),
    ("type alias", "type A = B", "0 Read B; 1 Bind A 0"),
    ("import", "import a", "0 Import a; 1 Bind a 0"),
    ("import of a submodule", "import a.b.c", "0 Import a.b.c; 1 Import a; 2 Bind a 1"),
    ("import under a name", "import a.b as c", "0 Import a.b; 1 Bind c 0"),
    ("import of members", "from .x import y as z, w", "0 Import .x y; 1 Bind z 0; 2 Import .x w; 3 Bind w 2"),
    ("import from the parent", "from .. import x", "0 Import .. x; 1 Bind x 0"),
    ("import of everything", "from x import *", "0 Import x *"),
    ("future", "from __future__ import annotations", "0 Import __future__ annotations; 1 Bind annotations 0"),
    ("global", "global a, b", "0 Declare (a b) global"),
    ("nonlocal", "nonlocal a", "0 Declare (a) nonlocal"),
    ("del", "del a, b[c]", ""),
    ("assert", "assert a, b", "0 Read a; 1 Assert 0; 2 Read b"),
    ("raise", "raise A from b", "0 Read A; 1 Read b; 2 Raise 0"),
    ("bare raise", "raise", "0 Raise -1"),
    ("pass", "pass", ""),
    ("Python 2 print", "print >>a, b", "0 Read print; 1 Read a; 2 Read b; 3 Call 0 (file=1 2)"),
    ("Python 2 exec", "exec a", "0 Read exec; 1 Read a; 2 Call 0 (1)"),
)


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, expected, id=name) for name, code, expected in STATEMENTS])
def test_statement_gives_facts(lines_of, code, expected):
    assert lines_of(code) == expected
