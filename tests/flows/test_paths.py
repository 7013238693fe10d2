"""What reaches what, and what stands between: a tool's text argument against the sinks of its body."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()

HEAD = """\
import os, re, shlex, sqlite3, subprocess, urllib.parse, uuid
from enum import Enum
from pathlib import Path
from typing import Literal
import requests
from agents import function_tool

BASE = Path("/srv/notes").resolve()
HOSTS = {"a.example", "b.example"}
NAMES = ("a", "b")
TABLE = {"a": "ls", "b": "df"}

class Kind(Enum):
    A = "a"

"""


def found(body, *, arguments="x: str", helpers="", others=None):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"{HEAD}{helpers}\n\n@function_tool\ndef tool({arguments}) -> str:\n    '''Do it.'''\n{lines}"
    snapshot = analyze_texts({"app.py": text, **(others or {})}, knowledge=KNOWLEDGE)
    assert not [problem for problem in snapshot.problems if problem.kind != "knowledge"]
    return {finding.rule for finding in snapshot.findings if finding.rule.startswith("model-output-to-")}


REACHES = {
    "directly": ("os.system(x)", "shell"),
    "as part of a text": ("os.system(f'ls {x}')", "shell"),
    "through a variable": ("y = x\nz = y\nos.system(z)", "shell"),
    "through a container": ("parts = ['ls']\nparts.append(x)\nos.system(' '.join(parts))", "shell"),
    "through a dictionary": ("o = {'cmd': x}\nos.system(o['cmd'])", "shell"),
    "through text methods": ("os.system(x.strip().lower())", "shell"),
    "through JSON": ("import json\nos.system(json.loads(x)['cmd'])", "shell"),
    "in one arm": ("y = 'ls'\nif x.startswith('a'):\n    y = x\nos.system(y)", "shell"),
    "in a handler": ("try:\n    y = int(x)\nexcept ValueError:\n    y = x\nos.system(f'{y}')", "shell"),
    "into a URL's host": ("return requests.get(f'https://{x}/page', timeout=5).text", "url"),
    "into a path": ("return (BASE / x).read_text()", "path"),
    "into SQL": ("sqlite3.connect('x').execute('SELECT ' + x)", "sql"),
    "a list of a shell": ("subprocess.run(['sh', '-c', x])", "shell"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), REACHES.values(), ids=REACHES)
def test_reaches(body, kind):
    assert f"model-output-to-{kind}" in found(body)


STOPS = {
    "a number": ("os.system(f'kill {int(x)}')", "x: str"),
    "a length": ("os.system(f'seq {len(x)}')", "x: str"),
    "a comparison": ("os.system(f'echo {x == 1}')", "x: str"),
    "a number as argument": ("os.system(f'kill {x}')", "x: int"),
    "an optional number": ("os.system(f'kill {x}')", "x: int | None = None"),
    "a list of numbers": ("os.system(f'kill {x[0]}')", "x: list[int]"),
    "a choice": ("os.system(f'ls {x}')", "x: Literal['a', 'b']"),
    "an enumeration": ("os.system(f'ls {x.value}')", "x: Kind"),
    "an id": ("os.system(f'ls {x}')", "x: uuid.UUID"),
    "a table": ("os.system(TABLE.get(x, 'true'))", "x: str"),
    "a table that is indexed": ("os.system(TABLE[x])", "x: str"),
    "a list of arguments": ("subprocess.run(['ls', '--', x])", "x: str"),
    "quoting": ("os.system('ls ' + shlex.quote(x))", "x: str"),
    "a bound value": ("sqlite3.connect('x').execute('SELECT ?', (x,))", "x: str"),
    "a fixed host": ("return requests.get(f'https://a.example/page/{x}', timeout=5).text", "x: str"),
    "a fixed host of a setting": ("return requests.get(f'{HOST}/page/{x}', timeout=5).text", "x: str"),
    "a query": ("return requests.get('https://a.example/', params={'q': x}, timeout=5).text", "x: str"),
    "another variable": ("y = x\ny = 'ls'\nos.system(y)", "x: str"),
    "another key": ("o = {'a': x, 'b': 'ls'}\nos.system(o['b'])", "x: str"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "arguments"), STOPS.values(), ids=STOPS)
def test_stops(body, arguments):
    assert found(body, arguments=arguments, helpers="HOST = os.environ['HOST']") == set()


GUARDED = {
    "in a tuple": "if x not in NAMES:\n    return ''\nos.system(x)",
    "in a set": "if x in {'a', 'b'}:\n    os.system(x)",
    "in a dictionary": "if x not in TABLE:\n    raise ValueError(x)\nos.system(x)",
    "equal to a constant": "if x == 'ls':\n    os.system(x)",
    "not equal leaves": "if x != 'ls':\n    return ''\nos.system(x)",
    "one of several tests": "if not x or x not in NAMES:\n    return ''\nos.system(x)",
    "an assertion": "assert x in NAMES\nos.system(x)",
    "the host in a set": "if urllib.parse.urlparse(x).hostname not in HOSTS:\n    return ''\nreturn requests.get(x, timeout=5).text",
    "the host, named before": "parts = urllib.parse.urlparse(x)\nhost = parts.hostname\nif host in HOSTS:\n    return requests.get(x, timeout=5).text\nreturn ''",
    "is_relative_to": "path = (BASE / x).resolve()\nif not path.is_relative_to(BASE):\n    return ''\nreturn path.read_text()",
    "relative_to raises": "path = (BASE / x).resolve()\npath.relative_to(BASE)\nreturn path.read_text()",
    "commonpath": "path = os.path.realpath(os.path.join(BASE, x))\nif os.path.commonpath([BASE, path]) != str(BASE):\n    return ''\nreturn open(path).read()",
    "the beginning of a resolved path": "path = os.path.realpath(os.path.join(BASE, x))\nif not path.startswith(str(BASE) + os.sep):\n    return ''\nreturn open(path).read()",
    "a helper that answers": "if not allowed(x):\n    return ''\nos.system(x)",
    "a helper that raises": "check(x)\nos.system(x)",
    "a helper that gives the checked path": "return inside(x).read_text()",
}  # fmt: skip
HELPERS = """
def allowed(name):
    return name in NAMES

