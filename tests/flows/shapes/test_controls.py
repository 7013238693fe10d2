"""Controls on the path: those that hold, those that fail open, and those that only sound like one."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}
HEAD = """
import shlex, sqlite3
from pathlib import Path
from urllib.parse import urlparse
import requests
from agents import function_tool
BASE = Path("/srv/notes").resolve()
NAMES = {"ls", "df"}
HOSTS = {"a.example"}
"""


def test_shape(check, program):
    check(program)


def tool(body, *, decorator="@function_tool", before=""):
    lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
    return f"{HEAD}{before}\n{decorator}\ndef tool(x: str) -> str:\n    'Do it.'\n{lines}"


SHAPES["bound values"] = tool("sqlite3.connect('a.db').execute('SELECT * FROM t WHERE a = ?', (x,))")
SHAPES["values bound by name, the text elsewhere"] = tool("""
query = "SELECT * FROM t WHERE a = :a"
sqlite3.connect("a.db").execute(query, {"a": x})
""")
SHAPES["values written into the text beside bound ones"] = tool(
    "sqlite3.connect('a.db').execute(f'SELECT * FROM t WHERE a = ? AND b = {x}', (x,))  # finds: sql"
)
SHAPES["text and bound parameters of an engine"] = """
from agents import function_tool
from sqlalchemy import create_engine, text
engine = create_engine("sqlite://")
@function_tool
def tool(x: str) -> str:
    "Do it."
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM t WHERE a = :a"), {"a": x})
        connection.execute(text(f"SELECT * FROM t WHERE a = '{x}'"))  # finds: sql
"""
SHAPES["doubled quotes by hand"] = tool("""
safe = x.replace("'", "''")
sqlite3.connect("a.db").execute(f"SELECT * FROM t WHERE a = '{safe}'")  # finds: sql
""")
SHAPES["a query that must begin with SELECT"] = tool("""
if not x.upper().startswith("SELECT"):
    return ""
sqlite3.connect("a.db").execute(x)  # finds: sql
""")
SHAPES["shlex.quote"] = tool("os.system('ls ' + shlex.quote(x))")
SHAPES["shlex.quote of something else"] = tool("os.system('ls ' + shlex.quote('a') + x)  # finds: shell")
SHAPES["quotes by hand"] = tool("os.system(f\"ls '{x}'\")  # finds: shell")
SHAPES["an allow-list"] = tool("""
if x not in NAMES:
    return ""
os.system(x)
""")
SHAPES["an allow-list in another file"] = """
from agents import function_tool
from checks import ensure_allowed
@function_tool
def tool(x: str) -> str:
    "Do it."
    ensure_allowed(x)
    os.system(x)
=== checks.py
ALLOWED = frozenset({"ls", "df"})
def ensure_allowed(command):
    if command not in ALLOWED:
        raise PermissionError(command)
"""
SHAPES["an allow-list of the first token"] = tool("""
if x.split()[0] not in NAMES:
    return ""
os.system(x)  # finds: shell
""")
SHAPES["an allow-list of the first token by shlex"] = tool("""
parts = shlex.split(x)
if parts[0] not in NAMES:
    return ""
os.system(x)  # finds: shell
""")
SHAPES["an allow-list by beginnings"] = tool("""
if not any(x.startswith(name) for name in NAMES):
    return ""
os.system(x)  # finds: shell
""")
SHAPES["an allow-list by beginnings, as a tuple"] = tool("""
if not x.startswith(("ls", "df")):
    return ""
os.system(x)  # finds: shell
""")
SHAPES["a list of forbidden words"] = tool("""
if any(word in x for word in ("rm", "dd", ";")):
    return ""
os.system(x)  # finds: shell
""")
SHAPES["any(x == name)"] = tool("""
if not any(x == name for name in NAMES):
    return ""
os.system(x)
""")
SHAPES["a whole pattern"] = tool("""
if not re.fullmatch(r"[a-z0-9]+", x):
    return ""
os.system(f"id {x}")
""")
SHAPES["a pattern of the beginning"] = tool("""
if not re.match(r"[a-z0-9]+", x):
    return ""
os.system(f"id {x}")  # finds: shell
""")
SHAPES["a match statement over constants"] = tool("""
match x:
    case "ls" | "df":
        os.system(x)
    case _:
        return ""
""")
SHAPES["a check whose answer nobody reads"] = tool("""
x in NAMES
os.system(x)  # finds: shell
""")
SHAPES["a check that only logs"] = tool("""
if x not in NAMES:
    print("not allowed")
os.system(x)  # finds: shell
""")
SHAPES["a check that fails open"] = tool("""
try:
    if x not in NAMES:
        raise ValueError(x)
except ValueError:
    print("not allowed")
os.system(x)  # finds: shell
""")
SHAPES["a check in a helper that fails open"] = tool("""
check(x)
os.system(x)  # finds: shell
""", before="""
def check(name):
    try:
        if name not in NAMES:
            raise ValueError(name)
    except Exception:
        pass
