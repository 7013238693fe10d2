"""Each verb on text: what stands between « and » is the place of the fix."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from threatline.fixes.edit import apply_edits
from threatline.fixes.verbs import Target, write
from threatline.knowledge.catalog import Put
from threatline.source.file import SourceFile, Span
from threatline.syntax import parse


def rewritten(verb: str, marked: str, **put: str) -> str | None:
    """Apply a verb at the marked place; None where it writes nothing."""
    before, place, behind = dedent(marked).replace("»", "«").split("«")
    text = (before + place + behind).encode()
    span = Span(len(before.encode()), len((before + place).encode()))
    edits = write(verb, Target(parse(SourceFile("app.py", text, "", "python")), span), Put(**put))
    if not edits:
        return None
    changed = apply_edits("app.py", text, edits).decode()
    ast.parse(changed)
    return changed


def check(verb: str, marked: str, expected: str | None, **put: str) -> None:
    assert rewritten(verb, marked, **put) == (None if expected is None else dedent(expected))


TIMEOUT = {"argument": "timeout", "value": "60"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f()»\n", "f(timeout=60)\n"),
        ("«f(a)»\n", "f(a, timeout=60)\n"),
        ("«f(a,)»\n", "f(a, timeout=60,)\n"),
        ("«f(*a)»\n", "f(*a, timeout=60)\n"),
        ("«f(x for x in y)»\n", "f((x for x in y), timeout=60)\n"),
        ("«f(\n    a,\n    b,\n)»\n", "f(\n    a,\n    b,\n    timeout=60,\n)\n"),
        ("«f(\n    a,\n    b\n)»\n", "f(\n    a,\n    b,\n    timeout=60\n)\n"),
        ("«f(\n    a,  # why\n)»\n", "f(\n    a,  # why\n    timeout=60,\n)\n"),
        ("«f(\n    a  # why\n)»\n", "f(\n    a,  # why\n    timeout=60\n)\n"),
        ("«f(a,\n  b)»\n", "f(a,\n  b, timeout=60)\n"),
        ("«f(  # why\n)»\n", "f(timeout=60  # why\n)\n"),
        ("«f(\r\n    a,\r\n)»\r\n", "f(\r\n    a,\r\n    timeout=60,\r\n)\r\n"),
        ("«f(\n\ta,\n)»\n", "f(\n\ta,\n\ttimeout=60,\n)\n"),
        ("«f(a, timeout=None)»\n", "f(a, timeout=60)\n"),
        ("x = «f('ä', [1, 2])».b\n", "x = f('ä', [1, 2], timeout=60).b\n"),
    ],
)
def test_add_argument(before: str, after: str) -> None:
    check("add_argument", before, after, **TIMEOUT)


@pytest.mark.parametrize("text", ["«f(timeout=60)»\n", "«f(**options)»\n"])
def test_add_argument_leaves_what_is_there_or_may_be(text: str) -> None:
    check("add_argument", text, None, **TIMEOUT)


@pytest.mark.parametrize("text", ["«f(a, b»\n", "«f(a, )»b = (\n", "«f(a b)»\n"])
def test_add_argument_keeps_off_broken_calls_but_not_off_broken_files(text: str) -> None:
    before, place, behind = text.replace("»", "«").split("«")
    source = (before + place + behind).encode()
    tree = parse(SourceFile("app.py", source, "", "python"))
    edits = write("add_argument", Target(tree, Span(len(before), len(before + place))), Put(**TIMEOUT))
    changed = apply_edits("app.py", source, edits).decode()
    assert changed in {
        source.decode(),
        source.decode().replace("f(a, )", "f(a, timeout=60,)"),
        source.decode().replace("f(a, )", "f(a, timeout=60, )"),
    }


def test_half_typed_lines_around_a_call_do_not_matter() -> None:
    text = b"def broken(:\n    x = [\n\nvalue = f(a)\n"
    place = text.index(b"f(a)")
    edits = write("add_argument", Target(parse(SourceFile("app.py", text, "", "python")), Span(place, place + 4)), Put(**TIMEOUT))
    assert apply_edits("app.py", text, edits) == text.replace(b"f(a)", b"f(a, timeout=60)")


def test_an_argument_brings_the_import_that_its_value_needs() -> None:
    check(
        "add_argument",
        """\
        from agents import Agent

        agent = «Agent(name="a")»
        """,
        """\
        from agents import Agent
        from agents.extensions import handoff_filters

        agent = Agent(name="a", input_filter=handoff_filters.remove_all_tools)
        """,
        argument="input_filter",
        value="handoff_filters.remove_all_tools",
        import_="from agents.extensions import handoff_filters",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«f(verify=False)»\n", "f()\n"),
        ("«f(a, verify=False)»\n", "f(a)\n"),
        ("«f(verify=False, b=1)»\n", "f(b=1)\n"),
        ("«f(a, verify=False, b=1)»\n", "f(a, b=1)\n"),
        ("«f(\n    a,\n    verify=False,\n    b=1,\n)»\n", "f(\n    a,\n    b=1,\n)\n"),
        ("«f(\n    a,\n    verify=False\n)»\n", "f(\n    a\n)\n"),
        ("«f(\r\n    verify=False,\r\n    b=1)»\r\n", "f(\r\n    b=1)\r\n"),
        ("«f(a)»\n", None),
    ],
)
def test_remove_argument(before: str, after: str | None) -> None:
    check("remove_argument", before, after, remove="verify")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import yaml\n\n«yaml.load(text, Loader=yaml.Loader)»\n", "import yaml\n\nyaml.safe_load(text)\n"),
        ("import yaml as y\n\n«y.load(text, Loader=y.Loader)»\n", "import yaml as y\n\ny.safe_load(text)\n"),
        (
            "from yaml import load, Loader\n\n«load(text, Loader=Loader)»\n",
            "from yaml import load, Loader, safe_load\n\nsafe_load(text)\n",
        ),
        (
            "from yaml import Loader, load, safe_load\n\n«load(text, Loader=Loader)»\n",
            "from yaml import Loader, load, safe_load\n\nsafe_load(text)\n",
        ),
    ],
)
def test_replace_call(before: str, after: str) -> None:
    check("replace_call", before, after, call="yaml.safe_load", remove="Loader", import_="import yaml")


def test_replace_call_by_another_method_of_the_receiver() -> None:
    check("replace_call", "«a.b.run_unsafe(x)»\n", "a.b.run_safe(x)\n", call=".run_safe")


def test_a_command_becomes_a_list_of_arguments_or_nothing_is_written() -> None:
    put = {"remove": "shell", "wrap": "shlex.split", "import_": "import shlex"}
    check(
        "set_argument",
        """\
        import subprocess

        def run(command):
            return «subprocess.run(command, shell=True, check=True)»
        """,
        """\
        import shlex
        import subprocess

        def run(command):
            return subprocess.run(shlex.split(command), check=True)
        """,
        **put,
    )
    check("set_argument", "«subprocess.run(*command, shell=True)»\n", None, **put)


def test_another_callee_and_a_wrapped_value_at_once() -> None:
    check(
        "replace_call",
        "import os\n\n«os.system(command)»\n",
        "import os\nimport shlex\nimport subprocess\n\nsubprocess.run(shlex.split(command))\n",
        call="subprocess.run",
        wrap="shlex.split",
        import_="import shlex, subprocess",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import html\nx = «answer»\n", "import html\nx = html.escape(answer)\n"),
        ("import html\nx = «a, b»\n", "import html\nx = html.escape((a, b))\n"),
        ("import html\nx = «(a or b)»\n", "import html\nx = html.escape(a or b)\n"),
        ("from html import escape\nx = «answer»\n", "from html import escape\nx = escape(answer)\n"),
        ("from html import escape as e\nx = «answer»\n", "from html import escape as e\nx = e(answer)\n"),
        ("html = render()\nx = «html»\n", "from html import escape\n\n\nhtml = render()\nx = escape(html)\n"),
        (
            "def f(html, escape):\n    return «html»\n",
            "from html import escape as html_escape\n\n\ndef f(html, escape):\n    return html_escape(html)\n",
        ),
        ("from lxml import html\nx = «y»\n", "from html import escape\n\nfrom lxml import html\nx = escape(y)\n"),
        ("import html\nx = html.escape(«answer»)\n", None),
    ],
)
def test_wrap(before: str, after: str | None) -> None:
    check("wrap", before, after, wrap="html.escape", import_="import html")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('«page("<p>" + text + "</p>")»\n', 'page("<p>" + html.escape(text) + "</p>")\n'),
        ('«page(f"<p>{text}</p>{count:>3}")»\n', 'page(f"<p>{html.escape(str(text))}</p>{html.escape(str(count)):>3}")\n'),
        ('«page("<p>%s</p>" % text)»\n', 'page("<p>%s</p>" % html.escape(str(text)))\n'),
        ('«page("<p>{}</p>".format(text, *rest))»\n', 'page("<p>{}</p>".format(html.escape(str(text)), *rest))\n'),
        ('«page(("<p>" f"{text}"))»\n', 'page(("<p>" f"{html.escape(str(text))}"))\n'),
        ('body = "<p>" + text\n«page(body)»\n', 'body = "<p>" + html.escape(text)\npage(body)\n'),
        ('body = "<p>"\nbody = body + text\n«page(body)»\n', 'body = "<p>"\nbody = body + text\npage(html.escape(body))\n'),
        ("body = render(text)\n«page(body)»\n", "body = render(text)\npage(html.escape(body))\n"),
        ('«page("<p>" + html.escape(text))»\n', None),
    ],
)
def test_an_escape_goes_around_the_values_and_never_around_the_markup(before: str, after: str | None) -> None:
    head = "import html\n"
    check("wrap", head + before, None if after is None else head + after, wrap="html.escape", import_="import html")


def test_a_decorator_without_arguments_gets_its_first_one() -> None:
    check(
        "add_argument",
        "@«function_tool»\ndef f(): ...\n",
        "@function_tool(needs_approval=True)\ndef f(): ...\n",
        argument="needs_approval",
        value="True",
    )


@pytest.mark.parametrize(
    ("call", "import_", "after"),
    [
        ("markupsafe.escape", "from markupsafe import escape", "from markupsafe import escape\n\n\nescape(x)\n"),
        ("flask.render_template", "", "import flask\n\n\nflask.render_template(x)\n"),
        ("a.Box().open", "from a import Box", "from a import Box\n\n\nBox().open(x)\n"),
        (
            "SandboxedEnvironment().from_string",
            "from jinja2.sandbox import SandboxedEnvironment",
            "from jinja2.sandbox import SandboxedEnvironment\n\n\nSandboxedEnvironment().from_string(x)\n",
        ),
    ],
)
def test_a_callee_brings_its_import(call: str, import_: str, after: str) -> None:
    check("replace_call", "«f(x)»\n", after, call=call, import_=import_)


def test_wrap_at_a_call_wraps_the_argument_that_the_finding_is_about() -> None:
    text = b"page(title, body=answer)\n"
    at, value = Span(0, len(text) - 1), Span(17, 23)
    target = Target(parse(SourceFile("app.py", text, "", "python")), at, value)
    assert apply_edits("app.py", text, write("wrap", target, Put(wrap="clean"))) == b"page(title, body=clean(answer))\n"


def test_replace_value() -> None:
    check("replace_value", "uvicorn.run(app, host=«'0.0.0.0'»)\n", 'uvicorn.run(app, host="127.0.0.1")\n', value='"127.0.0.1"')
    check(
        "replace_value",
        "«uvicorn.run(app, host='0.0.0.0')»\n",
        'uvicorn.run(app, host="127.0.0.1")\n',
        argument="host",
        value='"127.0.0.1"',
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """«db.execute(f"SELECT * FROM t WHERE id = {user.id}")»\n""",
            """db.execute("SELECT * FROM t WHERE id = ?", (user.id,))\n""",
        ),
        (
            """«db.execute(f"SELECT '{{}}' FROM t WHERE a = '{a}' AND b IN ({b}, {c}) LIMIT {d}")»\n""",
            """db.execute("SELECT '{}' FROM t WHERE a = ? AND b IN (?, ?) LIMIT ?", (a, b, c, d))\n""",
        ),
        (
            '''«db.execute(\n    f"""INSERT INTO t\n    VALUES ({a}, {b})"""\n)»\n''',
            '''db.execute(\n    """INSERT INTO t\n    VALUES (?, ?)""", (a, b)\n)\n''',
        ),
        (
            """«db.execute("SELECT * FROM t " f"WHERE a = {a}")»\n""",
            """db.execute("SELECT * FROM t " "WHERE a = ?", (a,))\n""",
        ),
        (
            """def f(a):\n    query = f"DELETE FROM t WHERE a = {a}"\n    «db.execute(query)»\n""",
            """def f(a):\n    query = "DELETE FROM t WHERE a = ?"\n    db.execute(query, (a,))\n""",
        ),
        ("""«db.execute(f"SELECT * FROM {table} WHERE a = 1")»\n""", None),
        ("""«db.execute(f"SELECT * FROM t ORDER BY {column}")»\n""", None),
        ("""«db.execute(f"SELECT * FROM t WHERE a LIKE '%{a}%'")»\n""", None),
        ("""«db.execute(f"SELECT * FROM t WHERE a = {a!r}")»\n""", None),
        ("""«db.execute(f"SELECT * FROM t WHERE a = {a}", extra)»\n""", None),
        ("""«db.execute("SELECT 1")»\n""", None),
        ("""«db.execute(f"{query}")»\n""", None),
        ("""def f(a):\n    q = f"DELETE FROM t WHERE a = {a}"\n    log(q)\n    «db.execute(q)»\n""", None),
    ],
)
def test_bind_values(before: str, after: str | None) -> None:
    check("bind_values", before, after)


def test_bind_values_speaks_the_drivers_placeholders() -> None:
    before = """«db.execute(f"SELECT a % 2 FROM t WHERE a = {a} AND b = {b}")»\n"""
    check("bind_values", before, """db.execute("SELECT a %% 2 FROM t WHERE a = %s AND b = %s", (a, b))\n""", value="%s")
    check("bind_values", before, """db.execute("SELECT a % 2 FROM t WHERE a = $1 AND b = $2", a, b)\n""", value="$")


def test_add_decorator_inside_those_that_register() -> None:
    check(
        "add_decorator",
        """\
        from fastapi import FastAPI

        class Api:
            @app.post("/chat")
            async def «chat»(request):
                return 1
        """,
        """\
        from fastapi import FastAPI
        from limits import limiter

        class Api:
            @app.post("/chat")
            @limiter.limit("10/minute")
            async def chat(request):
                return 1
        """,
        decorator='limiter.limit("10/minute")',
        import_="from limits import limiter",
    )
    check("add_decorator", "@limit(5)\ndef «f»():\n    pass\n", None, decorator="limit(10)")


PATH = 'if not Path({value}).resolve().is_relative_to(Path.cwd()):\n    raise PermissionError("outside the folder that is meant")'


@pytest.mark.parametrize(
    ("before", "checked"),
    [
        ("open(«name»)\n", "if not Path(name).resolve().is_relative_to(Path.cwd()):"),
        ("open(«BASE / name»)\n", "if not Path(BASE / name).resolve().is_relative_to(Path(BASE).resolve()):"),
        ('path = os.path.join("data", name)\nopen(«path»)\n', 'if not Path(path).resolve().is_relative_to(Path("data").resolve()):'),
        ("path = f() / name\nopen(«path»)\n", "if not Path(path).resolve().is_relative_to(Path.cwd()):"),
    ],
)
def test_a_path_is_confined_to_the_folder_that_it_is_joined_to(before: str, checked: str) -> None:
    written = rewritten("insert_before", before, value=PATH, import_="from pathlib import Path")
    assert written is not None
    assert f"{checked}\n    raise PermissionError" in written
    assert written.index(checked) < written.index("open(")


def test_what_has_an_effect_is_not_computed_twice() -> None:
    check("insert_before", "open(«ask()»)\n", None, value=PATH, import_="from pathlib import Path")


def test_the_list_of_hosts_is_declared_once_and_empty() -> None:
    put = {"value": "if host({value}) not in ALLOWED_HOSTS:\n    raise PermissionError", "import_": ""}
    once = rewritten("insert_before", "import os\n\nget(«url»)\n", **put)
    assert once == (
        "import os\n\nALLOWED_HOSTS: frozenset[str] = frozenset()  # the hosts that may be called\n\n"
        "if host(url) not in ALLOWED_HOSTS:\n    raise PermissionError\nget(url)\n"
    )
    again = rewritten("insert_before", once.replace("get(url)", "get(url)\nput(«url»)"), **put)
    assert again is not None
    assert again.count("ALLOWED_HOSTS:") == 3


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'ask([{"role": "system", "content": «"Be " + mood»}])\n',
            'ask([{"role": "system", "content": "Be "}, {"role": "user", "content": mood}])\n',
        ),
        (
            'ask([\n    {"role": "system", "content": f"Be {«mood»}. {{x}} {n}"},\n])\n',
            (
                'ask([\n    {"role": "system", "content": "Be . {x} "},\n    {"role": "user", "content": str(mood)},\n'
                '    {"role": "user", "content": str(n)},\n])\n'
            ),
        ),
        (
            'ask(«[{"content": "a" f"b{c}", "role": "developer"}, x]»)\n',
            'ask([{"content": "a" "b", "role": "developer"}, {"role": "user", "content": str(c)}, x])\n',
        ),
        ('ask([{"role": "user", "content": «"Be " + mood»}])\n', None),
        ('ask([{"role": "system", "content": «prompt»}])\n', None),
        ('ask([{"role": "system", "content": «f"{RULES} {x}"»}])\n', None),
        ("ask(«system + mood»)\n", None),
    ],
)
def test_move_to_role(before: str, after: str | None) -> None:
    check("move_to_role", before, after)


def test_hidden_characters_go_and_what_is_visible_stays() -> None:
    check("remove_text", 'def «add»(a):\n    """Ad\u200bd ä\u202e."""\n', 'def add(a):\n    """Add ä."""\n')
    check("remove_text", "f(«'a\U000e0041b'»)\n", "f('ab')\n")
    check("remove_text", "f(«'plain'»)\n", None)


def test_insert_before_a_statement() -> None:
    check(
        "insert_before",
        """\
        def f(path):
            if path:
                return open(
                    «path»,
                )
        """,
        """\
        def f(path):
            if path:
                if not allowed(path):
                    raise PermissionError(path)
                return open(
                    path,
                )
        """,
        value="if not allowed({value}):\n    raise PermissionError({value})",
    )
    check("insert_before", "if x: f(«x»)\n", None, value="check({value})")
