"""Functions, classes, lambdas, their parameters and their records."""

import pytest

DEFINITIONS = (
    (
        "function",
        "def f(a, b: T = 1, /, *c, d, e=2, **g) -> R: return a",
        "",
        "0 Read T; 1 Literal 1; 2 Literal 2; 3 Read R; 4 Define f; 5 Bind f 4",
    ),
    (
        "body",
        "def f(a, b: T = 1, /, *c, d, e=2, **g) -> R: return a",
        "f",
        (
            "0 Parameter a; 1 Parameter b 0 1; 2 Parameter c rest; 3 Parameter d keyword; 4 Parameter e keyword 2; "
            "5 Parameter g options; 6 Read a; 7 Return 6"
        ),
    ),
    ("keyword-only", "def f(*, a): pass", "f", "0 Parameter a keyword"),
    (
        "decorated",
        "@a\n@b(1)\ndef f(): pass",
        "",
        "0 Read a; 1 Read b; 2 Literal 1; 3 Call 1 (2); 4 Define f; 5 Call 3 (4); 6 Call 0 (5); 7 Bind f 6",
    ),
    (
        "class",
        "@d\nclass A(B, m.C, metaclass=M): x = 1",
        "",
        "0 Read d; 1 Read B; 2 Read m; 3 Attribute 2 C; 4 Read M; 5 Define A; 6 Call 0 (5); 7 Bind A 6",
    ),
    (
        "class body",
        "class A:\n  'doc'\n  x: T = 1\n  def m(self): pass",
        "A",
        "0 Literal doc; 1 Literal 1; 2 Read T; 3 Annotated x 2; 4 Bind x 1; 5 Define A.m; 6 Bind m 5",
    ),
    ("lambda", "g = lambda x, *y, z=1: x", "", "0 Literal 1; 1 Define <lambda>; 2 Bind g 1"),
    (
        "lambda body",
        "g = lambda x, *y, z=1: x",
        "<lambda>",
        "0 Parameter x; 1 Parameter y rest; 2 Parameter z keyword 0; 3 Read x; 4 Return 3",
    ),
    ("generator", "def f():\n  yield 1", "f", "0 Literal 1; 1 Yield 0"),
    ("return of a tuple", "def f(): return a, b", "f", "0 Read a; 1 Read b; 2 Collection tuple (0 1); 3 Return 2"),
    ("bare return", "def f(): return", "f", "0 Return -1"),
    ("Python 2 parameters", "def f((a, b)): pass", "f", "0 Parameter ''; 1 Unpack 0 0; 2 Bind a 1; 3 Unpack 0 1; 4 Bind b 3"),
)


@pytest.mark.parametrize(("code", "path", "expected"), [pytest.param(*case, id=name) for name, *case in DEFINITIONS])
def test_definition_gives_facts(lines_of, code, path, expected):
    assert lines_of(code, path) == expected


def test_a_definition_says_where_its_decorators_bases_and_types_stand(facts_of):
    extraction = facts_of("@a\n@b\nclass A(B, k=1):\n  async def m(self) -> R:\n    'doc'\n    yield 1\n")
    found = {definition.path: definition for definition in extraction.facts.definitions}
    assert (found["A"].kind, found["A"].parent, found["A"].decorators, found["A"].bases) == ("class", "", (0, 1), (2,))
    method = found["A.m"]
    assert (method.kind, method.parent, method.returns, method.docstring) == ("function", "A", 0, 1)
    assert method.is_async
    assert method.is_generator


def test_equal_paths_are_numbered_in_order_of_appearance(facts_of):
    code = "def f():\n  def g(): pass\ndef f():\n  def g(): pass\n  h = [lambda: 1, lambda: lambda: 2]\n"
    paths = ["", "f", "f.g", "f#2", "f#2.g", "f#2.<lambda>", "f#2.<lambda>#2", "f#2.<lambda>#2.<lambda>"]
    assert [definition.path for definition in facts_of(code).facts.definitions] == paths


@pytest.mark.parametrize(
    ("code", "docstring"),
    [("'doc'", 0), ("# first\n'''doc'''\nx", 0), ("'a' 'b'", 0), ("b'doc'", -1), ("f'{doc}'", -1), ("x\n'doc'", -1), ("", -1)],
)
def test_a_docstring_is_the_first_statement_if_it_is_text(facts_of, code, docstring):
    assert facts_of(code).facts.definitions[0].docstring == docstring


def test_names_and_bodies_have_spans(facts_of):
    code = "@d\nclass A:\n  def m(self): return lambda: 1\n"
    extraction = facts_of(code)
    names = [code[start:end] for start, end in extraction.spans["!names"]]
    bodies = [code[start:end] for start, end in extraction.spans["!bodies"]]
    assert names == ["", "A", "m", "lambda"]
    assert bodies == [code, code.rstrip(), "def m(self): return lambda: 1", "lambda: 1"]
