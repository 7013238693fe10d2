"""Whatever a file holds: facts come, they are well-formed, and they say nothing about layout."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from threatline.facts import decode, encode, extract
from threatline.facts.model import Argument, Element, Extraction, Literal, Parameter
from threatline.source.file import SourceFile
from threatline.syntax import parse

SAMPLES = {
    "python": (Path(__file__).parent / "samples" / "everything.py.sample").read_bytes(),
    "tsx": (Path(__file__).parent / "samples" / "everything.tsx.sample").read_bytes(),
}
LANGUAGES = pytest.mark.parametrize("language", sorted(SAMPLES))


def read(text: bytes, language: str) -> Extraction:
    return extract(parse(SourceFile("sample", text, "", language)))


def operands(value: object) -> list[int]:
    """List the ordinals that a fact's fields name."""
    if isinstance(value, Argument | Element):
        return [value.value, *([value.key] if isinstance(value, Element) else [])]
    if isinstance(value, tuple):
        return [ordinal for part in value for ordinal in operands(part)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def check(extraction: Extraction, size: int) -> None:
    """Assert what holds for every extraction."""
    paths = [definition.path for definition in extraction.facts.definitions]
    assert len(set(paths)) == len(paths)
    assert set(extraction.spans) == {*paths, "!names", "!bodies", "!directives"}
    assert len(extraction.spans["!names"]) == len(extraction.spans["!bodies"]) == len(paths)
    assert len(extraction.spans["!directives"]) == len(extraction.facts.directives)
    assert all(directive.definition in paths for directive in extraction.facts.directives)
    for spans in extraction.spans.values():
        assert all(0 <= start <= end <= size for start, end in spans)
    counts = {definition.path: len(definition.facts) for definition in extraction.facts.definitions}
    for definition in extraction.facts.definitions:
        assert len(extraction.spans[definition.path]) == len(definition.facts)
        around = counts.get(definition.parent or "", 0)
        assert all(-1 <= ordinal < around for ordinal in (*definition.decorators, *definition.bases, definition.returns))
        assert -1 <= definition.docstring < len(definition.facts)
        check_facts(definition.facts, around)
        check_markers(definition.facts)


def check_facts(facts, around: int) -> None:
    for place, fact in enumerate(facts):
        if isinstance(fact, Literal):
            continue
        limit = around if isinstance(fact, Parameter) else place
        named = [getattr(fact, field) for field in fact.__struct_fields__ if field not in ("index", "generated")]
        assert all(-1 <= ordinal < limit for value in named for ordinal in operands(value)), (place, fact)


def check_markers(facts) -> None:
    """Assert that what is opened is closed, the last first."""
    closes = {"Join": "Branch", "EndLoop": "Loop", "EndTry": "Try", "EndScope": "Scope"}
    inside = {"Otherwise": "Branch", "Handler": "Try", "Finally": "Try"}
    opened: list[str] = []
    for fact in facts:
        name = type(fact).__name__
        if name in closes.values():
            opened.append(name)
        elif name in closes:
            assert opened.pop() == closes[name]
        elif name in inside:
            assert opened[-1] == inside[name]
    assert not opened


@LANGUAGES
def test_the_samples_are_read_without_errors(language):
    extraction = read(SAMPLES[language], language)
    assert (extraction.facts.errors, extraction.facts.truncated) == (0, "")
    assert len(extraction.facts.definitions) > 12
    check(extraction, len(SAMPLES[language]))


@LANGUAGES
def test_every_prefix_gives_facts(language):
    text = SAMPLES[language]
    for end in range(0, len(text), 7):
        check(read(text[:end], language), end)


@LANGUAGES
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_give_facts(language, data):
    text = SAMPLES[language]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    piece = data.draw(
        st.sampled_from([b"", b"(", b")", b"[", b"{", b"'", b'"""', b"=", b":", b",", b".", b"\n", b"\\", b"def f(", b"`", b"\xff\x00"])
    )
    damaged = text[:start] + piece + text[end:]
    extraction = read(damaged, language)
    check(extraction, len(damaged))
    assert decode(encode(extraction)) == extraction


@LANGUAGES
@settings(max_examples=150, deadline=None)
@given(text=st.binary(max_size=200))
@example(text=b"\xff\xfe = '\xff' + \xc3\x28(\xe2\x82)")
def test_any_bytes_give_facts(language, text):
    extraction = read(text, language)
    check(extraction, len(text))
    assert decode(encode(extraction)) == extraction


@LANGUAGES
def test_encoding_keeps_everything(language):
    extraction = read(SAMPLES[language], language)
    data = encode(extraction)
    assert decode(data) == extraction
    assert len(data) < 3 * len(SAMPLES[language])


def loosened(text: bytes) -> bytes:
    """Give Python code other white space and comments where they mean nothing."""
    doubled = re.sub(rb"^(?=(?:@|class |def |import |from |count |first ))", b"\n# a comment\n\x0c\n", text, flags=re.MULTILINE)
    spread = re.sub(rb"(?<=[\w\])]) = (?=[\w(\[{])", b"   =  ", doubled)
    return re.sub(rb",\)", b",  # trailing\n    )", spread)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace(b"\n", b"\r\n"), id="Windows line ends"),
        pytest.param(lambda text: text.replace(b"    ", b"  "), id="narrow indentation"),
        pytest.param(lambda text: re.sub(rb"^(?=def |class )", b"\x0c", text, flags=re.MULTILINE), id="form feeds"),
        pytest.param(lambda text: b"# first\n\n" + text + b"\n\n\n# last", id="around the file"),
        pytest.param(loosened, id="everywhere"),
    ],
)
def test_layout_changes_no_fact(change):
    # The sample's own indented text would not be the same text any more.
    text = SAMPLES["python"].replace(b"f'''{\n    nested[\"key\"]\n}'''", b"f''")
    changed = change(text)
    assert changed != text
    assert read(changed, "python").facts == read(text, "python").facts


