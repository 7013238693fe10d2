"""Changes that mean nothing, drawn and mixed at random: names of locals, the order of functions and files, comments, white space."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

FIXTURES = Path(__file__).parents[2] / "fixtures"
KNOWLEDGE = load_knowledge()
PYTHON = ("support-desk", "ops-agent", "notes-mcp", "research-crew", "finetune-job", "clean-service")
COMMENTS = ("# a comment", "# eval(input())", "# checked and safe", "#" * 60)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def texts_of(name):
    root = FIXTURES / name
    files = (path for path in sorted(root.rglob("*")) if path.suffix in {".py", ".toml", ".json", ".yaml", ".yml"})
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in files}


def findings_of(texts):
    found = analyze_texts(texts, knowledge=KNOWLEDGE).findings
    return Counter((one.rule, one.message, one.fingerprint, one.path_shape, one.severity, one.status) for one in found)


EXPECTED = {name: findings_of(texts_of(name)) for name in PYTHON}


class Renaming(ast.NodeTransformer):
    """Give new names to what functions bind and do not take as parameters or declare as somebody else's."""

    def __init__(self, suffix):
        self.suffix = suffix
        self.names: frozenset[str] = frozenset()

    def visit_FunctionDef(self, node):
        outer = self.names
        inner = list(ast.walk(node))
        bound = {one.id for one in inner if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
        foreign = {name for one in inner if isinstance(one, (ast.Global, ast.Nonlocal)) for name in one.names}
        taken = {one.arg for one in inner if isinstance(one, ast.arg)}
        self.names = (outer | bound) - foreign - taken
        node.body = [self.visit(statement) for statement in node.body]
        self.names = outer
        return node

    def visit_AsyncFunctionDef(self, node):
        return self.visit_FunctionDef(node)

    def visit_Name(self, node):
        return ast.Name(f"{node.id}_{self.suffix}", node.ctx) if node.id in self.names else node


def renamed(text, data):
    suffix = data.draw(st.sampled_from(("a", "other", "x1", "value")), label="suffix")
    return ast.unparse(Renaming(suffix).visit(ast.parse(text)))


def reordered(text, data):
    """Permute the functions of a module that are not needed to define anything there."""
    tree = ast.parse(text)
    functions = [one for one in tree.body if isinstance(one, FUNCTIONS)]
    at_once = [one for one in tree.body if not isinstance(one, FUNCTIONS)]
    at_once += [part for one in functions for part in (one.args, *one.decorator_list)]
    needed = {inner.id for one in at_once for inner in ast.walk(one) if isinstance(inner, ast.Name)}
    free = [one for one in functions if one.name not in needed]
    turned = dict(zip(free, data.draw(st.permutations(free), label="order"), strict=True))
    tree.body = [turned.get(one, one) for one in tree.body]
    return ast.unparse(tree)


def commented(text, data):
    """Put comments and empty lines behind logical lines."""
    ends = sorted({token.end[0] for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.NEWLINE})
    chosen = data.draw(st.lists(st.sampled_from(ends), max_size=12, unique=True), label="lines") if ends else []
    comment = data.draw(st.sampled_from(COMMENTS), label="comment")
    lines = text.splitlines(keepends=True)
    return "".join(line.rstrip("\n") + (f"  {comment}\n\n" if number in chosen else "\n") for number, line in enumerate(lines, 1))


def indented(text, data):
    """Write blocks with another indentation, and end lines in another way."""
    width = data.draw(st.sampled_from((1, 2, 3)), label="width")
    lines = ast.unparse(ast.parse(text)).split("\n")
    in_text = {
        number
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines)).readline)
        if token.type in {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)}
        for number in range(token.start[0] + 1, token.end[0] + 1)
    }
    said = [
        line if number in in_text else " " * ((len(line) - len(line.lstrip())) // 4 * width) + line.lstrip()
        for number, line in enumerate(lines, 1)
    ]
    return data.draw(st.sampled_from(("\n", "\r\n")), label="line end").join(said)


CHANGES = (renamed, reordered, commented, indented)


@pytest.mark.parametrize("name", PYTHON)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_findings_stay(name, data):
    texts = texts_of(name)
    for file in sorted(texts):
        if file.endswith(".py"):
            for change in data.draw(st.lists(st.sampled_from(CHANGES), unique=True, max_size=3), label=file):
                texts[file] = change(texts[file].replace("\r\n", "\n"), data)
    order = data.draw(st.permutations(sorted(texts)), label="files")
    assert findings_of({file: texts[file] for file in order}) == EXPECTED[name]
