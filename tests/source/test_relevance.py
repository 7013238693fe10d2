import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from threatline.source.relevance import Gate

ENGINES = ["hyperscan", "re2"]


@pytest.fixture(params=ENGINES)
def engine(request):
    pytest.importorskip("re2" if request.param == "re2" else "hyperscan")
    return request.param


def test_words_are_found_whole_and_only_whole(engine):
    gate = Gate(["openai", "chroma", "mcpServers", "@tool", "x-y"], engine)

    assert gate.hits(b"import openai\nchromatic = 1\n@tool\ndef f(): ...") == {"openai", "@tool"}
    assert gate.hits(b"langchain_openai, a_chroma, x.chroma") == {"chroma"}
    assert gate.hits(b'{"mcpServers": "x-y"}') == {"mcpServers", "x-y"}
    assert gate.hits(b"") == frozenset()


def test_a_word_is_found_behind_a_longer_one_that_holds_it(engine):
    assert Gate(["eval"], engine).hits(b"evaluate(x); re_eval; eval(y)") == {"eval"}


def test_a_gate_without_words_sees_imports(engine):
    assert Gate([], engine).scan(b"import a\n").imports == (b"import a",)


def test_import_statements_are_given_whole(engine):
    text = b"""\
import os, sys
x = 1  # import nothing
if x:
    from .pkg import (
        one,
        two,
    )
important = 2
fromage = 3
"""
    assert Gate(["x"], engine).scan(text).imports == (b"import os, sys", b"from .pkg import (\n        one,\n        two,\n    )")


def test_imports_of_typescript_are_seen(engine):
    text = b"""\
import {
  a,
} from './a';
export * from "./b";
const c = require('c'); const d = await import("./d");
"""
    assert Gate([], engine).scan(text).imports == (
        b"import {\n  a,\n} from './a';",
        b'export * from "./b";',
        b"const c = require('c'); const d = await import(\"./d\");",
    )


def test_an_import_that_never_closes_is_bounded(engine):
    found = Gate([], engine).scan(b"from a import (" + b"b, " * 10_000).imports

    assert len(found) == 1
    assert len(found[0]) <= 2_000


@given(st.text(alphabet="ab_ \n.", max_size=40), st.sets(st.text(alphabet="ab_", min_size=1, max_size=4), max_size=5))
def test_both_engines_agree_with_a_plain_search(text, words):
    data = text.encode()
    expected = {word for word in words if re.search(rf"\b{word}\b".encode(), data)}

    for engine in ENGINES:
        assert Gate(words, engine).hits(data) == expected


def test_one_gate_serves_several_threads(engine):
    gate = Gate([f"word{number}" for number in range(50)], engine)
    texts = [f"word{number} and more".encode() * 200 for number in range(50)]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(gate.hits, texts))

    assert found == [{f"word{number}"} for number in range(50)]
