"""Fixes of TypeScript and JavaScript: what stands between « and » is the place of the fix."""

from __future__ import annotations

import pytest

from threatline.fixes.edit import apply_edits
from threatline.fixes.target import Target
from threatline.fixes.verbs import write
from threatline.knowledge.catalog import Put
from threatline.source.file import SourceFile, Span
from threatline.syntax import parse

TIMEOUT = Put(argument="1.timeout", value="60")
LISTED = Put(call="child_process.execFile", wrap="list", **{"import": 'import { execFile } from "node:child_process"'})


def rewritten(verb: str, marked: str, put: Put, file: str = "app.ts") -> str | None:
    before, place, behind = marked.replace("»", "«").split("«")
    text = (before + place + behind).encode()
    start = len(before.encode())
    target = Target(parse(SourceFile(file, text, "", "typescript")), Span(start, start + len(place.encode())))
    edits = write(verb, target, put)
    if not edits:
        return None
    after = apply_edits(file, text, edits)
    assert not parse(SourceFile(file, after, "", "typescript")).tree.root_node.has_error, after.decode()
    return after.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«ask(x)»;\n", "ask(x, { timeout: 60 });\n"),
        ("«ask(x, {})»;\n", "ask(x, { timeout: 60 });\n"),
        ("«ask(x, { a: 1 })»;\n", "ask(x, { a: 1, timeout: 60 });\n"),
        ("«ask(x, {\n  a: 1,\n})»;\n", "ask(x, {\n  a: 1,\n  timeout: 60,\n});\n"),
        ("«ask(x, {\n  a: 1, // why\n})»;\n", "ask(x, {\n  a: 1, // why\n  timeout: 60,\n});\n"),
        ("«ask(x, { timeout: 0 })»;\n", "ask(x, { timeout: 60 });\n"),
        ("«ask(x, { 'timeout': 0, a })»;\n", "ask(x, { 'timeout': 60, a });\n"),
        ("«ask(x, (e) => e)»;\n", "ask(x, { timeout: 60 }, (e) => e);\n"),
        (
            "const a = await «new Client('ä', { b: { timeout: 1 } })»;\n",
            "const a = await new Client('ä', { b: { timeout: 1 }, timeout: 60 });\n",
        ),
    ],
)
def test_a_key_of_the_options(before: str, after: str) -> None:
    assert rewritten("add_argument", before, TIMEOUT) == after


@pytest.mark.parametrize(
    "text",
    [
        "«ask()»;\n",
        "«ask(...all)»;\n",
        "«ask(x, options)»;\n",
        "«ask(x, { ...options })»;\n",
        "«ask(x, { timeout })»;\n",
        "«ask(x, { timeout: 60 })»;\n",
    ],
)
def test_what_is_there_or_may_be_is_left(text: str) -> None:
    assert rewritten("add_argument", text, TIMEOUT) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("«ask({ verify: false })»;\n", "ask({  });\n"),
        ("«ask({ a: 1, verify: false })»;\n", "ask({ a: 1 });\n"),
        ("«ask({\n  verify: false,\n  a: 1,\n})»;\n", "ask({\n  a: 1,\n});\n"),
    ],
)
def test_a_key_is_dropped(before: str, after: str) -> None:
    assert rewritten("remove_argument", before, Put(remove="0.verify")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'import { exec } from "child_process";\n\n«exec(`ls -l ${folder}/x "a b"`, done)»;\n',
            (
                'import { exec, execFile } from "child_process";\n\nif (String(folder).startsWith("-")) {\n'
                '  throw new Error("an option is not allowed here");\n}\nexecFile("ls", ["-l", `${folder}/x`, "a b"], done);\n'
            ),
        ),
        ("const cp = require('child_process');\n\n«cp.exec('ls ' + folder)»\n", None),
        (
            "const { exec } = require('child_process');\n\nfunction list(folder) {\n  return «exec('ls ' + folder)»\n}\n",
            (
                "const { exec, execFile } = require('child_process');\n\nfunction list(folder) {\n"
                '  if (String(folder).startsWith("-")) {\n    throw new Error("an option is not allowed here");\n  }\n'
                '  return execFile("ls", [String(folder)])\n}\n'
            ),
        ),
        ('import { exec } from "node:child_process";\n\n«exec(`ls ${folder} | wc -l`)»;\n', None),
        ('import { exec } from "node:child_process";\n\n«exec(`${program} -l`)»;\n', None),
        ('import { exec } from "node:child_process";\n\n«exec(command)»;\n', None),
        (
            'import { exec } from "node:child_process";\n\nexport const list = (f: string) => «exec(`ls ${f}`)»;\n',
            'import { exec, execFile } from "node:child_process";\n\nexport const list = (f: string) => execFile("ls", [String(f)]);\n',
        ),
        ('import { exec } from "node:child_process";\n\n«exec(`ls -l x${folder}`, { shell: "bash" })»;\n', None),
    ],
)
def test_a_command_becomes_a_list(before: str, after: str | None) -> None:
    if after is None and before.startswith("const cp"):
        after = (
            "const cp = require('child_process');\n\nif (String(folder).startsWith(\"-\")) {\n"
            '  throw new Error("an option is not allowed here");\n}\ncp.execFile("ls", [String(folder)])\n'
        )
    assert rewritten("set_argument", before, LISTED) == after


def test_half_typed_calls_are_left_alone_and_others_are_not() -> None:
    text = b"ask(x, {\n\nfunction broken( {\n"
    tree = parse(SourceFile("app.ts", text, "", "typescript"))
    assert write("add_argument", Target(tree, Span(0, 8)), TIMEOUT) == ()


def test_a_check_stands_where_the_value_is_used_and_nowhere_else() -> None:
    host = Put(value="ctl-url-allowlist")
    assert rewritten("insert_before", "if (ready) fetch(«url»);\n", host) is None
    assert rewritten("insert_before", "const get = () => fetch(«url»);\n", host) is None
    assert rewritten("insert_before", "while (fetch(«url»)) {\n  wait();\n}\n", host) is None
    assert rewritten("insert_before", "fetch(«next()»);\n", host) is None
    assert rewritten("insert_before", "{\n\tfetch(«url»)\n}\n", host, "app.js") == (
        "const ALLOWED_HOSTS = new Set() // the hosts that may be called\n\n"
        '{\n\tif (!ALLOWED_HOSTS.has(new URL(url).hostname)) {\n\t\tthrow new Error("the host is not on the list")\n\t}\n\tfetch(url)\n}\n'
    )
