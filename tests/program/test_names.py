"""What a value is called, through everything that Python lets stand between."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import pytest

CASES = {
    "an import": ("import os\nprobe(os.system)", ["os.system"]),
    "an alias": ("import os as system\nprobe(system.system)", ["os.system"]),
    "a member under another name": ("from os import system as run\nprobe(run)", ["os.system"]),
    "a submodule": ("import os.path\nprobe(os.path.join)", ["os.path.join"]),
    "a variable": ("import os\nrun = os.system\nagain = run\nprobe(again)", ["os.system"]),
    "a call": ("import openai\nclient = openai.OpenAI()\nprobe(client.chat)", ["openai.OpenAI().chat"]),
    "either of two": ("import a\nimport b\nx = a.f if a.ready else b.f\nprobe(x)", ["a.f", "b.f"]),
    "a fallback": ("try:\n    import fast as j\nexcept ImportError:\n    import json as j\nprobe(j.loads)", ["fast.loads", "json.loads"]),
    "a relative import": ({"p/__init__.py": "", "p/a.py": "from .b import run\nprobe(run)", "p/b.py": "from os import system as run"}, ["os.system"]),
    "two levels up": (
        {"p/__init__.py": "", "p/q/__init__.py": "", "p/q/a.py": "from ..b import run\nprobe(run)", "p/b.py": "from os import system as run"},
        ["os.system"],
    ),
    "a re-export": (
        {"p/__init__.py": "from p.inner import run", "p/inner.py": "from os import system as run", "app.py": "from p import run\nprobe(run)"},
        ["os.system"],
    ),
    "a module beside, from inside a package": (
        {"p/__init__.py": "", "p/q/__init__.py": "", "p/q/b.py": "from os import system as run", "p/app.py": "from q.b import run\nprobe(run)"},
        ["os.system"],
    ),
    "other people's module of a file's name": (
        {"p/__init__.py": "", "p/fast.py": "from os import system as run", "p/app.py": "from fast import run\nprobe(run)"}, ["fast.run"],
    ),
    "a partial with keywords alone": ("import a\nimport b\nprobe(a.Task.partial(name=b.x).expand)", ["a.Task.partial().expand"]),
    "a star": ({"b.py": "from os import system", "app.py": "from b import *\nprobe(system)"}, ["os.system"]),
    "a src layout": ({"pyproject.toml": "", "src/p/__init__.py": "from os import system", "src/p/a.py": "from p import system\nprobe(system)"}, ["os.system"]),
    "a class attribute": ("import os\nclass Box:\n    run = os.system\nprobe(Box.run)", ["os.system"]),
    "an attribute set by the constructor": ("import a\nclass Box:\n    def __init__(self):\n        self.c = a.C()\n    def f(self):\n        probe(self.c.x)", ["a.C().x"]),
    "an attribute of an instance": ("import a\nclass Box:\n    def __init__(self):\n        self.c = a.C()\nbox = Box()\nprobe(box.c.x)", ["a.C().x"]),
    "an attribute of a base": ("import a\nclass Base:\n    c = a.C()\nclass Box(Base):\n    def f(self):\n        probe(self.c.x)", ["a.C().x"]),
    "a base of others": ("import a\nclass Box(a.Base):\n    def f(self):\n        probe(self.send)", ["a.Base().send"]),
    "super": ("import a\nclass Box(a.Base):\n    def f(self):\n        probe(super().send)", ["a.Base().send"]),
    "a property": ("import a\nclass Box:\n    @property\n    def c(self):\n        return a.C()\nprobe(Box().c.x)", ["a.C().x"]),
    "a factory": ("import a\ndef make():\n    return a.C()\nprobe(make().x)", ["a.C().x"]),
    "a factory's declared type": ("from a import C\ndef make() -> C: ...\nprobe(make().x)", ["a.C().x"]),
    "an annotated parameter": ("from a import C\ndef f(c: C):\n    probe(c.x)", ["a.C().x"]),
    "an optional parameter": ("from a import C\ndef f(c: C | None = None):\n    probe(c.x)", ["a.C().x"]),
    "an annotation as text": ("from a import C\ndef f(c: 'C'):\n    probe(c.x)", ["a.C().x"]),
    "a list of them": ("from a import C\ndef f(cs: list[C]):\n    for c in cs:\n        probe(c.x)", ["a.C().x"]),
    "an annotated field": ("from a import C\nclass Box:\n    c: C\n    def f(self):\n        probe(self.c.x)", ["a.C().x"]),
    "what callers pass": ("import a\ndef f(c):\n    probe(c.x)\nf(a.C())", ["a.C().x"]),
    "a constructor's argument": ("import a\nclass Box:\n    def __init__(self, c):\n        self.c = c\n    def f(self):\n        probe(self.c.x)\nBox(a.C())", ["a.C().x"]),
    "a member of a dictionary": ("import a\ntable = {'x': a.f, 'y': a.g}\nprobe(table['x'])", ["a.f"]),
    "a context manager": ("import a\nwith a.open() as c:\n    probe(c.x)", ["a.open().x"]),
    "a generator's context": (
        "import a\nfrom contextlib import contextmanager\n@contextmanager\ndef opened():\n    yield a.C()\nwith opened() as c:\n    probe(c.x)",
        ["a.C().x"],
    ),
    "getattr": ("import os\nprobe(getattr(os, 'system'))", ["os.system"]),
    "partial": ("import os\nfrom functools import partial\nprobe(partial(os.system, 'ls'))", ["os.system"]),
    "a builtin": ("probe(eval)", ["builtins.eval"]),
    "a name of one's own before a builtin's": ("def eval(x): ...\nprobe(eval)", ["~app.eval"]),
    "a module of one's own before others'": ({"requests.py": "def get(x): ...", "app.py": "import requests\nprobe(requests.get)"}, ["~requests.get"]),
    "something that a module of one's own lacks": ({"requests.py": "", "app.py": "from requests import get\nprobe(get)"}, ["~requests.get"]),
    "a method of one's own": ("class Model:\n    def eval(self): ...\nprobe(Model().eval)", ["~app.Model.eval"]),
    "a local name hides the import": ("import os\ndef f(os):\n    probe(os.system)", []),
    "nothing known": ("probe(mystery)", []),
    "an import in TypeScript": ({"a.ts": "import { exec } from 'node:child_process';\nprobe(exec)"}, ["npm:child_process.exec"]),
    "a default import in TypeScript": ({"a.ts": "import OpenAI from 'openai';\nconst c = new OpenAI();\nprobe(c.chat)"}, ["npm:openai.default().chat"]),
    "a module of one's own in TypeScript": ({"a.ts": "import { f } from './b.js';\nprobe(f)", "b.ts": "import { f } from 'c';\nexport { f };"}, ["npm:c.f"]),
    "a global of JavaScript": ({"a.ts": "probe(eval)"}, ["npm:js.eval"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_names(linked, files, expected):
    assert linked(files).names() == expected


DEPENDENCY = """\
from typing import Annotated
from fastapi import Depends
import a

