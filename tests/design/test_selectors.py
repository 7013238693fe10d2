import time

import pytest

from threatline.design.selectors import Selector, matches, parse_selector, selects


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("symbol:app.rag.answer", Selector("symbol", "app.rag.answer")),
        ("route:POST /api/chat", Selector("route", "POST /api/chat")),
        ("outside: a gateway: nginx", Selector("outside", "a gateway: nginx")),
        ("answerer", Selector("", "answerer")),
    ],
)
def test_a_selector_is_split_at_its_first_colon(text, selector):
    assert parse_selector(text) == selector


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("symbol:app.rag.Store.find", True),
        ("symbol:app.rag.Store", True),
        ("symbol:app.*", True),
        ("symbol:app.rag.Stor", False),
        ("symbol:rag.Store", True),  # another name of the same module
        ("path:app/rag.py", True),
        ("path:app/**", True),
        ("path:*.py", True),
        ("path:lib/**", False),
        ("config:app/rag.py#key", True),
        ("outside:app.rag", False),
        ("kind:agent", False),
    ],
)
def test_selectors_point_at_definitions_and_files(selector, expected):
    assert selects([selector], symbols=["app.rag.Store.find", "rag.Store.find"], path="app/rag.py") is expected


def test_globs_read_as_gitignore_does():
    assert matches(["tests/**", "!tests/keep.py"], "tests/a/b.py")
    assert not matches(["tests/**", "!tests/keep.py"], "tests/keep.py")
    assert not matches(["tests/**"], "app/tests.py")
    assert not matches([], "a.py")


def test_broken_globs_are_passed_over_and_all_take_linear_time():
    start = time.process_time()

    assert not matches(["!", "*a" * 40 + "*x"], "a" * 3_000)
    assert time.process_time() - start < 5
