"""TypeScript and JavaScript: the ways that values take through classes, callbacks, objects, modules, elements, and checks."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}
HEAD = """=== app.tsx
import { exec, execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ask } from "./ask";
"""
ASK = """
=== ask.ts
import OpenAI from "openai";
const client = new OpenAI();
export async function ask(question = ""): Promise<string> {
  const answer = await client.chat.completions.create({ model: "gpt-5-nano", messages: [{ role: "user", content: question }] });
  return answer.choices[0].message.content ?? "";
}
"""


def test_shape(check, program):
    check(program)


def script(body, *, more=""):
    return f"{HEAD}{body.strip()}\n{ASK}{more}"


def body(lines):
    return script("export async function run() {\n  const x = await ask();\n" + lines.strip("\n") + "\n}")


def tool(schema, lines):
    return script(f"""
import {{ McpServer }} from "@modelcontextprotocol/sdk/server/mcp.js";
const server = new McpServer({{ name: "s", version: "1" }});
server.registerTool("t", {{ description: "Do it.", inputSchema: {schema} }}, async ({{ x, ...rest }}) => {{
{lines.strip()}
  return {{ content: [] }};
}});
""")


SHAPES["a template"] = body("exec(`ls ${x}`);  // finds: shell")
SHAPES["sums"] = body("exec('ls ' + x);  // finds: shell")
SHAPES["an argument list"] = body("execFile('ls', ['--', x]);")
SHAPES["then"] = script("export const run = () => ask().then((x) => exec(x));  // finds: shell")
SHAPES["map"] = body("[x].map((y) => exec(y));  // finds: shell")
SHAPES["a promise of several"] = body("const [y, z1] = await Promise.all([ask(), 'b']);\nexec(y);  // finds: shell\nexec(z1);")
SHAPES["parts of an object"] = body("const o = { a: x, b: 'ls' };\nexec(o.b);\nexec(o.a);  // finds: shell")
SHAPES["a spread object"] = body("const o = { ...{ a: x }, b: 'ls' };\nconst { b, ...rest } = o;\nexec(b);\nexec(rest.a);  // finds: shell")
SHAPES["a default"] = body("const { a = x } = JSON.parse('{}');\nexec(a);  // finds: shell")
SHAPES["nullish"] = body("let y: string | undefined;\ny ??= x;\nexec(y);  // finds: shell")
SHAPES["options that are passed"] = script("""
function go({ command, quiet = false }: { command: string; quiet?: boolean }) {
  exec(command);  // finds: shell
  exec(String(quiet));
}
export async function run() { go({ command: await ask() }); }
""")
SHAPES["a class"] = script("""
class Runner {
  private last = "";
  constructor(private readonly command: string, private readonly name: string) {}
  keep(x: string) { this.last = x; }
  run() {
    exec(this.command);  // finds: shell
    exec(this.name);
  }
  again = () => exec(this.last);  // finds: shell
}
export async function run() {
  const runner = new Runner(await ask(), "ls");
  runner.keep(await ask());
  runner.run();
}
""")
SHAPES["a getter and a base"] = script("""
class Base { protected text = ""; get command() { return this.text; } }
class Child extends Base {
  async fill() { this.text = await ask(); }
  run() {
    exec(this.command);  // finds: shell
  }
}
""")
SHAPES["an object's methods"] = script("""
const tools = { run(x: string) { exec(x); }, list: (x: string) => exec("ls") };  // finds: shell
export async function run() { tools.run(await ask()); tools.list(await ask()); }
""")
SHAPES["a table of functions"] = script("""
const table: Record<string, (x: string) => void> = {
  run: (x) => { exec(x); },  // finds: shell
};
export async function run(name: string) { table[name](await ask()); }
""")
SHAPES["a module behind a barrel"] = script(
    'import { go } from "./lib";\nexport async function run() { go(await ask()); }',
    more="""
