"""`threatline:` comments and the definitions they belong to."""

import pytest

PLACES = (
    ("in the module", "x = 1\n# threatline: ignore[a] why\n", ""),
    ("in a function", "def f():\n  x  # threatline: ignore[a] why\n", "f"),
    ("at the end of a function", "def f():\n  x\n  # threatline: ignore[a] why\ny", "f"),
    ("in a method", "class A:\n  def m(self):\n    # threatline: ignore[a] why\n    x\n", "A.m"),
    ("above a function", "# threatline: ignore[a] why\ndef f(): pass\n", "f"),
    ("above a decorator", "class A:\n  # threatline: ignore[a] why\n  # and so on\n\n  @d\n  def m(self): pass\n", "A.m"),
    ("on the line of a def", "def f():  # threatline: ignore[a] why\n  pass\n", "f"),
    ("behind a whole def", "def f(): pass  # threatline: ignore[a] why\n", "f"),
    ("on the line of a decorator", "@d  # threatline: ignore[a] why\nclass A: pass\n", "A"),
    ("between decorator and def", "@d\n# threatline: ignore[a] why\ndef f(): pass\n", "f"),
    ("among parameters", "def f(\n  a,  # threatline: ignore[a] why\n): pass\n", "f"),
    ("above a statement before a def", "# threatline: ignore[a] why\nx = 1\ndef f(): pass\n", ""),
    ("behind another comment", "x  # noqa  # threatline: ignore[a] why", ""),
    ("with Windows line ends", "# threatline: ignore[a] why\r\ndef f():\r\n  pass\r\n", "f"),
)


@pytest.mark.parametrize(("code", "definition"), [pytest.param(code, path, id=name) for name, code, path in PLACES])
def test_a_directive_belongs_to_a_definition(facts_of, code, definition):
    extraction = facts_of(code)
    (directive,) = extraction.facts.directives
    assert (directive.kind, directive.ids, directive.reason, directive.definition) == ("ignore", ("a",), "why", definition)
    ((start, end),) = extraction.spans["!directives"]
    assert code[start:end].strip() == "# threatline: ignore[a] why"


def test_several_ids_and_kinds(facts_of):
    found = facts_of("# threatline: ignore[a-1, b-2]\n#threatline:provides[ctl-x]   checked by hand \n").facts.directives
    assert [(directive.kind, directive.ids, directive.reason) for directive in found] == [
        ("ignore", ("a-1", "b-2"), ""),
        ("provides", ("ctl-x",), "checked by hand"),
    ]


def test_a_string_is_no_directive(facts_of):
    assert facts_of("x = '# threatline: ignore[a]'").facts.directives == ()


def test_typescript_has_both_comments(facts_of):
    found = facts_of("// threatline: ignore[a] why\nfunction f() { /* threatline: provides[b] */ }", "typescript").facts.directives
    assert [(directive.kind, directive.ids, directive.reason, directive.definition) for directive in found] == [
        ("ignore", ("a",), "why", "f"),
        ("provides", ("b",), "", "f"),
    ]