@pytest.mark.parametrize(
    ("code", "same"),
    [
        ("f(a,b)", "f(  # c\n  a,  # c\n  b,\n)"),
        ("a.b(c)", "(a  # c\n . b  # c\n (c))"),
        ("a + b", "a \\\n + \\\n b"),
        ("x = [a, b]", "x = [\n  # c\n  a, b,\n]"),
        ("def f(a, b): return a", "def f(a,  # c\n b):  # c\n  # c\n  return a  # c\n"),
        ("if a:\n b\nelse:\n c", "if a:  # c\n  # c\n  b\n# c\nelse:\n  # c\n  c\n  # c\n"),
        ("from a import b, c", "from a import (  # c\n b,\n c,\n)"),
        ("import a.b", "import a . b"),
        ("print('a')", "print ('a')"),
        ("a not in b", "a not  in b"),
        ("@a\ndef f(): pass", "@a  # c\n# c\n\ndef f():\n\n    pass"),
        ("x: T = a", "x:T=a"),
        ("a[b]", "a[  # c\n b\n]"),
        ("{a: b}", "{  # c\n a:  # c\n b}"),
        ("[x for x in y if z]", "[  # c\n x  # c\n for x  # c\n in y  # c\n if z  # c\n]"),
        ("(x if y else z)", "(x  # c\n if y  # c\n else z)"),
        ("('a' 'b')", "('a'  # c\n 'b')"),
        ("match a:\n case [b]: c", "match a:  # c\n  # c\n  case [  # c\n  b]:  # c\n   c"),
        ("with a as b: c", "with (  # c\n  a as b,  # c\n):\n  c"),
        ("with a as b: c", "with (a as b): c"),
        ("with a, b: c", "with (a, b,): c"),
        ("x = y = a", "x \\\n = y = \\\n a"),
    ],
)
def test_equal_code_gives_equal_facts(code, same):
    first, second = read(code.encode(), "python").facts, read(same.encode(), "python").facts
    assert second.errors == 0
    assert second.definitions == first.definitions


