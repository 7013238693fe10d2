"""What is written to a named store and read back elsewhere: collections, tables, files, keys, memories, checkpoints."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}


def test_shape(check, program):
    check(program)


SHAPES["an upload into a collection, from there into the instructions"] = """
# watches: rag-poisoning-ingest
import chromadb
from fastapi import FastAPI, UploadFile
from lab import client
app = FastAPI()
notes = chromadb.PersistentClient("index").get_or_create_collection("notes")
@app.post("/upload")
async def upload(file: UploadFile):
    text = (await file.read()).decode()
    notes.add(ids=["1"], documents=[text])  # finds: rag-poisoning-ingest
@app.post("/ask")
def answer(question: str):
    found = notes.query(query_texts=[question])["documents"][0]
    messages = [{"role": "system", "content": f"Use this: {found}"}, {"role": "user", "content": question}]
    return client.chat.completions.create(model="gpt-5-nano", messages=messages)  # finds: untrusted-in-system-role
"""
SHAPES["a collection in the user's message"] = """
import chromadb
from fastapi import FastAPI
from lab import client
app = FastAPI()
notes = chromadb.PersistentClient("index").get_or_create_collection("notes")
@app.post("/ask")
def answer(question: str):
    found = notes.query(query_texts=[question])["documents"][0]
    messages = [{"role": "system", "content": "Use what is found."}, {"role": "user", "content": f"{found} {question}"}]
    return client.chat.completions.create(model="gpt-5-nano", messages=messages)
"""
SHAPES["a collection whose passages reach a tool"] = """
import chromadb
notes = chromadb.PersistentClient("index").get_or_create_collection("notes")
def act(question):
    found = notes.query(query_texts=[question])["documents"][0]
    os.system(ask(f"{found} {question}"))  # finds: shell
"""
SHAPES["a row that is evaluated"] = """
import sqlite3
from fastapi import FastAPI
app = FastAPI()
def rows(connection):
    return connection.execute("SELECT formula FROM rules").fetchall()
@app.get("/run")
def run():
    for (formula,) in rows(sqlite3.connect("rules.db")):
        eval(formula)  # finds: stored-data-to-exec
"""
SHAPES["a row of numbers"] = """
import sqlite3
def run():
    for (count,) in sqlite3.connect("rules.db").execute("SELECT n FROM rules"):
        eval(str(int(count)))
"""
SHAPES["a row that the model wrote"] = """
import sqlite3
connection = sqlite3.connect("rules.db")
def plan():
    connection.execute("INSERT INTO jobs (command) VALUES (?)", (ask("what now?"),))
def run():
    for (command,) in connection.execute("SELECT command FROM jobs"):
        os.system(command)  # finds: stored-data-to-shell
"""
SHAPES["a sandbox's output is unpickled"] = """
import pickle
from e2b_code_interpreter import Sandbox
def run():
    with Sandbox.create() as sandbox:
        done = sandbox.run_code(ask("what now?"))
    return pickle.loads(done.logs.stdout[0].encode())  # finds: stored-data-to-deserialise
"""
SHAPES["a child's output is unpickled"] = """
import pickle
from lab import client
def run(code):
    done = subprocess.run(["python", "-c", ask("what now?")], capture_output=True)  # finds: exec
    return pickle.loads(done.stdout)  # finds: deserialise
"""
SHAPES["a file written, then imported"] = """
import importlib
def plan():
    with open("plugin.py", "w") as file:
        file.write(ask("what now?"))
def run():
    importlib.import_module("plugin")  # finds: exec
"""
SHAPES["a file written, then run"] = """
def run():
    with open("job.py", "w") as file:
        file.write(ask("what now?"))
    subprocess.run(["python", "job.py"])  # finds: exec
"""
SHAPES["a file written, then read and run"] = """
from pathlib import Path
def plan():
    Path("job.sh").write_text(ask("what now?"))
def run():
    os.system(Path("job.sh").read_text())  # finds: shell
"""
SHAPES["another file written"] = """
from pathlib import Path
def plan():
    Path("note.txt").write_text(ask("what now?"))
def run():
    os.system(Path("job.sh").read_text())
"""
SHAPES["a temporary file written, then run"] = """
import tempfile
def run():
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(ask("what now?"))
    subprocess.run(["python", file.name])  # finds: exec
"""
SHAPES["a memory in the instructions"] = """
from fastapi import FastAPI
from lab import client
from mem0 import Memory
app = FastAPI()
memory = Memory()
@app.post("/ask")
def answer(question: str, user: str):
    known = memory.search(question, user_id=user)
    messages = [{"role": "system", "content": f"You know: {known}"}, {"role": "user", "content": question}]
    reply = client.chat.completions.create(model="gpt-5-nano", messages=messages)  # finds: untrusted-in-system-role
    memory.add(question, user_id=user)
    return reply
"""
SHAPES["what a model says goes back into the index"] = """
# watches: memory-poisoning
import chromadb
notes = chromadb.PersistentClient("index").get_or_create_collection("notes")
def act(question):
    answer = ask(question)
    notes.add(ids=["1"], documents=[answer])  # finds: memory-poisoning