""")  # fmt: skip
SHAPES["a check that can be switched off"] = tool("""
if STRICT and x not in NAMES:
    return ""
os.system(x)  # finds: shell
""", before="STRICT = os.environ.get('STRICT') == '1'")  # fmt: skip
SHAPES["a check with an empty list"] = tool("""
if ALLOWED and x not in ALLOWED:
    return ""
os.system(x)  # finds: shell
""", before="ALLOWED = set()")  # fmt: skip
SHAPES["a list that the model gives"] = """
from agents import function_tool
@function_tool
def tool(x: str, allowed: list[str]) -> str:
    "Do it."
    if x not in allowed:
        return ""
    os.system(x)  # finds: shell
"""
SHAPES["a name that sounds well"] = tool("""
safe_x = sanitize(x)
os.system(safe_x)  # finds: shell
""", before="def sanitize(text):\n    return text.strip()\n")  # fmt: skip
SHAPES["a comment that promises"] = tool("""
# validated and sanitized against NAMES, safe to run
os.system(x)  # finds: shell
""")
SHAPES["a path resolved, then contained"] = tool("""
path = (BASE / x).resolve()
if not path.is_relative_to(BASE):
    raise ValueError(x)
return path.read_text()
""")
SHAPES["a path contained, not resolved"] = tool("""
path = BASE / x
if not path.is_relative_to(BASE):
    raise ValueError(x)
return path.read_text()  # finds: path
""")
SHAPES["a path that begins with the base as text"] = tool("""
path = os.path.join(str(BASE), x)
if not path.startswith(str(BASE)):
    raise ValueError(x)
return open(path).read()  # finds: path
""")
SHAPES["a path without two dots"] = tool("""
if ".." in x:
    raise ValueError(x)
return (BASE / x).read_text()  # finds: path
""")
SHAPES["a path by its last part"] = tool("return (BASE / Path(x).name).read_text()")
SHAPES["a path contained in a helper of another file"] = """
from agents import function_tool
from paths import inside
@function_tool
def tool(x: str) -> str:
    "Do it."
    return inside(x).read_text()
=== paths.py
from pathlib import Path
BASE = Path("/srv/notes").resolve()
def inside(name):
    path = (BASE / name).resolve()
    path.relative_to(BASE)
    return path
"""
SHAPES["a host of a list"] = tool("""
if urlparse(x).hostname not in HOSTS:
    return ""
return requests.get(x, timeout=5).text
""")
SHAPES["a host that ends well"] = tool("""
if not urlparse(x).hostname.endswith("example"):
    return ""
return requests.get(x, timeout=5).text  # finds: url
""")
SHAPES["an address that begins well"] = tool("""
if not x.startswith("https://a.example"):
    return ""
return requests.get(x, timeout=5).text  # finds: url
""")
SHAPES["an address that begins well, with the slash"] = tool("""
if not x.startswith("https://a.example/"):
    return ""
return requests.get(x, timeout=5).text
""")
SHAPES["an address whose scheme is checked"] = tool("""
if urlparse(x).scheme not in ("http", "https"):
    return ""
return requests.get(x, timeout=5).text  # finds: url
""")
SHAPES["code in a sandbox"] = """
from agents import function_tool
from e2b_code_interpreter import Sandbox
@function_tool
def tool(x: str) -> str:
    "Do it."
    with Sandbox.create() as sandbox:
        return str(sandbox.run_code(x))
"""
SHAPES["code beside a sandbox"] = """
from agents import function_tool
from e2b_code_interpreter import Sandbox
@function_tool
def tool(x: str) -> str:
    "Do it."
    with Sandbox.create() as sandbox:
        sandbox.run_code("print(1)")
    exec(x)  # finds: exec
