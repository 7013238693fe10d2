"""Programs made to be long: each is read within bounds, a bound that is hit is named, and the rest is analyzed all the same."""

from __future__ import annotations

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.facts import extract
from threatline.knowledge.loading import load_knowledge
from threatline.program.scopes import MOST_BINDINGS, MOST_MUTATIONS
from threatline.program.units import read_file
from threatline.source.reading import make_source
from threatline.syntax import parse

KNOWLEDGE = load_knowledge()
TOOL = """\
import os
from agents import function_tool

@function_tool
def tool(x: str) -> None:
    "Do it."
    os.system(x)
"""


def lines(template, count):
    return "".join(template.format(i=i, j=(i * 7) % count, k=i + 1, b=i - 1) for i in range(count))


WITHIN = {
    "a function of 5,000 names": "def f(x):\n    a0 = x\n" + lines("    a{k} = g(a{i}, x)\n", 5000) + "    eval(a5000)\n",
    "a function of 900 branches": "def f(x):\n    y = x\n" + lines("    if x == {i}:\n        y = str({i})\n", 900) + "    eval(y)\n",
    "a loop over 5,000 names": "def f(x):\n    while x:\n" + lines("        a{i} = a{j}\n", 5000) + "    eval(a3)\n",
    "a dictionary of 20,000 functions":
        "D = {\n" + lines("    'k{i}': f{i},\n", 20000) + "}\ndef f0(x):\n    eval(x)\ndef g(n):\n    D[n](n)\n",
    "dictionaries in a dictionary": "D = {" + lines("'k{i}': {{'a': {i}, 'b': [1, 2]}}, ", 8000) + "}\ndef run(n):\n    eval(D[n]['a'])\n",
    "functions that call each other":
        lines("def f{i}(x):\n    return f{j}(x + f{k}(x))\n", 500) + "def f500(x):\n    return f0(x)\neval(f0(1))\n",
    "a chain of 3,000 functions": lines("def f{i}(x):\n    return f{k}(x)\n", 3000) + "def f3000(x):\n    eval(x)\nf0(input())\n",
    "a line of 400 classes": "class C0:\n    def m(self, x):\n        eval(x)\n"
    + lines("class C{k}(C{i}):\n    def m(self, x):\n        super().m(x)\n", 400),
    "a class that fills one table":
        "class R:\n    t = {}\n" + lines("    def r{i}(self, f):\n        self.t['k{i}'] = self.t['k{j}'](f)\n", 800),
    "a text of 5,000 parts": "def f(x):\n    eval(f'" + "{x}a" * 5000 + "')\n",
    "a condition of 5,000 parts": "def f(x):\n    if " + " and ".join(f"x != {i}" for i in range(5000)) + ":\n        eval(x)\n",
}  # fmt: skip
FAR = {
    "a function of 5,000 names", "a function of 900 branches", "dictionaries in a dictionary", "a chain of 3,000 functions",
    "a text of 5,000 parts",
}  # fmt: skip
"""Programs that are read whole, but hold values that come from further away than a search goes."""

BEYOND = {
    "5,000 appends": "L = []\ndef f(x):\n    m = L\n" + lines("    m.append(x + {i})\n", 5000) + "    eval(m[0])\n",
    "5,000 items": "D = {}\n" + lines("D['k{i}'] = D.get('k{b}')\n", 5000) + "def run(n):\n    D[n]()\n",
    "2,500 branches": "def f(x):\n    y = x\n" + lines("    if x == {i}:\n        y = str({i})\n", 2500) + "    eval(y)\n",
    "2,500 loops": "def f(x):\n    y = x\n" + lines("    for i{i} in x:\n        y += i{i}\n", 2500) + "    eval(y)\n",
}  # fmt: skip


def analyzed(text):
    snapshot = analyze_texts({"long.py": text, "tool.py": TOOL}, knowledge=KNOWLEDGE)
    assert "model-output-to-shell" in {finding.rule for finding in snapshot.findings if finding.value.file == "tool.py"}
    return {problem.kind for problem in snapshot.problems if problem.kind != "knowledge"}


@pytest.mark.parametrize("text", WITHIN.values(), ids=WITHIN)
def test_long_programs(text):
    far = any(WITHIN[name] is text for name in FAR)
    assert analyzed(text) == ({"too-many"} if far else set())


@pytest.mark.parametrize("text", BEYOND.values(), ids=BEYOND)
def test_what_is_beyond_a_bound_is_named(text):
    assert analyzed(text) == {"too-many"}


@pytest.mark.parametrize("text", BEYOND.values(), ids=BEYOND)
def test_what_reaches_a_read_is_bounded(text):
    units = read_file("long.py", extract(parse(make_source("long.py", text.encode()))).facts)
    most = max((len(reaching) for flow in units.locals for reaching in flow.reads.values()), default=0)
    assert most <= MOST_BINDINGS + MOST_MUTATIONS
