"""Programs of a few lines, one for each shape of code: `# finds: RULE` marks the lines where something must be found, no other may be."""

from __future__ import annotations

import re

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()
HEAD = "import json, os, re, subprocess\nfrom lab import ask\n"
LAB = """\
from openai import OpenAI

client = OpenAI()

def ask(question: str = "") -> str:
    answer = client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "user", "content": question}])
    return answer.choices[0].message.content
"""
WATCHED = ("model-output-to-", "request-to-", "stored-data-to-", "untrusted-in-system-role")
MARK = re.compile(r"(?:#|//) (?:finds|watches): ([a-z, -]+)$", re.MULTILINE)
FILE = re.compile(r"^=== (\S+)$", re.MULTILINE)


def files_of(program):
    """Split a program into files at its lines `=== name`. Python files get the imports that all of them share."""
    first, *rest = FILE.split(program.lstrip("\n"))
    files = {"app.py": first, **dict(zip(rest[::2], rest[1::2], strict=True))}
    files = {name: HEAD + text if name.endswith(".py") else text for name, text in files.items()}
    return {"lab.py": LAB, **files}


def rules_in(mark):
    """List the rules of a mark; a word without a dash is short for model-output-to-WORD."""
    return [word if "-" in word else f"model-output-to-{word}" for word in mark.split(", ")]


def marked(files):
    """List what the marks ask for."""
    return {
        (file, number, rule)
        for file, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line)) and " finds:" in line
        for rule in rules_in(mark[1])
    }


@pytest.fixture
def check():
    """Compare what is found in a program with its marks."""

    def run(program):
        files = files_of(program)
        named = {rule for text in files.values() for mark in MARK.findall(text) for rule in rules_in(mark)}
        snapshot = analyze_texts(files, knowledge=KNOWLEDGE)
        found = set()
        for finding in snapshot.findings:
            if finding.rule in named or finding.rule.startswith(WATCHED):
                place = snapshot.place(finding.value)
                line = snapshot.line_index(place.file).line_of(place.span.start) + 1
                found.add((place.file, line, finding.rule))
        assert found == marked(files)

    return run


def pytest_generate_tests(metafunc):
    """Make a test of each entry of the module's `SHAPES`; those in `MISSED` are watched until they pass."""
    if "program" in metafunc.fixturenames:
        shapes, missed = metafunc.module.SHAPES, metafunc.module.MISSED
        assert missed.keys() <= shapes.keys()
        cases = [
            pytest.param(text, id=name, marks=[pytest.mark.xfail(strict=True, reason=missed[name])] if name in missed else [])
            for name, text in shapes.items()
        ]
        metafunc.parametrize("program", cases)