=== lib/index.ts
export * from "./go";
=== lib/go.ts
import { execSync } from "child_process";
export const go = (x: string) => execSync(x);  // finds: shell
""",
)
SHAPES["CommonJS"] = """=== app.js
const { go } = require("./lib");
const { ask } = require("./ask");
async function run() { go(await ask()); }
=== lib.js
const { exec } = require("child_process");
module.exports = { go: function (x) { exec(x); } };  // finds: shell
""" + ASK.lstrip("\n").replace("=== ask.ts", "=== ask.ts")
SHAPES["a variable that a callback fills"] = body("""
let text = "";
let other = "ls";
ask().then((part) => { text += part; const other = part; });
exec(text);  // finds: shell
exec(other);
""")
SHAPES["a variable of a module"] = script("""
let last: string;
let command = "ls";
export async function fill() { last = await ask(); let command; command = await ask(); }
export function run() {
  exec(command);
  exec(last);  // finds: shell
}
""")
SHAPES["a generator"] = script("""
async function* parts() { yield await ask(); }
export async function run() {
  for await (const part of parts()) exec(part);  // finds: shell
}
""")
SHAPES["a component"] = script("""
const Box = ({ html, title }: { html: string; title: string }) =>
  <p title={title} dangerouslySetInnerHTML={{ __html: html }} />;  // finds: html
export async function Page() { const x = await ask(); return <Box html={x} title="a"><b>{x}</b></Box>; }
""")
SHAPES["a switch"] = body(
    "let y = '';\nswitch (x.length) {\n  case 1: y = x; break;\n  case 2:\n  default: y = 'ls';\n}\nexec(y);  // finds: shell"
)
SHAPES["a case of constants"] = body(
    "switch (x) {\n  case 'ls':\n  case 'df':\n    exec(x);\n    break;\n  default:\n    exec(x);  // finds: shell\n}"
)
SHAPES["an allow-list"] = body("if (!['ls', 'df'].includes(x)) throw new Error('no');\nexec(x);")
SHAPES["an allow-list elsewhere"] = script("""
const ALLOWED = new Set(["ls", "df"]);
const check = (x: string) => { if (!ALLOWED.has(x)) throw new Error("no"); return x; };
export async function run() { const x = await ask(); check(x); exec(x); }
""")
SHAPES["an allow-list of something else"] = body("const y = 'ls';\nif (!['ls'].includes(y)) return;\nexec(x);  // finds: shell")
SHAPES["a text that includes"] = body("if (!'ls df'.includes(x)) return;\nexec(x);  // finds: shell")
SHAPES["a check that is only logged"] = body("if (!['ls'].includes(x)) console.log('no');\nexec(x);  // finds: shell")
SHAPES["an early return"] = body("if (x !== 'ls') { return; }\nexec(x);")
SHAPES["a path below a folder"] = body(
    "const full = path.resolve('/srv', x);\nif (!full.startsWith('/srv' + path.sep)) throw new Error('no');\nfs.readFileSync(full);"
)
SHAPES["a path that is not resolved"] = body(
    "const full = '/srv/' + x;\nif (!full.startsWith('/srv/')) throw new Error('no');\nfs.readFileSync(full);  // finds: path"
)
SHAPES["a number"] = body("exec(`kill ${Number(x)}`);\nexec(`kill ${parseInt(x, 10)}`);")
SHAPES["a schema that is closed"] = tool('{ x: z.enum(["ls", "df"]) }', "exec(x);")
SHAPES["a schema that is open"] = tool('{ x: z.string().min(1), y: z.enum(["a"]) }', "exec(x);  // finds: shell")
SHAPES["a schema of an object"] = tool("z.object({ x: z.coerce.number().int().optional() })", "exec(`kill ${x}`);")
SHAPES["a schema with a pattern"] = tool("{ x: z.string().regex(/^[a-z]+$/).optional() }", "exec(`ls ${x}`);")
SHAPES["a schema with a pattern for anything"] = tool("{ x: z.string().regex(/^.+$/) }", "exec(`ls ${x}`);  // finds: shell")
SHAPES["a list of open text"] = tool("{ x: z.array(z.string()) }", "exec(`ls ${x.join(' ')}`);  // finds: shell")
SHAPES["a list of constants"] = tool("{ x: z.array(z.enum(['a'])).optional() }", "exec(`ls ${x.join(' ')}`);")
SHAPES["a parsed answer"] = script("""
const Plan = z.object({ kind: z.enum(["ls", "df"]), id: z.string().uuid(), note: z.string() });
export async function run() {
  const plan = Plan.parse(JSON.parse(await ask()));
  exec(plan.kind);
  exec(plan.note);  // finds: shell
  const { id, note } = Plan.parse(JSON.parse(await ask()));
  exec(id);
  exec(note);  // finds: shell
}
""")
SHAPES["a declared type that is closed"] = script("""
type Kind = "ls" | "df";
export function go(kind: Kind) { exec(kind); }
""")