DEEP = {
    "brackets": ("python", b"x = " + b"(" * 10_000 + b")" * 10_000),
    "open brackets": ("python", b"[" * 10_000),
    "lists": ("python", b"[" * 10_000 + b"]" * 10_000),
    "calls": ("python", b"f(" * 10_000 + b")" * 10_000),
    "targets": ("python", b"[" * 5_000 + b"a" + b"]" * 5_000 + b" = 1"),
    "conditional expressions": ("python", b"a if b else " * 5_000 + b"c"),
    "lambdas": ("python", b"lambda a=lambda: 1: " * 5_000 + b"1"),
    "comprehensions": ("python", b"[a for a in " * 400 + b"b" + b"]" * 400),
    "powers": ("python", b"a ** " * 5_000 + b"b"),
    "blocks": ("python", b"".join(b" " * depth + b"if a:\n" for depth in range(600)) + b" " * 600 + b"b"),
    "functions": ("python", b"".join(b" " * depth + b"def a():\n" for depth in range(600)) + b" " * 600 + b"b"),
    "decorated classes": ("python", b"".join(b" " * d + b"@d\n" + b" " * d + b"class A:\n" for d in range(600)) + b" " * 600 + b"b"),
    "patterns": ("python", b"match a:\n case " + b"[" * 3_000 + b"b" + b"]" * 3_000 + b": c"),
    "types": ("python", b"x: " + b"a[" * 3_000 + b"b" + b"]" * 3_000),
    "arrays": ("tsx", b"[" * 5_000 + b"]" * 5_000),
    "arrow functions": ("tsx", b"() => " * 3_000 + b"a"),
    "callbacks": ("tsx", b"f(() => { g(" * 500 + b")})" * 500),
    "elements": ("tsx", b"x = " + b"<a b={" * 500 + b"1" + b"}/>" * 500),
    "statement blocks": ("tsx", b"{" * 3_000 + b"}" * 3_000),
    "classes": ("tsx", b"class A { m() { " * 500 + b"}}" * 500),
    "object types": ("tsx", b"type A = " + b"{ a: " * 500 + b"string" + b" }" * 500),
    "array patterns": ("tsx", b"const " + b"[" * 3_000 + b"a" + b"]" * 3_000 + b" = b"),
}


@pytest.mark.parametrize("name", sorted(DEEP))
def test_nesting_is_cut(name):
    language, text = DEEP[name]
    extraction = read(text, language)
    check(extraction, len(text))
    assert extraction.facts.truncated == ("" if name == "open brackets" else "nesting")


LONG = {
    "sum": ("python", b" + ".join([b"a"] * 5_000), 9_999),
    "methods": ("python", b"a" + b".b()" * 5_000, 10_001),
    "items": ("python", b"a" + b"[0]" * 5_000, 10_001),
    "elif": ("python", b"if a: b\n" + b"elif a: b\n" * 5_000, 5 * 5_000 + 4),
    "chained assignment": ("python", b"a = " * 5_000 + b"1", 5_001),
    "chained comparison": ("python", b"a < " * 5_000 + b"b", 15_000),
    "adjacent strings": ("python", b"'a' " * 5_000, 1),
    "adjacent f-strings": ("python", b"f'{a}' " * 5_000, 5_001),
    "union": ("python", b"x: " + b"a | " * 5_000 + b"b", 10_002),
    "decorators": ("python", b"@a\n" * 5_000 + b"def f(): pass", 10_002),
    "binary": ("tsx", b"a + " * 5_000 + b"b", 10_001),
    "member": ("tsx", b"a" + b".b()" * 5_000, 10_001),
    "else if": ("tsx", b"if (a) b; else " * 5_000 + b"c", 5 * 5_000 + 1),
}


@pytest.mark.parametrize("name", sorted(LONG))
def test_long_chains_are_followed_to_their_end(name):
    language, text, count = LONG[name]
    extraction = read(text, language)
    check(extraction, len(text))
    assert extraction.facts.truncated == ""
    assert len(extraction.facts.definitions[0].facts) == count


@pytest.mark.parametrize("name", sorted(DEEP))
def test_nesting_leaves_half_of_the_stack_to_the_caller(name):
    language, text = DEEP[name]
    tree = parse(SourceFile("sample", text, "", language))
    frame, depth = sys._getframe(), 0
    while frame := frame.f_back:
        depth += 1
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 700)
    try:
        extract(tree)
    finally:
        sys.setrecursionlimit(limit)


def test_long_strings_are_cut():
    (fact, *_) = read(b"'" + b"a" * 30_000 + b"'", "python").facts.definitions[0].facts
    assert isinstance(fact, Literal)
    assert len(fact.value) == 20_000


def test_errors_are_counted():
    assert read(b"x = 1", "python").facts.errors == 0
    assert read(b"x = = 1\ny = (", "python").facts.errors == 2