def check(name):
    if name not in NAMES:
        raise ValueError(name)

def inside(name):
    path = (BASE / name).resolve()
    if not path.is_relative_to(BASE):
        raise ValueError(name)
    return path
"""


@pytest.mark.parametrize("body", GUARDED.values(), ids=GUARDED)
def test_guards(body):
    assert found(body, helpers=HELPERS) == set()


NO_GUARDS = {
    "a test of another value": ("if y not in NAMES:\n    return ''\nos.system(x)", "shell"),
    "a test that leads nowhere": ("if x not in NAMES:\n    print('hm')\nos.system(x)", "shell"),
    "a test behind": ("os.system(x)\nif x not in NAMES:\n    return ''", "shell"),
    "the wrong way round": ("if x in NAMES:\n    return ''\nos.system(x)", "shell"),
    "either of two tests": ("if x in NAMES or y:\n    os.system(x)", "shell"),
    "only one path": ("if y:\n    if x not in NAMES:\n        return ''\nos.system(x)", "shell"),
    "the first word": ("if x.split()[0] not in NAMES:\n    return ''\nos.system(x)", "shell"),
    "a beginning": ("if not x.startswith('ls '):\n    return ''\nos.system(x)", "shell"),
    "a part of a text": ("if 'rm' in x:\n    return ''\nos.system(x)", "shell"),
    "a substring of a text": ("if x in 'ls df':\n    os.system(x)", "shell"),
    "a list of what is forbidden": ("if x in ('rm', 'dd'):\n    return ''\nos.system(x)", "shell"),
    "a name that sounds well": ("validate(x)\nos.system(x)", "shell"),
    "a helper whose answer nobody reads": ("allowed(x)\nos.system(x)", "shell"),
    "another value by the time of use": ("if x not in NAMES:\n    return ''\nx = y\nos.system(x)", "shell"),
    "a beginning without resolving": ("path = os.path.join(BASE, x)\nif not path.startswith(str(BASE)):\n    return ''\nreturn open(path).read()", "path"),
    "resolving alone": ("return (BASE / x).resolve().read_text()", "path"),
    "is_relative_to without resolving": ("path = BASE / x\nif not path.is_relative_to(BASE):\n    return ''\nreturn path.read_text()", "path"),
    "the host as a part of the address": ("if 'a.example' not in x:\n    return ''\nreturn requests.get(x, timeout=5).text", "url"),
    "the scheme alone": ("if urllib.parse.urlparse(x).scheme != 'https':\n    return ''\nreturn requests.get(x, timeout=5).text", "url"),
    "a comment": ("# x is checked\nos.system(x)", "shell"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), NO_GUARDS.values(), ids=NO_GUARDS)
def test_no_guards(body, kind):
    helpers = f"{HELPERS}\ndef validate(name):\n    print('looks fine', name)\n"
    assert f"model-output-to-{kind}" in found(body, arguments="x: str, y: str", helpers=helpers)


SHARED = """
import os

def work(text):
    return text

def run(text):
    os.system(text)
"""


def test_one_callers_value_does_not_leak_into_anothers():
    others = {"shared.py": SHARED}
    assert found("from shared import work\nwork(x)\nos.system(work('ls'))", others=others) == set()
    assert found("from shared import work\nos.system(work(x))\nwork('ls')", others=others) == {"model-output-to-shell"}


def test_a_callers_guard_holds_for_its_call():
    assert found("from shared import run\nif x in NAMES:\n    run(x)", others={"shared.py": SHARED}) == set()


def test_a_guard_on_one_way_says_nothing_of_another():
    body = "from shared import run\nif x in NAMES:\n    run(x)\nrun(x)"
    assert found(body, others={"shared.py": SHARED}) == {"model-output-to-shell"}


def test_a_path_goes_over_files_and_fields():
    others = {
        "jobs.py": "class Job:\n    def __init__(self, command):\n        self.command = command\n        self.name = 'job'\n",
        "worker.py": "import os\n\nclass Worker:\n    def do(self, job):\n        os.system(job.command)\n    def tell(self, job):\n        os.system(job.name)\n",
    }
    start = "from jobs import Job\nfrom worker import Worker\n"
    assert found(f"{start}Worker().do(Job(x))", others=others) == {"model-output-to-shell"}
    assert found(f"{start}Worker().tell(Job(x))", others=others) == set()
