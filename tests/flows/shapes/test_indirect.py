"""Execution that does not look like it, and what merely looks like it."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}


def test_shape(check, program):
    check(program)


SHAPES["python -c"] = """
import sys
subprocess.run([sys.executable, "-c", ask("what now?")])  # finds: exec
"""
SHAPES["node -e"] = """
subprocess.run(["node", "-e", ask("what now?")])  # finds: exec
"""
SHAPES["bash -c"] = """
subprocess.run(["bash", "-c", ask("what now?")])  # finds: shell
"""
SHAPES["bash -c through a variable"] = """
command = ["bash", "-c"]
command.append(ask("what now?"))
subprocess.run(command)  # finds: shell
"""
SHAPES["a list that runs a file"] = """
subprocess.run(["python", "job.py", "--title", ask("what now?")])
"""
SHAPES["ssh"] = """
subprocess.run(["ssh", "host", ask("what now?")])  # finds: shell
"""
SHAPES["an option of git"] = """
# watches: option-injection
subprocess.run(["git", "clone", ask("which?")])  # finds: option-injection
"""
SHAPES["an option of git behind --"] = """
# watches: option-injection
subprocess.run(["git", "clone", "--", ask("which?")])
"""
SHAPES["an option of ffmpeg"] = """
# watches: option-injection
subprocess.run(["ffmpeg", "-i", ask("which?"), "out.mp4"])
subprocess.run(["ffmpeg", ask("which?")])  # finds: option-injection
"""
SHAPES["an option of curl"] = """
# watches: option-injection
subprocess.run(["curl", ask("which?")])  # finds: option-injection
"""
SHAPES["the program itself"] = """
subprocess.run([ask("which?"), "--version"])  # finds: shell
"""
SHAPES["a table's name"] = """
import sqlite3
sqlite3.connect("x.db").execute(f"SELECT * FROM {ask('which?')}")  # finds: sql
"""
SHAPES["a column's name beside bound values"] = """
import sqlite3
sqlite3.connect("x.db").execute(f"SELECT * FROM t WHERE {ask('which?')} = ?", (1,))  # finds: sql
"""
SHAPES["keys of a dictionary become columns"] = """
import sqlite3
values = json.loads(ask("which?"))
columns = ", ".join(values.keys())
sqlite3.connect("x.db").execute(f"INSERT INTO t ({columns}) VALUES (1)")  # finds: sql
"""
SHAPES["bound values"] = """
import sqlite3
sqlite3.connect("x.db").execute("SELECT * FROM t WHERE a = ?", (ask("which?"),))
"""
SHAPES["import_module"] = """
import importlib
importlib.import_module(ask("which?"))  # finds: import
"""
SHAPES["import_module with a prefix"] = """
import importlib
importlib.import_module(f"plugins.{ask('which?')}")
"""
SHAPES["import_module of a table"] = """
import importlib
NAMES = {"a": "plugins.a"}
importlib.import_module(NAMES[ask("which?")])
"""
SHAPES["__import__"] = """
__import__(ask("which?"))  # finds: import
"""
SHAPES["a template from a variable"] = """
from jinja2 import Template
Template(ask("what?")).render(name="x")  # finds: template
"""
SHAPES["a template's values"] = """
from jinja2 import Template
Template("Hello {{ name }}").render(name=ask("who?"))
"""
SHAPES["a template of an environment"] = """
from jinja2 import Environment
Environment().from_string(ask("what?")).render()  # finds: template
"""
SHAPES["a template of a sandboxed environment"] = """
from jinja2.sandbox import ImmutableSandboxedEnvironment
ImmutableSandboxedEnvironment().from_string(ask("what?")).render()
"""
SHAPES["an untrusted format string"] = """
class User:
    def __init__(self):
        self.secret = os.environ["KEY"]
ask("what?").format(user=User())  # finds: template
"""
SHAPES["an untrusted value of a format string"] = """
"Hello {name}".format(name=ask("who?"))
"""
SHAPES["shell=True with a constant"] = """
ask("what now?")
subprocess.run("ls | wc -l", shell=True)
"""
SHAPES["shell=True with a constant of a table"] = """
COMMANDS = {"a": "ls | wc -l"}
subprocess.run(COMMANDS[ask("which?")], shell=True)
"""
SHAPES["shell=True with a list"] = """
subprocess.run(["ls", ask("which?")], shell=True)  # finds: shell
"""
SHAPES["eval of a model of numbers"] = """
import torch
model = torch.nn.Linear(1, 1)
model.eval()
ask("what now?")
"""
SHAPES["an object's own eval"] = """
class Sheet:
    def eval(self, formula):
        return len(formula)
Sheet().eval(ask("what now?"))
"""
SHAPES["an object's own exec and query"] = """
class Database:
    def exec(self, text):
        return text.count("x")
    def query(self, text):
        return {"a": 1}.get(text)
    def execute(self, text):
        return sorted(text)
database = Database()
database.exec(ask("what?"))
database.query(ask("what?"))
database.execute(ask("what?"))
"""
SHAPES["an eval of a cache server"] = """
import redis
redis.Redis().eval("return 1", 0, ask("what?"))
"""
SHAPES["a pattern's own compile"] = """
re.compile(re.escape(ask("what?")))
"""
SHAPES["eval without built-ins"] = """
eval(ask("what?"), {"__builtins__": {}})  # finds: exec
"""
SHAPES["literal_eval"] = """
import ast
ast.literal_eval(ask("what?"))
"""
SHAPES["exec of compiled code"] = """
exec(compile(ask("what?"), "<model>", "exec"))  # finds: exec
"""
SHAPES["exec of an unparsed tree"] = """
import ast
exec(ast.unparse(ast.parse(ask("what?"))))  # finds: exec
"""
SHAPES["getattr with the model's name, called"] = """
getattr(os, ask("which?"))("x")  # finds: exec
"""
SHAPES["globals by the model's name, called"] = """
globals()[ask("which?")]("x")  # finds: exec
"""
SHAPES["yaml.load"] = """
import yaml
yaml.load(ask("what?"), Loader=yaml.Loader)  # finds: deserialise
"""
SHAPES["yaml.safe_load"] = """
import yaml
yaml.safe_load(ask("what?"))
"""
SHAPES["words of a command that are written down in another definition"] = """
=== run.js
const { spawnSync } = require("child_process");
function run(words) { return spawnSync("node", words); }
module.exports = { run };
=== main.js
const { run } = require("./run");
function go(a, b, c, d, e, f) {
  const found = [a, b, c, d, e, f, a, b, c, d, e, f];
  return run(["report.js", found]);
}
go(1, 2, 3, 4, 5, 6);
"""
