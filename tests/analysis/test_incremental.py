"""After any sequence of edits, a workspace that was kept says what a fresh one says, byte for byte."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from threatline.analysis.workspace import Workspace
from threatline.knowledge.loading import load_knowledge
from threatline.report.json import check_json, map_json

KNOWLEDGE = load_knowledge()

TEXTS = """
==
import os

def run(command):
    os.system(command)
==
import subprocess

def run(command):
    subprocess.run(["ls", command])

def rows(where):
    return []
==
from b import run
from agents import function_tool

@function_tool
def shell(command: str) -> str:
    run(command)
    return ""
==
import b as other
from agents import Agent, Runner, function_tool

@function_tool
def shell(command: str) -> str:
    '''Run a command.'''
    return other.run(command)

agent = Agent(name="a", tools=[shell])

def answer(text):
    return Runner.run_sync(agent, text).final_output
==
import a
import sqlite3
from fastapi import FastAPI

app = FastAPI()

@app.post("/ask")
def ask(text: str):
    rows = sqlite3.connect("x.db").execute(f"SELECT {text}")
    return a.answer(text)
==
from a import *
from c.d import helper

def main():
    return helper(answer("x"))
==
from b import run as helper
KEY = "sk-proj-N0tARealKey-Incremental-5hQ2x"
==
class Runner:
    def __init__(self, run):
        self.run = run

    def go(self, text):
        # threatline: ignore[request-to-shell] it is only a test
        return self.run(text)
==
def broken(:
    x = eval(input())
if
==
import openai

client = openai.OpenAI()

def answer(text):
    reply = client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
    eval(reply.choices[0].message.content)
""".split("==\n")
FILES = ("a.py", "b.py", "c/__init__.py", "c/d.py", "main.py", "tests/test_a.py")

files = st.sampled_from(FILES)
texts = st.sampled_from(TEXTS)
fillers = st.sampled_from(["# a comment\n", "\n\n", "x = 1\n", "'''words'''\n"])


class Edits(RuleBasedStateMachine):
    """A folder that changes, a workspace that follows, and files that an editor holds."""

    @initialize()
    def start(self):
        self.root = Path(tempfile.mkdtemp())
        self.held: dict[str, str] = {}
        self.kept = Workspace(self.root, KNOWLEDGE, cache=False)
        self.disk_is_read = False

    def teardown(self):
        shutil.rmtree(self.root)

    def put(self, file, text):
        place = self.root / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        self.disk_is_read = False

    @rule(file=files, text=texts)
    def write(self, file, text):
        self.put(file, text)

    @rule(file=files, filler=fillers, at_start=st.booleans())
    def fill(self, file, filler, at_start):
        place = self.root / file
        if place.exists():
            text = place.read_text()
            self.put(file, filler + text if at_start else text + filler)

    @rule(file=files)
    def delete(self, file):
        (self.root / file).unlink(missing_ok=True)
        self.disk_is_read = False

    @rule(file=files, to=files)
    def rename(self, file, to):
        if (self.root / file).exists() and file != to:
            self.put(to, (self.root / file).read_text())
            (self.root / file).unlink()

    @rule(file=files, text=texts)
    def type_in_editor(self, file, text):
        self.held[file] = text
        self.kept.overlay(file, text.encode())

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def close_in_editor(self, data):
        file = data.draw(st.sampled_from(sorted(self.held)))
        del self.held[file]
        self.kept.overlay(file, None)

    @invariant()
    def equals_a_fresh_start(self):
        if not hasattr(self, "root"):
            return
        fresh = Workspace(self.root, KNOWLEDGE, cache=False)
        for file, text in self.held.items():
            fresh.overlay(file, text.encode())
        # What an editor types is concluded from without a look at the disk.
        kept, anew = (self.kept.analyze() if self.disk_is_read else self.kept.refresh()), fresh.refresh()
        self.disk_is_read = True
        assert check_json(kept, version="1") == check_json(anew, version="1")
        assert map_json(kept) == map_json(anew)


Edits.TestCase.settings = settings(max_examples=40, stateful_step_count=10, deadline=None, derandomize=True)
TestEdits = Edits.TestCase
