"""Local readings are kept for each definition that still says the same."""

from __future__ import annotations

from threatline.facts import extract
from threatline.program.units import read_file
from threatline.source.reading import make_source
from threatline.syntax import parse


def facts(text):
    return extract(parse(make_source("a.py", text.encode()))).facts


def test_only_a_changed_definition_is_read_again():
    before = read_file("a.py", facts("def f(x):\n    return x\n\ndef g(y):\n    return y\n"))
    after = read_file("a.py", facts("def f(x):\n    return x\n\ndef g(y):\n    return y + 1\n"), before)
    kept = [old is new for old, new in zip(before.locals, after.locals, strict=True)]
    assert [d.path for d in after.facts.definitions] == ["", "f", "g"]
    assert kept == [True, True, False]


def test_what_is_kept_is_what_a_fresh_reading_gives():
    text = "def g(y):\n    return y\n\ndef f(x):\n    return g(x)\n"
    before = read_file("a.py", facts("def f(x):\n    return x\n\ndef g(y):\n    return y\n"))
    assert read_file("a.py", facts(text), before) == read_file("a.py", facts(text))