"""
SHAPES["a key of a cache that is unpickled"] = """
import pickle
import redis
cache = redis.Redis()
def keep(text):
    cache.set("plan", pickle.dumps(text))
def run():
    return pickle.loads(cache.get("plan"))  # finds: stored-data-to-deserialise
"""
SHAPES["a checkpoint's message in the instructions"] = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from lab import client
def answer(state):
    messages = [{"role": "system", "content": f"So far: {state['notes']}"}]
    reply = client.chat.completions.create(model="gpt-5-nano", messages=messages)  # finds: untrusted-in-system-role
    return {"notes": reply.choices[0].message.content}
graph = StateGraph(dict)
graph.add_node("answer", answer)
app = graph.compile(checkpointer=InMemorySaver())
"""
SHAPES["a web page that is evaluated"] = """
import requests
def run():
    eval(requests.get("https://rules.example/formula", timeout=5).text)  # finds: stored-data-to-exec
"""
SHAPES["a collection of this name in two files"] = """
import chromadb
from fastapi import FastAPI, UploadFile
app = FastAPI()
notes = chromadb.PersistentClient("index").get_or_create_collection("notes")
@app.post("/upload")
async def upload(file: UploadFile):
    notes.add(ids=["1"], documents=[(await file.read()).decode()])
=== worker.py
import chromadb
jobs = chromadb.PersistentClient("index").get_collection("notes")
os.system(jobs.get(ids=["1"])["documents"][0])  # finds: request-to-shell
"""
SHAPES["another collection of the same client"] = """
import chromadb
from fastapi import FastAPI, UploadFile
app = FastAPI()
client = chromadb.PersistentClient("index")
notes = client.get_or_create_collection("notes")
jobs = client.get_or_create_collection("jobs")
@app.post("/upload")
async def upload(file: UploadFile):
    notes.add(ids=["1"], documents=[(await file.read()).decode()])
def work():
    os.system(jobs.get(ids=["1"])["documents"][0])
"""
TABLE = """
import sqlite3
import requests
connection = sqlite3.connect("pages.db")
def plan():
    connection.execute("INSERT INTO pages (title, address) VALUES (?, ?)", ({title}, {address}))
def fetch():
    for (address,) in connection.execute("SELECT address FROM {table}"):
        requests.get(address, timeout=5){mark}
"""
SHAPES["a column that the model wrote"] = TABLE.format(
    title="'x'", address="ask('where?')", table="pages", mark="  # finds: model-output-to-url"
)
SHAPES["another column of the same table"] = TABLE.format(title="ask('what?')", address="'https://a.example/'", table="pages", mark="")
SHAPES["another table"] = TABLE.format(title="'x'", address="ask('where?')", table="visits", mark="")
SHAPES["rows of a cursor"] = """
import sqlite3
import requests
def plan():
    cursor = sqlite3.connect("pages.db").cursor()
    cursor.execute("UPDATE pages SET address = ? WHERE id = 1", (ask("where?"),))
=== worker.py
import sqlite3
import requests
def fetch():
    cursor = sqlite3.connect("pages.db").cursor()
    cursor.execute("SELECT address FROM pages")
    requests.get(cursor.fetchone()[0], timeout=5)  # finds: model-output-to-url
"""
CACHE = """
import redis
import requests
cache = redis.Redis()
def plan():
    cache.set("address", ask("where?"))
def fetch():
    requests.get(cache.get("{key}"), timeout=5){mark}
"""
SHAPES["a key of a cache"] = CACHE.format(key="address", mark="  # finds: model-output-to-url")
SHAPES["another key of a cache"] = CACHE.format(key="home", mark="")
SHAPES["a file below a folder that another module names"] = """
from places import FOLDER
def plan():
    with open(FOLDER / "plan.json", "w") as file:
        json.dump({"command": ask("what now?")}, file)
=== worker.py
from places import FOLDER
def run():
    with open(FOLDER / "plan.json") as file:
        os.system(json.load(file)["command"])  # finds: shell
=== places.py
from pathlib import Path
FOLDER = Path(os.environ["FOLDER"])
"""
SHAPES["a file of the object's own"] = """
class Plans:
    def __init__(self, path):
        self.path = path
    def keep(self):
        with open(self.path, "w") as file:
            file.write(ask("what now?"))
    def run(self):
        with open(self.path) as file:
            os.system(file.read())  # finds: shell
Plans("plan.txt").keep()
"""
SHAPES["an object of the program's own, in a file"] = """
import pickle
def keep():
    with open("plan.bin", "wb") as file:
        pickle.dump(ask("what now?"), file)
def load():
    with open("plan.bin", "rb") as file:
        return pickle.load(file)
"""
SHAPES["a variable of the environment by default"] = """
def plan():
    os.environ["COMMAND"] = ask("what now?")
=== worker.py
def run():
    os.system(os.getenv("COMMAND", "ls"))  # finds: shell
"""
