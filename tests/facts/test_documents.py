"""What configuration files say: the same nested collections for every format, each value at its place."""

import time

import pytest

from threatline.facts import extract_file
from threatline.facts.model import Bind, Collection, Literal
from threatline.source.reading import make_source


def facts_of(name: str, text: str | bytes):
    source = make_source(name, text.encode() if isinstance(text, str) else text)
    return extract_file(source)


def value_of(extraction, ordinal=None):
    """Give what a document's facts stand for, as Python values."""
    facts = extraction.facts.definitions[0].facts
    if ordinal is None:
        assert isinstance(facts[-1], Bind)
        ordinal = facts[-1].value
    fact = facts[ordinal]
    if isinstance(fact, Literal):
        return fact.value
    assert isinstance(fact, Collection)
    if fact.shape == "list":
        return [value_of(extraction, element.value) for element in fact.elements]
    merged = [value_of(extraction, element.value) for element in fact.elements if element.spread]
    own = {facts[e.key].value: value_of(extraction, e.value) for e in fact.elements if not e.spread}
    return {key: value for one in merged for key, value in one.items()} | own


def test_json_with_comments_and_trailing_commas():
    text = '// servers\n{"a": [1, -2.5, "x\\n\\u00e9", true, null,], /* k */ "b": {"c": {}},}'
    assert value_of(facts_of("mcp.json", text)) == {"a": [1, -2.5, "x\né", True, None], "b": {"c": {}}}


def test_yaml_with_anchors_blocks_and_flow():
    text = """
base: &base
  image: "a/b"
  ports: ['1:2', {k: v}]
one:
  <<: *base
  text: |
    first
      second
list:
  - x: 1
    y: yes
  - *base
"""
    image = {"image": "a/b", "ports": ["1:2", {"k": "v"}]}
    found = value_of(facts_of("compose.yaml", text))
    assert found["one"] == {**image, "text": "first\n  second"}
    assert found["list"] == [{"x": 1, "y": "yes"}, image]


def test_several_yaml_documents_are_a_list():
    assert value_of(facts_of("compose.yaml", "a: 1\n---\nb: 2\n")) == [{"a": 1}, {"b": 2}]


def test_toml_tables_nest():
    text = 'a.b = \'x\'\n[t."q w"]\nk = true\nl = [1, {x = 2}]\n[[u]]\nm = "z\\n"\n[[u]]\nm = 2\n[u.v]\nw = 3\n'
    expected = {"a": {"b": "x"}, "t": {"q w": {"k": True, "l": [1, {"x": 2}]}}, "u": [{"m": "z\n"}, {"m": 2, "v": {"w": 3}}]}
    assert value_of(facts_of(".codex/config.toml", text)) == expected


def test_dockerfile_gives_the_last_stage_with_what_it_takes_over():
    text = """# syntax=docker/dockerfile:1
FROM python:3.12 AS base
USER 10001
FROM node:22 AS other
FROM base
ENV A=1 B="two words"
RUN pip install \\
    # a comment between
    parrot
RUN <<END
USER root
END
EXPOSE 80
"""
    found = value_of(facts_of("Dockerfile", text))
    assert found["image"] == {
        "from": "base", "user": "10001", "env": {"A": "1", "B": "two words"}, "run": ["pip install      parrot", "<<END\nUSER root"],
        "expose": ["80"],
    }  # fmt: skip
    assert [stage["from"] for stage in found["stages"]] == ["python:3.12", "node:22"]


def test_env_lines():
    text = "# c\nexport A=one\nB='two words'\n C = \"x\" # note\nnonsense\nD=\n"
    assert value_of(facts_of(".env", text)) == {"A": "one", "B": "two words", "C": "x", "D": ""}


def test_front_matter_and_body():
    assert value_of(facts_of("SKILL.md", "---\nname: x\n---\n\n# Do\n")) == {"name": "x", "body": ["# Do"]}
    assert value_of(facts_of("AGENTS.md", "# Do\nit\n\n\nnow")) == {"body": ["# Do\nit", "now"]}


def test_a_collection_stands_at_its_key():
    text = b'{\n  "servers": {\n    "files": {"command": "x"}\n  }\n}\n'
    extraction = facts_of("mcp.json", text)
    facts, spans = extraction.facts.definitions[0].facts, extraction.spans[""]
    places = [text[start:end] for fact, (start, end) in zip(facts, spans, strict=True) if isinstance(fact, Collection)]
    assert places == [b'"files"', b'"servers"', b"{"]


BROKEN = {
    "mcp.json": ['{"a": [1, {"b": ', '{"a" "b"}', "]]]", '{"a": "\\ud800"}', "{" * 3000, '{"a":' * 500 + "1" + "}" * 500],
    "compose.yaml": ["a: [\n  b: {", "- a\nb: c\n\t- d", "a: *nowhere", "&a [*a]", "a: &x\n  b: *x\n", "? [x]\n: y\n", "[" * 3000],
    ".codex/config.toml": ["[a", "a = ", "[[a]]\n[a]\nx=1\n[a.b]\n", "a.b=1\na=2\na.c=3\n", "x = [" * 500],
    "Dockerfile": ["FROM", "FROM \\", "USER x", "FROM a\nRUN <<E\nnever ended", "FROM " + "x" * 5000, "FROM a\nENV =\n"],
    ".env": ["=", "A", "A='", 'A="x', "\0".replace("\0", "\x01")],
    "AGENTS.md": ["---\n", "---\na: [\n---\n", "---\n---\n", "---\r\na: b\r\n---\r\nx", ""],
    "a.ipynb": [
        '{"cells": [{"cell_type": "code", "source": ["x = \\"',
        '{"cells": 3}',
        '{"cells":[{"cell_type":"code","source":[1, {}]}]}',
    ],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_any_text_gives_facts_in_order(name, text):
    raw = text.encode()
    extraction = facts_of(name, raw)
    for definition in extraction.facts.definitions:
        assert len(extraction.spans[definition.path]) == len(definition.facts)
        for ordinal, fact in enumerate(definition.facts):
            if isinstance(fact, Collection):
                assert all(element.value < ordinal and element.key < ordinal for element in fact.elements)
        assert all(0 <= start <= end <= len(raw) for start, end in extraction.spans[definition.path])


def test_aliases_do_not_multiply():
    levels = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    assert len(facts_of("compose.yaml", "\n".join(levels)).facts.definitions[0].facts) < 400


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mcp.json", '{"a": [' + ",".join(["1"] * 300_000) + "]}"),
        (".codex/config.toml", "".join(f"[t{n}]\n" for n in range(100_000))),
        ("Dockerfile", "FROM a\n" * 200_000),
        ("Dockerfile", "FROM a\nRUN <<E\n" + "x\n" * 500_000),
        (".env", "A=b\n" * 300_000),
    ],
)
def test_huge_files_are_cut_and_say_so(name, text):
    started = time.process_time()
    extraction = facts_of(name, text)
    assert len(extraction.facts.definitions[0].facts) < 21_000
    # Quadratic reading would take minutes; the bound only has to tell the two apart on any machine.
    assert time.process_time() - started < 60
