"""What is written to a named store and read back elsewhere: collections, tables, files, keys, memories, checkpoints."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {
    "a child's output is unpickled": "what a child process prints is not taken for what the model wrote",
    "a file written, then read and run": "a file that the program reads by a name of its own is not joined with what it writes there",
}


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
