"""What may change without changing a finding: names of locals, order, comments, white space. What must change it: another path."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

FIXTURES = Path(__file__).parents[2] / "fixtures"
KNOWLEDGE = load_knowledge()
PYTHON = ("support-desk", "ops-agent", "notes-mcp", "research-crew", "finetune-job", "clean-service")


def texts_of(name):
    root = FIXTURES / name
    files = (path for path in sorted(root.rglob("*")) if path.suffix in {".py", ".ts", ".toml", ".json"})
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}


def findings_of(texts):
    found = analyze_texts(texts, knowledge=KNOWLEDGE).findings
    return Counter((finding.rule, finding.fingerprint, finding.path_shape, finding.severity) for finding in found)


def with_comments(text):
    """Put a comment and an empty line behind every logical line."""
    ends = {token.end[0] for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.NEWLINE}
    comments = dict.fromkeys(ends, "# a comment: eval(input())\n\n")
    return "# first\n\n" + "".join(line + comments.get(number, "") for number, line in enumerate(text.splitlines(keepends=True), 1))


def with_functions_reversed(text):
    """Turn around the order of functions at a module's level, where none is needed to define another."""
    tree = ast.parse(text)
    functions = [one for one in tree.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    signatures = [part for one in functions for part in (one.args, *one.decorator_list)]
    needed = {inner.id for part in signatures for inner in ast.walk(part) if isinstance(inner, ast.Name)}
    free = [one for one in functions if one.name not in needed]
    turned = dict(zip(free, reversed(free), strict=True))
    tree.body = [turned.get(one, one) for one in tree.body]
    return ast.unparse(tree)


class Renaming(ast.NodeTransformer):
    """Rename what functions bind and do not take as parameters."""

    def __init__(self):
        self.locals: set[str] = set()

    def visit_FunctionDef(self, node):
        outer = self.locals
        bound = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
        self.locals = outer | bound
        node.body = [self.visit(statement) for statement in node.body]
        self.locals = outer
        return node

    def visit_AsyncFunctionDef(self, node):
        return self.visit_FunctionDef(node)

    def visit_Name(self, node):
        return ast.Name(f"other_{node.id}", node.ctx) if node.id in self.locals else node


def with_locals_renamed(text):
    return ast.unparse(Renaming().visit(ast.parse(text)))


CHANGES = (with_comments, with_functions_reversed, with_locals_renamed, lambda text: text.replace("\n", "\r\n"))


@pytest.mark.parametrize("change", CHANGES, ids=["comments", "order", "locals", "line ends"])
@pytest.mark.parametrize("name", PYTHON)
def test_findings_stay(name, change):
    before = texts_of(name)
    after = {file: change(text) if file.endswith(".py") else text for file, text in before.items()}
    assert after != before
    assert findings_of(after) == findings_of(before)


def test_the_order_of_files_says_nothing():
    texts = texts_of("support-desk")
    assert findings_of(dict(reversed(texts.items()))) == findings_of(texts)


def test_findings_in_typescript_stay_under_comments():
    texts = texts_of("web-chat-ts")
    after = {file: "// first\n" + text.replace(";\n", "; // eval(x)\n\n") if file.endswith(".ts") else text for file, text in texts.items()}
    assert findings_of(after) == findings_of(texts)


@pytest.mark.parametrize("name", [*PYTHON, "web-chat-ts"])
def test_half_a_file_is_read_without_a_fault(name):
    for file, text in texts_of(name).items():
        data = text.encode()
        for end in range(0, len(data), max(7, len(data) // 9)):
            problems = analyze_texts({file: data[:end]}, knowledge=KNOWLEDGE).problems
            assert {problem.kind for problem in problems} <= {"syntax"}, (file, end)


SINK = """\
import os

def work(command):
    os.system(command)
"""
TOOL = """\
from agents import function_tool
from sink import work

@function_tool
def shell(command: str) -> str:
    work(command)
    return ""
"""
BETWEEN = """\
import sink

def work(text):
    sink.work(text)
"""


def shell_findings(**files):
    found = analyze_texts({f"{name}.py": text for name, text in files.items()}, knowledge=KNOWLEDGE).findings
    return [finding for finding in found if finding.rule == "model-output-to-shell"]


def test_a_new_path_has_another_shape():
    (direct,) = shell_findings(sink=SINK, tool=TOOL)
    longer = TOOL.replace("from sink import work", "from between import work")
    (around,) = shell_findings(sink=SINK, tool=longer, between=BETWEEN)
    assert around.fingerprint == direct.fingerprint
    assert around.path_shape != direct.path_shape


def test_another_sink_is_another_finding():
    (direct,) = shell_findings(sink=SINK, tool=TOOL)
    (other,) = shell_findings(sink=SINK.replace("os.system", "os.popen"), tool=TOOL)
    assert other.fingerprint != direct.fingerprint


def test_one_value_at_two_places_of_a_function_is_one_finding_that_shows_both():
    (found,) = shell_findings(sink=SINK + "    os.system(command)\n", tool=TOOL)
    assert [step.role for step in found.evidence if step.value.definition == "work"] == ["sink", "place"]


def test_two_alike_in_one_function_are_told_apart():
    twice = SINK.replace("work(command)", "work(command, other)") + "    os.system(other)\n"
    tool = TOOL.replace("shell(command: str)", "shell(command: str, other: str)").replace("work(command)", "work(command, other)")
    found = shell_findings(sink=twice, tool=tool)
    assert len(found) == 2
    assert len({finding.fingerprint for finding in found}) == 2
