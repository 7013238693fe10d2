"""Files that are broken, huge, deep or strange: each is named where it must be, and the rest is analyzed."""

from __future__ import annotations

import json

import pytest

TOOL = "model-output-to-shell"

HALF_TYPED = {
    "an open call": "import os\nos.system(",
    "an open text": "x = 'abc\nprint(x)\n",
    "an open triple text": "x = '''abc\nprint(x)\n",
    "an open f-string": "x = f'{a",
    "a def without a body": "def f(x):\n",
    "a class without a name": "class :\n    pass\n",
    "an attribute to come": "import os\nos.\n",
    "an import to come": "from os import\n",
    "a decorator alone": "@app.get('/')\n",
    "an else alone": "else:\n    x\n",
    "broken indentation": "def f():\n        x\n    y\n  z\n",
    "merge marks": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
    "another language": "function f() { return `${x}`; }\n",
    "half a template in TypeScript": "const x = `a${",
    "nothing but spaces": "   \n\t\n",
    "a number below every integer": "x = -0xFFFFFFFFFFFFFFFF\ny = [-18446744073709551615]\n",
}


@pytest.mark.parametrize("text", HALF_TYPED.values(), ids=HALF_TYPED)
def test_half_typed(check, tmp_path, text):
    (tmp_path / "half.py").write_text(text)
    (tmp_path / "half.ts").write_text(text)
    answer = check()
    assert answer.status == 1
    assert TOOL in answer.rules
    assert {kind for _, kind in answer.problems} <= {"syntax"}


def test_what_stands_before_a_fault_is_read(check, tmp_path):
    (tmp_path / "tools.py").write_text((tmp_path / "tools.py").read_text() + "\n\ndef half(x:\n    y = [x,\n")
    answer = check()
    assert TOOL in answer.rules
    assert answer.problems == [("tools.py", "syntax")]


def test_a_program_named_like_a_text(check, tmp_path):
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\x02\x01\x01\0\0\0" + bytes(range(256)))
    answer = check()
    assert TOOL in answer.rules
    assert answer.problems == [("binary.py", "binary")]


def test_twenty_megabytes(check, tmp_path):
    (tmp_path / "big.py").write_bytes(b"x = 1\n" * 3_500_000)
    answer = check()
    assert TOOL in answer.rules
    assert answer.problems == [("big.py", "too-large")]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000, "x = " + "[" * 10_000 + "]" * 10_000, "x" + ".y" * 10_000, "x = " + "-" * 10_000 + "1", "f" + "()" * 10_000,
        "x = " + "+".join(["y"] * 10_000), "if x:\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 400)),
        "x = " + "lambda: " * 2_000 + "1", "".join(f"def f{n}():\n    return f{n + 1}()\n" for n in range(2_000)),
        "".join(f"x{n + 1} = x{n}\n" for n in range(5_000)) + "print(x5000)\n", "x = {" + "'a': {" * 3_000,
    ],
    ids=["open", "nested", "attributes", "minus", "calls", "sum", "blocks", "lambdas", "functions", "names", "dictionaries"],
)  # fmt: skip
def test_depth(check, tmp_path, text):
    (tmp_path / "deep.py").write_text(text)
    answer = check()
    assert TOOL in answer.rules
    assert {kind for _, kind in answer.problems} <= {"syntax", "too-deep"}


def test_circles(check, tmp_path):
    (tmp_path / "a.py").write_text("from b import *\nfrom b import g\nclass A(B): ...\ndef f(x):\n    return g(x)\n")
    (tmp_path / "b.py").write_text("from a import *\nfrom a import f, A\nclass B(A): ...\ndef g(x):\n    return f(x)\nx = f(g(f))\n")
    (tmp_path / "c.py").write_text("import c\nx = y = x\ny = x\nclass C(C):\n    c: 'C'\nA = 'A | B'\nB = A | B\n")
    (tmp_path / "d.py").write_text("from c import A, B\ndef f(a: A, b: B = f):\n    return f(f)\n")
    answer = check()
    assert TOOL in answer.rules
    assert answer.problems == []


BYTES = {
    "invalid UTF-8": b"x = '\xff\xfe\x80'\n",
    "Latin-1": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "a byte order mark": b"\xef\xbb\xbfx = 1\n",
    "form feeds": b"x = 1\n\x0c\ny = 2\n",
    "line ends of Windows": b"x = 1\r\ny = 2\r\n",
    "line ends of old Macs": b"x = 1\ry = 2\r",
    "line ends of both": b"x = 1\n\ry = 2\r\n\n",
    "separators that are no line ends": "x = 1\u2028y = 2\u0085\n".encode(),
}


