"""Whatever a file looks like, a fix changes its own place and leaves the rest."""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from threatline.fixes.edit import apply_edits
from threatline.fixes.verbs import Target, write
from threatline.knowledge.catalog import Put
from threatline.source.file import SourceFile, Span
from threatline.syntax import parse

ARGUMENTS = st.sampled_from(
    ["a", "'ä€𐍈'", "b=1", "*rest", "[1,\n 2]", "f(x)", "{'k': (1, 2)}", "timeout=None", "lambda x: x", "# note\n    c"]
)
GAPS = st.sampled_from(["", " ", "\n", "\n    ", "  # why\n    "])


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A call whose list is laid out in any way that Python allows."""
    given_arguments = sorted(
        draw(st.lists(ARGUMENTS, max_size=4, unique=True)), key=lambda text: ("=" in text and "lambda" not in text, text == "*rest")
    )
    parts = [draw(GAPS)]
    for place, argument in enumerate(given_arguments):
        last = place == len(given_arguments) - 1
        parts += [argument, draw(st.sampled_from(["", ","])) if last else ",", draw(GAPS)]
    return f"run({''.join(parts)})"


PUTS = st.sampled_from(
    [
        ("add_argument", Put(argument="timeout", value="60")),
        ("add_argument", Put(argument="limit", value="Limit(3)", import_="from limits import Limit")),
        ("remove_argument", Put(remove="b")),
        ("replace_call", Put(call="safe.run", import_="import safe")),
        ("wrap", Put(wrap="html.escape", import_="import html")),
        ("insert_before", Put(value="check()")),
    ]
)


@given(calls(), PUTS, st.sampled_from(["", "import os\n", "'''Doc ä.'''\n", "# Über\n\n"]), st.sampled_from(["", "\n", "\ny = 2\n"]))
def test_a_fix_parses_and_touches_nothing_else(call: str, put: tuple[str, Put], before: str, behind: str) -> None:
    text = f"{before}x = {call}{behind}"
    ast.parse(text)
    source = text.encode()
    start = len(f"{before}x = ".encode())
    span = Span(start, start + len(call.encode()))
    edits = write(put[0], Target(parse(SourceFile("app.py", source, "", "python")), span), put[1])
    after = apply_edits("app.py", source, edits).decode()
    ast.parse(after)
    for edit in edits:
        inside = span.start <= edit.span.start and edit.span.end <= span.end
        assert inside or edit.span.start == edit.span.end, "outside the call a fix only inserts"


@given(st.text(alphabet="run(a=,)[]{}'\"\n\\ #f{x}:", max_size=40), PUTS)
def test_broken_text_raises_nothing(text: str, put: tuple[str, Put]) -> None:
    source = f"run({text}".encode()
    edits = write(put[0], Target(parse(SourceFile("app.py", source, "", "python")), Span(0, len(source))), put[1])
    apply_edits("app.py", source, edits)
