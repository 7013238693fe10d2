"""Who is asking: an identity that reaches a tool's query closes the owner check; an id that the model or the client chooses does not."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}
HEAD = """
# watches: tool-missing-owner-check, thread-id-from-client
import sqlite3
from dataclasses import dataclass
from agents import RunContextWrapper, function_tool
connection = sqlite3.connect("orders.db")
@dataclass
class Session:
    user: int
"""


def test_shape(check, program):
    check(program)


SHAPES["the model chooses the record"] = f"""{HEAD}
@function_tool  # finds: tool-missing-owner-check
def order(number: str) -> str:
    "Look an order up."
    return str(connection.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone())
"""
SHAPES["the session's user stands in the query"] = f"""{HEAD}
@function_tool
def order(context: RunContextWrapper[Session], number: str) -> str:
    "Look an order up."
    query = "SELECT * FROM orders WHERE id = ? AND owner = ?"
    return str(connection.execute(query, (number, context.context.user)).fetchone())
"""
SHAPES["the model says who is asking"] = f"""{HEAD}
@function_tool  # finds: tool-missing-owner-check
def order(number: str, user: str) -> str:
    "Look an order up."
    query = "SELECT * FROM orders WHERE id = ? AND owner = ?"
    return str(connection.execute(query, (number, user)).fetchone())
"""
SHAPES["the session's user is only logged"] = f"""{HEAD}
import logging
@function_tool  # finds: tool-missing-owner-check
def order(context: RunContextWrapper[Session], number: str) -> str:
    "Look an order up."
    logging.info("user %s asks", context.context.user)
    return str(connection.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone())
"""
SHAPES["the owner is compared after the record is loaded"] = f"""{HEAD}
@function_tool
def order(context: RunContextWrapper[Session], number: str) -> str:
    "Look an order up."
    row = connection.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone()
    if row["owner"] != context.context.user:
        raise PermissionError(number)
    return str(row)
"""
SHAPES["the session's user, in a helper of another file"] = f"""{HEAD}
from orders import find
@function_tool
def order(context: RunContextWrapper[Session], number: str) -> str:
    "Look an order up."
    return str(find(number, context.context.user))
=== orders.py
import sqlite3
connection = sqlite3.connect("orders.db")
def find(number, owner):
    return connection.execute("SELECT * FROM orders WHERE id = ? AND owner = ?", (number, owner)).fetchone()
"""
SHAPES["the client names the conversation"] = """
# watches: thread-id-from-client
from fastapi import FastAPI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
builder = StateGraph(dict)
graph = builder.compile(checkpointer=InMemorySaver())
app = FastAPI()
@app.post("/chat")
def chat(text: str, thread: str):
    config = {"configurable": {"thread_id": thread}}
    return graph.invoke({"text": text}, config=config)  # finds: thread-id-from-client
"""
SHAPES["the conversation is the caller's own"] = """
# watches: thread-id-from-client
from fastapi import Depends, FastAPI, Header, HTTPException
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
import jwt
builder = StateGraph(dict)
graph = builder.compile(checkpointer=InMemorySaver())
app = FastAPI()
def user(authorization: str = Header()):
    try:
        return jwt.decode(authorization, os.environ["KEY"], algorithms=["HS256"])["sub"]
    except jwt.PyJWTError:
        raise HTTPException(status_code=401)
@app.post("/chat")
def chat(text: str, who: str = Depends(user)):
    config = {"configurable": {"thread_id": who}}
    return graph.invoke({"text": text}, config=config)
"""
