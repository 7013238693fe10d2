"""Which functions stand for a component: kept in records, dispatched by name, put in a library's place, derived from its classes."""

from __future__ import annotations

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()

ROUTES = """\
from dataclasses import dataclass
from typing import Callable

from sanic import Sanic


@dataclass
class Route:
    handler: Callable
    uri: str


async def read(request): ...


async def write(request): ...


def register(app: Sanic):
    for route in [Route(read, "/read"), Route(handler=write, uri="/write")]:
        app.add_route(handler=route.handler, uri=route.uri)
"""

SCHEMAS = """\
tools = [
    {"type": "function", "function": {"name": "drop", "description": "Drop a row.", "parameters": {}}},
    {"type": "function", "function": {"name": "find", "description": "Find a row.", "parameters": {}}},
]


def drop_row(row): ...


def find_row(row): ...


def other(row): ...
"""

BY_NAME = """

def run(name, row):
    if name == "drop":
        return drop_row(row)
    elif name == "find":
        return find_row(row)
    return other(row)
"""

BY_TABLE = """

TABLE = {"drop": drop_row, "find": find_row}
"""


def handlers(text, kind):
    found = analyze_texts({"app.py": text}, knowledge=KNOWLEDGE).map
    return {one.name: sorted(path for _, path in one.handlers) for one in found.components if one.kind == kind}


def test_routes_kept_in_records_and_registered_in_a_loop():
    assert list(handlers(ROUTES, "web-endpoint").values()) == [["read", "write"]]


@pytest.mark.parametrize("dispatch", [BY_NAME, BY_TABLE])
def test_described_tools_have_the_functions_that_their_names_run(dispatch):
    assert handlers(SCHEMAS + dispatch, "function-tool") == {"drop": ["drop_row"], "find": ["find_row"]}


def test_described_tools_without_a_dispatch_have_none():
    assert handlers(SCHEMAS, "function-tool") == {"drop": [], "find": []}


def test_a_class_derives_from_a_generic_class_with_its_parameters():
    text = """\
from chatkit.store import Store

class Threads(Store[dict]):
    async def load_thread(self, thread_id, context):
        return self.threads[thread_id]
"""
    assert handlers(text, "session-memory") == {"Threads": ["Threads.load_thread"]}


def test_a_tool_that_writes_to_the_context_of_its_run_is_marked():
    text = """\
from agents import RunContextWrapper, function_tool

@function_tool
def move(context: RunContextWrapper, seat: str) -> str:
    state = context.context.state
    state.seat = seat
    return seat

@function_tool
def look(context: RunContextWrapper, seat: str) -> str:
    note = Note()
    note.seat = seat
    return seat
"""
    found = analyze_texts({"app.py": text}, knowledge=KNOWLEDGE).map
    assert {one.name: one.attributes.get("changes-context") for one in found.components if one.kind == "function-tool"} == {
        "move": True, "look": None,
    }  # fmt: skip
