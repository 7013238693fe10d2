"""Where an import goes."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threatline.fixes.edit import apply_edits
from threatline.fixes.imports import add_import
from threatline.fixes.names import read_imports
from threatline.source.file import SourceFile
from threatline.syntax import parse


def added(text: str, statement: str) -> str:
    source = SourceFile("app.py", text.encode(), "", "python")
    (wanted,) = read_imports(statement)
    return apply_edits("app.py", source.text, add_import(parse(source), wanted)).decode()


@pytest.mark.parametrize(
    ("statement", "before", "after"),
    [
        ("import html", "", "import html\n"),
        ("import html", "x = 1\n", "import html\n\n\nx = 1\n"),
        ("import html", "import html\n", "import html\n"),
        ("import html", "import os\nimport sys\n", "import html\nimport os\nimport sys\n"),
        ("import html", "import ast\nimport os\n", "import ast\nimport html\nimport os\n"),
        ("import html", "import httpx\n", "import html\n\nimport httpx\n"),
        ("import httpx", "import os\n\n\nx = 1\n", "import os\n\nimport httpx\n\n\nx = 1\n"),
        ("import httpx", "import os\nfrom . import x\n", "import os\nimport httpx\nfrom . import x\n"),
        ("import httpx", "import os\n\nfrom . import x\n", "import os\n\nimport httpx\n\nfrom . import x\n"),
        ("import html", '"""Doc."""\nx = 1\n', '"""Doc."""\n\nimport html\n\nx = 1\n'),
        ("import html", '"""Doc."""\n\nx = 1\n', '"""Doc."""\n\nimport html\n\nx = 1\n'),
        ("import html", "from __future__ import annotations\n\nx = 1\n", "from __future__ import annotations\n\nimport html\n\nx = 1\n"),
        ("import html", "#!/usr/bin/env python\nx = 1\n", "#!/usr/bin/env python\n\nimport html\n\nx = 1\n"),
        ("import html", "# Licence.\n\n# About f.\ndef f(): ...\n", "# Licence.\n\nimport html\n\n# About f.\ndef f(): ...\n"),
        ("import html", "# About f.\ndef f(): ...\n", "import html\n\n\n# About f.\ndef f(): ...\n"),
        ("import html", "def f():\n    import html\n", "import html\n\n\ndef f():\n    import html\n"),
        ("import html", "def f(): ...\nimport os\n", "import html\n\n\ndef f(): ...\nimport os\n"),
        ("from a import c", "from a import b\n", "from a import b, c\n"),
        ("from a import c", "from a import (\n    b,\n)\n", "from a import (\n    b,\n    c,\n)\n"),
        ("from a import c", "from a import (b)\n", "from a import (b, c)\n"),
        ("from a import c", "from a import *\n", "from a import *\nfrom a import c\n"),
        ("import html", "import os\r\nimport sys\r\n", "import html\r\nimport os\r\nimport sys\r\n"),
    ],
)
def test_an_import_goes_where_it_belongs(statement: str, before: str, after: str) -> None:
    assert added(before, statement) == after
    ast.parse(after)


LINES = st.sampled_from(
    [
        "import os",
        "import httpx",
        "from . import x",
        "from a import (\n    b,\n    c\n)",
        "",
        "# a comment",
        "x = 1",
        "def f():\n    pass",
        "import re, json",
    ]
)


@given(
    st.booleans(),
    st.booleans(),
    st.lists(LINES, max_size=8),
    st.sampled_from(["import html", "import requests", "from a import d", "from .y import z"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_an_import_changes_nothing_else(doc: bool, future: bool, lines: list[str], statement: str, newline: str) -> None:
    head = (['"""Doc."""'] if doc else []) + (["from __future__ import annotations"] if future else [])
    before = newline.join([*head, *lines, ""]).replace("\r\n", "\n").replace("\n", newline)
    after = added(before, statement)
    (wanted,) = read_imports(statement)
    old, new = ast.parse(before), ast.parse(after)
    assert ast.get_docstring(old) == ast.get_docstring(new)
    bound = [
        (getattr(node, "module", None), name.name)
        for node in ast.walk(new)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    ]
    assert any(name == (wanted.name or wanted.module) for _, name in bound)
    edits = add_import(parse(SourceFile("app.py", before.encode(), "", "python")), wanted)
    assert all(edit.span.start == edit.span.end for edit in edits)
    assert added(after, statement) == after
