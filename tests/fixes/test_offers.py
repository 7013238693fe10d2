"""From a finding to its fixes: what the mitigation offers, and what the catalog knows of the call."""

from __future__ import annotations

from functools import cache

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.fixes.edit import apply_edits
from threatline.fixes.offers import fixes_for
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.model import Knowledge

MODEL = """\
from openai import OpenAI

client = OpenAI()


def ask(question: str) -> str:
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}], timeout=5)
    return reply.choices[0].message.content


"""


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def fixed(text: str, rule: str) -> list[str]:
    """Return what each fix of a rule's findings makes of a file, and check that it makes the finding go."""
    snapshot = analyze_texts({"app.py": text}, knowledge=knowledge())
    found = [finding for finding in snapshot.findings if finding.rule == rule]
    assert found, [finding.rule for finding in snapshot.findings]
    results = []
    for finding in found:
        for fix in fixes_for(snapshot, finding, knowledge()):
            assert fix.fingerprint == finding.fingerprint
            results.append(apply_edits("app.py", text.encode(), fix.edits).decode())
    return results


@pytest.mark.parametrize(
    ("rule", "head", "tail", "after"),
    [
        (
            "model-output-to-shell",
            "import subprocess\n",
            "subprocess.run(ask('?'), shell=True)\n",
            ["subprocess.run(shlex.split(ask('?')))", "import shlex\n"],
        ),
        ("model-output-to-exec", "", "print(eval(ask('?')))\n", ["print(ast.literal_eval(ask('?')))", "import ast\n"]),
        (
            "model-output-to-sql",
            "import sqlite3\n",
            "def find():\n    name = ask('?')\n    db = sqlite3.connect('a')\n    db.execute(f\"SELECT * FROM t WHERE n = '{name}'\")\n",
            ['db.execute("SELECT * FROM t WHERE n = ?", (name,))'],
        ),
    ],
)
def test_a_finding_is_fixed_and_gone(rule: str, head: str, tail: str, after: list[str]) -> None:
    result = next(result for result in fixed(head + MODEL + tail, rule) if all(part in result for part in after))
    left = analyze_texts({"app.py": result}, knowledge=knowledge())
    assert rule not in {finding.rule for finding in left.findings}


def test_a_secret_is_read_from_the_variable_that_its_providers_client_reads() -> None:
    text = 'from openai import OpenAI\n\nclient = OpenAI(api_key="sk-proj-Zk3vQ8rT1mWx5yB7nL2c")\n'
    (result,) = fixed(text, "api-key-hardcoded")
    assert 'OpenAI(api_key=os.environ["OPENAI_API_KEY"])' in result
    assert "Zk3vQ8rT1mWx5yB7nL2c" not in result
    assert result.startswith("import os\n")


def test_half_typed_text_around_a_finding_does_not_matter() -> None:
    text = "import subprocess\n" + MODEL + "subprocess.run(ask('?'), shell=True)\n\n\ndef broken(:\n    return [\n"
    assert any("subprocess.run(shlex.split(ask('?')))" in result for result in fixed(text, "model-output-to-shell"))