@pytest.mark.parametrize("text", BYTES.values(), ids=BYTES)
def test_bytes(check, tmp_path, text):
    place = tmp_path / "tools.py"
    place.write_bytes(text + place.read_bytes())
    answer = check()
    (finding,) = (one for one in json.loads(answer.out)["findings"] if one["rule"] == TOOL)
    line = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 9
    assert finding["range"]["start"]["line"] == line


NAMES = "\x1b]0;gone\x07\x1b[31mred\x1b[2J\u202eback</script><img src=x onerror=alert(1)>\n::error file=x::gone\r%0A`|*_[]()"


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_strange_words_do_not_reach_the_terminal(check, tmp_path, form):
    (tmp_path / "agent.py").write_text(
        "from agents import Agent, function_tool\nfrom tools import run_command\n"
        f"agent = Agent(name={NAMES!r}, instructions={NAMES!r}, tools=[run_command])\n"
        f"@function_tool(name_override={NAMES!r})\ndef tool(x: str) -> str:\n    eval(x)\n    return ''\n"
    )
    answer = check("--fail-on", "never", form=form)
    assert answer.status == 0
    assert not {character for character in answer.out + answer.err if ord(character) < 32 and character != "\n"}
    assert form == "json" or "\u202e" not in answer.out
    assert not any(line.startswith("::error file=x") for line in answer.out.splitlines())


def test_a_strange_file_name_does_not_reach_the_terminal(check, tmp_path):
    (tmp_path / "a\x1b[31m\n::error::b.py").write_text((tmp_path / "tools.py").read_text())
    for form in ("text", "github"):
        out = check("--fail-on", "never", form=form).out
        assert "\x1b" not in out
        assert not any(line.startswith("::error::b") for line in out.splitlines())


def test_a_secret_is_masked_in_every_form(check, tmp_path):
    key = "sk-proj-N0tARealKey-Hostile-7Wq3Zt"
    (tmp_path / "settings.py").write_text(f'API_KEY = "{key}"\n')
    for form in ("text", "github", "json"):
        answer = check(form=form)
        assert "api-key-hardcoded" in answer.out
        assert key not in answer.out


MADE_OF_ITSELF = {
    "a list spread into itself": "import subprocess\na = []\nwhile True:\n    a = [*a, *a]\n    subprocess.run(a)\n",
    "options spread into themselves": "import requests\nd = {}\nwhile 1:\n    d = {**d}\n    requests.post('x', json=d, **d)\n",
    "a name bound to its own member": "c = None\nwhile 1:\n    c = c.d.e()\n    c.timeout = 1\n    c.ServerApp.token = ''\n",
    "a function of itself": "def f(x):\n    return f(f(x))\nf = f(f)\n@f\ndef f(y):\n    return f\n",
    "classes in a circle": "class A(A): pass\nclass B(C): pass\nclass C(B):\n    def m(self): return self.m().m\n",
    "a function that gives itself": "x = lambda: x()\nx = x()\ny = y[0][y]\ny[y] = y\n",
    "either of each other": "a = a or b\nb = b or a\nif a: eval(a)\n",
    "tools of tools": (
        "from agents import Agent\nt = []\nfor i in t:\n    t = [*t, t]\na = Agent(tools=t, handoffs=[*t])\n"
        "a.handoffs = [a]\na.handoffs.append(a)\n"
    ),
    "messages of messages": (
        "from openai import OpenAI\nm = []\nwhile 1:\n    m = [*m, {'role': 'system', 'content': m}]\n    m = m + m\n"
        "    OpenAI().chat.completions.create(messages=m, model=m)\n"
    ),
    "a long chain of spread lists": (
        "import os\na0 = [1]\n" + "".join(f"a{n + 1} = [*a{n}, *a{n}]\n" for n in range(600)) + "os.system(a600)\n"
    ),
}


@pytest.mark.parametrize("text", MADE_OF_ITSELF.values(), ids=MADE_OF_ITSELF)
def test_made_of_itself(check, tmp_path, text):
    (tmp_path / "circle.py").write_text(text)
    answer = check()
    assert answer.status == 1
    assert TOOL in answer.rules