"""
APPROVAL = """
# watches: destructive-tool-no-approval
import shutil
from pathlib import Path
from agents import function_tool
ROOT = Path("/srv/notes")
"""
ERASE = "    shutil.rmtree(ROOT)\n    return 'done'\n"
SHAPES["approval by the framework"] = f"""{APPROVAL}
@function_tool(needs_approval=True)
def erase(reason: str) -> str:
    "Erase all notes."
{ERASE}"""
SHAPES["no approval"] = f"""{APPROVAL}
@function_tool  # finds: destructive-tool-no-approval
def erase(reason: str) -> str:
    "Erase all notes."
{ERASE}"""
SHAPES["approval switched off"] = f"""{APPROVAL}
@function_tool(needs_approval=False)  # finds: destructive-tool-no-approval
def erase(reason: str) -> str:
    "Erase all notes."
{ERASE}"""
SHAPES["approval at the keyboard"] = f"""{APPROVAL}
@function_tool
def erase(reason: str) -> str:
    "Erase all notes."
    if input("Erase? ") != "yes":
        return "no"
{ERASE}"""
SHAPES["a question at the keyboard whose answer nobody reads"] = f"""{APPROVAL}
@function_tool  # finds: destructive-tool-no-approval
def erase(reason: str) -> str:
    "Erase all notes."
    input("Erase? ")
{ERASE}"""
SHAPES["approval by interrupt"] = f"""{APPROVAL}
from langgraph.types import interrupt
@function_tool
def erase(reason: str) -> str:
    "Erase all notes."
    if interrupt("Erase?") != "yes":
        return "no"
{ERASE}"""
SHAPES["approval by a model"] = f"""{APPROVAL}
@function_tool  # finds: destructive-tool-no-approval
def erase(reason: str) -> str:
    "Erase all notes."
    if ask("May all notes be erased? Say yes or no.") != "yes":
        return "no"
{ERASE}"""
SHAPES["approval by the caller's own word"] = f"""{APPROVAL}
@function_tool  # finds: destructive-tool-no-approval
def erase(reason: str, confirmed: bool) -> str:
    "Erase all notes."
    if not confirmed:
        return "no"
{ERASE}"""
ROUTE = """
# watches: inference-endpoint-no-auth
from fastapi import Depends, FastAPI, Header, HTTPException
"""
SHAPES["authorization by a dependency"] = f"""{ROUTE}
def caller(authorization: str = Header()):
    if authorization != os.environ["TOKEN"]:
        raise HTTPException(status_code=401)
    return authorization
app = FastAPI()
@app.post("/ask")
def answer(question: str, who: str = Depends(caller)):
    return ask(question)
"""
SHAPES["authorization of the application"] = f"""{ROUTE}
def caller(authorization: str = Header()):
    if authorization != os.environ["TOKEN"]:
        raise HTTPException(status_code=401)
app = FastAPI(dependencies=[Depends(caller)])
@app.post("/ask")
def answer(question: str):
    return ask(question)
"""
SHAPES["authorization by a middleware"] = f"""{ROUTE}
from fastapi.responses import JSONResponse
app = FastAPI()
@app.middleware("http")
async def check(request, following):
    if request.headers.get("authorization") != os.environ["TOKEN"]:
        return JSONResponse(status_code=401, content="no")
    return await following(request)
@app.post("/ask")
def answer(question: str):
    return ask(question)
"""
OPENING = """
app = FastAPI()
@app.post("/ask")
def answer(question: str, who: str = Depends(caller)):{mark}
    return ask(question)
"""
SHAPES["a dependency that checks only where a variable is set"] = f"""{ROUTE}
EXPECTED = os.getenv("TOKEN")
def caller(authorization: str = Header()):
    if EXPECTED and authorization != EXPECTED:
        raise HTTPException(status_code=401)
    return authorization
{OPENING.format(mark="  # finds: inference-endpoint-no-auth")}"""
SHAPES["a dependency that returns at once where no variable is set"] = f"""{ROUTE}
def caller(authorization: str = Header()):
    expected = os.environ.get("TOKEN")
    if expected is None:
        return ""
    if authorization != expected:
        raise HTTPException(status_code=401)
    return authorization
{OPENING.format(mark="  # finds: inference-endpoint-no-auth")}"""
SHAPES["a dependency that refuses where no variable is set"] = f"""{ROUTE}
EXPECTED = os.getenv("TOKEN")
def caller(authorization: str = Header()):
    if not EXPECTED or authorization != EXPECTED:
        raise HTTPException(status_code=401)
    return authorization
{OPENING.format(mark="")}"""
SHAPES["a dependency that lets everybody in"] = f"""{ROUTE}
def caller(authorization: str = Header(default="")):
    return authorization
app = FastAPI()
@app.post("/ask")
def answer(question: str, who: str = Depends(caller)):  # finds: inference-endpoint-no-auth
    return ask(question)
"""
TENANT = """
# watches: vector-no-tenant-filter
import chromadb
from fastapi import Depends, FastAPI
app = FastAPI()
def user() -> str:
    return "me"
client = chromadb.HttpClient(host="x")
"""
SHAPES["a tenant filter"] = f"""{TENANT}
notes = client.get_or_create_collection("notes")
@app.post("/find")
def find(question: str, who: str = Depends(user)):
    return notes.query(query_texts=[question], where={{"owner": who}})
"""
CAP = """
# watches: unbounded-agent-loop
from agents import Agent, Runner
helper = Agent(name="Helper", instructions="Help.")
"""
SHAPES["a loop with a bound"] = f"""{CAP}
def act(question):
    return Runner.run_sync(helper, question, max_turns=5)
"""
LOOP = """
# watches: unbounded-model-loop
"""
SHAPES["structured output, then an allow-list"] = """
from typing import Literal
from pydantic import BaseModel
class Choice(BaseModel):
    command: Literal["ls", "df"]
choice = Choice.model_validate_json(ask("which?"))
os.system(choice.command)
"""
