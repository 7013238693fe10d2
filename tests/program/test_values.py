"""Where a value comes from: through names, files, fields, containers, texts and calls."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import pytest

CASES = {
    "a constant": ("probe('a')", {"a"}),
    "a variable bound again": ("x = 'a'\nx = 'b'\nprobe(x)", {"b"}),
    "either arm of a branch": ("def f(t):\n    x = 'a'\n    if t:\n        x = 'b'\n    probe(x)", {"a", "b"}),
    "an arm that leaves": ("def f(t):\n    x = 'a'\n    if t:\n        x = 'b'\n        return\n    probe(x)", {"a"}),
    "a loop": ("def f(xs):\n    x = 'a'\n    for y in xs:\n        probe(x)\n        x = 'b'", {"a", "b"}),
    "a handler": ("x = 'a'\ntry:\n    x = g()\nexcept ValueError:\n    x = 'b'\nprobe(x)", {"b"}),
    "a conditional expression": ("def f(t):\n    probe('a' if t else 'b')", {"a", "b"}),
    "a fallback": ("def f(t):\n    probe(t or 'a')", {"a", "t of f"}),
    "a comparison says nothing": ("def f(t):\n    probe(t == 'a')", set()),
    "another file": ({"a.py": "X = 'a'", "app.py": "from a import X\nprobe(X)"}, {"a"}),
    "a field of a module": ({"a.py": "X = 'a'", "app.py": "import a\nprobe(a.X)"}, {"a"}),
    "a parameter": ("def f(x):\n    probe(x)\nf('a')\nf(x='b')", {"a", "b"}),
    "a default": ("def f(x='a'):\n    return g(x)\ndef g(y):\n    probe(y)\nf('b')", {"b"}),
    "a result": ("def f():\n    return 'a'\nprobe(f())", {"a"}),
    "through a function": ("def f(x):\n    return x\nprobe(f('a'))", {"a"}),
    "spread arguments, taken together": ("def f(*xs):\n    probe(xs[0])\nf('a', 'b')", {"a", "b"}),
    "spread keywords, taken together": ("def f(**o):\n    probe(o['x'])\nf(x='a', y='b')", {"a", "b"}),
    "a field set in the constructor": ("class B:\n    def __init__(self, x):\n        self.x = x\nprobe(B('a').x)", {"a"}),
    "a field of another name": ("class B:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\nprobe(B('a', 'b').y)", {"b"}),
    "a record's field": ("from dataclasses import dataclass\n@dataclass\nclass R:\n    x: str\n    y: str\nprobe(R('a', 'b').y)", {"b"}),
    "records apart": ("from dataclasses import dataclass\n@dataclass\nclass R:\n    x: str\na = R('a')\nb = R('b')\nprobe(a.x)", {"a"}),
    "a key": ("d = {'x': 'a', 'y': 'b'}\nprobe(d['x'])", {"a"}),
    "a key set later": ("d = {}\nd['x'] = 'a'\nd['y'] = 'b'\nprobe(d['x'])", {"a"}),
    "a key that is got": ("d = {'x': 'a', 'y': 'b'}\nprobe(d.get('x', 'c'))", {"a", "c"}),
    "a table chosen from": ("T = {'x': 'a', 'y': 'b'}\ndef f(k):\n    probe(T.get(k))", {"a", "b"}),
    "a table indexed": ("T = {'x': 'a', 'y': 'b'}\ndef f(k):\n    probe(T[k])", {"a", "b"}),
    "a member": ("xs = ['a', 'b']\nprobe(xs[1])", {"b"}),
    "what was appended": ("xs = []\nxs.append('a')\nprobe(xs)", {"a"}),
    "unpacking": ("x, y = 'a', 'b'\nprobe(y)", {"b"}),
    "a comprehension": ("probe([x for x in ['a']])", {"a"}),
    "an f-string": ("def f(x):\n    probe(f'a{x}')\nf('b')", {"a", "b"}),
    "format": ("def f(x):\n    probe('a{}'.format(x))\nf('b')", {"a{}", "b"}),
    "percent": ("def f(x):\n    probe('a%s' % x)\nf('b')", {"a%s", "b"}),
    "joining": ("def f(x):\n    probe(' '.join(['a', x]))\nf('b')", {" ", "a", "b"}),
    "adding": ("def f(x):\n    y = 'a'\n    y += x\n    probe(y)\nf('b')", {"a", "b"}),
    "a callback": ("import lib\ndef f(x):\n    probe(x)\nlib.each('a', f)", {"a"}),
    "a lambda": ("f = lambda x: x\nprobe(f('a'))", {"a"}),
    "a generator": ("def f():\n    yield 'a'\nfor x in f():\n    probe(x)", {"a"}),
    "a closure": ("def f(x):\n    def g():\n        probe(x)\n    g()\nf('a')", {"a"}),
    "a global": ("X = 'a'\ndef f():\n    global X\n    X = 'b'\nprobe(X)", {"a"}),
    "awaiting": ("async def f():\n    return 'a'\nasync def g():\n    probe(await f())", {"a"}),
    "TypeScript": ({"a.ts": "const f = (x: string) => `a${x}`;\nprobe(f('b'));"}, {"a", "b"}),
    "an object in TypeScript": ({"a.ts": "const o = { x: 'a', y: 'b' };\nconst { y } = o;\nprobe(y);"}, {"b"}),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_values(linked, files, expected):
    assert linked(files).leaves() == expected


CONDITIONS = {
    "none": ("probe(x)", []),
    "an arm": ("if a:\n    probe(x)", ["+a"]),
    "the other arm": ("if a:\n    pass\nelse:\n    probe(x)", ["-a"]),
    "an early return": ("def f(a, x):\n    if a:\n        return\n    probe(x)", ["-a"]),
    "an early raise": ("def f(a, x):\n    if not a:\n        raise ValueError\n    probe(x)", ["-not a"]),
    "an early continue": ("for x in xs:\n    if a:\n        continue\n    probe(x)", ["-a"]),
    "both": ("def f(a, b, x):\n    if a:\n        return\n    if b:\n        probe(x)", ["+b", "-a"]),
    "else if": ("if a:\n    pass\nelif b:\n    probe(x)", ["+b", "-a"]),
    "behind a branch that comes back": ("if a:\n    pass\nprobe(x)", []),
    "an assertion": ("assert a\nprobe(x)", ["+a"]),
    "a loop's test": ("while a:\n    probe(x)", ["+a"]),
    "a test that was in a handler": ("try:\n    if a:\n        y()\nexcept E:\n    probe(x)", []),
    "TypeScript": ({"a.ts": "function f(a, x) {\n  if (!a) throw new Error();\n  probe(x);\n}"}, ["-not a"]),
}


@pytest.mark.parametrize(("files", "expected"), CONDITIONS.values(), ids=CONDITIONS)
def test_conditions(linked, files, expected):
    assert linked(files).conditions() == expected


def test_a_method_replaced_on_the_instance_is_called_too(linked):
    program = linked({"app.py": "class C:\n    def use(self):\n        def here(x):\n            probe(x)\n        self.run = here\n    def run(self, x):\n        pass\n\nC().run(1)\n"})
    assert [unit.path for call in program.program.calls() for unit, _ in program.program.callees(call)] == ["C.run", "C.use.here"]