def client():
    return a.C()

def f(c=Depends(client)):
    probe(c.x)

Client = Annotated[a.C, Depends(client)]

def g(c: Client):
    probe(c.y)
"""


def test_dependency_by_default(linked):
    assert "a.C().x" in linked(DEPENDENCY).names()


def test_dependency_by_annotation(linked):
    assert "a.C().y" in linked(DEPENDENCY).names()


ALIAS = {"types_of.py": "import a\nfrom typing import Annotated\nClient = Annotated[a.C, 1]\nClients = list[Client]"}


def test_aliases_of_types_in_other_modules(linked):
    assert linked({**ALIAS, "app.py": "from types_of import Client\ndef f(c: Client):\n    probe(c.x)"}).names() == ["a.C().x"]
    assert linked({**ALIAS, "app.py": "import types_of as t\nC = t.Client | None\ndef f(c: C):\n    probe(c.x)"}).names() == ["a.C().x"]
    assert linked({**ALIAS, "app.py": "from types_of import Clients\ndef f(cs: Clients):\n    probe(cs[0].x)"}).names() == ["a.C().x"]


def test_circles_end(linked):
    assert linked("A = B | None\nB = A | None\ndef f(c: A):\n    probe(c.x)").names() == []
    assert linked({"a.py": "from b import x\nprobe(x)", "b.py": "from a import x"}).names() == ["~a.x"]
    assert linked("class A(B): ...\nclass B(A):\n    def f(self):\n        probe(self.x)").names() == []
    assert linked("def f():\n    return g()\ndef g():\n    return f()\nprobe(f())").names() == []
