"""Lists of forbidden words are shown beside a path, and close none."""

from __future__ import annotations

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()
PROGRAM = """\
import ast

from openai import OpenAI

client = OpenAI()
WORDS = {words}


def check(code):
{check}


def work(task):
    answer = client.chat.completions.create(model="gpt-5-nano", messages=[{{"role": "user", "content": task}}])
    code = answer.choices[0].message.content
    check(code)
    exec(code)
"""
FORBIDDEN = '["eval", "exec", "__import__"]'
LOOPED = "    if any(word in code for word in WORDS):\n        raise ValueError(code)"
WALKED = "    for node in ast.walk(ast.parse(code)):\n        if getattr(node, 'id', '') in WORDS:\n            raise ValueError(code)"


def shown(words, check):
    snapshot = analyze_texts({"app.py": PROGRAM.format(words=words, check=check)}, knowledge=KNOWLEDGE)
    (finding,) = [one for one in snapshot.findings if one.rule == "model-output-to-exec"]
    lines = snapshot.line_index("app.py")
    return [lines.line_of(snapshot.place(step.value).span.start) + 1 for step in finding.evidence if step.role == "control"]


@pytest.mark.parametrize("check", [LOOPED, WALKED], ids=["words in the text", "names in its tree"])
def test_a_list_of_forbidden_words_is_shown(check):
    assert shown(FORBIDDEN, check) == [6]


@pytest.mark.parametrize(
    "words",
    ['["mean", "sum", "round"]', '["eval", "exec", "abs", "len", "max", "min", "sum", "round"]'],
    ids=["harmless", "mostly harmless"],
)
def test_another_list_is_not(words):
    assert shown(words, WALKED) == []
