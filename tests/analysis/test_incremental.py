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

TEXTS = (
    "",
    "import os\n\n\ndef run(command):\n    os.system(command)\n",
    "import subprocess\n\n\ndef run(command):\n    subprocess.run(['ls', command])\n\n\ndef rows(where):\n    return []\n",
    "from b import run\nfrom agents import function_tool\n\n\n@function_tool\ndef shell(command: str) -> str:\n    run(command)\n    return ''\n",
    "import b as other\nfrom agents import Agent, Runner, function_tool\n\n\n@function_tool\ndef shell(command: str) -> str:\n"
    "    '''Run a command.'''\n    return other.run(command)\n\n\nagent = Agent(name='a', tools=[shell])\n\n\n"
    "def answer(text):\n    return Runner.run_sync(agent, text).final_output\n",
    "from fastapi import FastAPI\nimport a\nimport sqlite3\n\napp = FastAPI()\n\n\n@app.post('/ask')\ndef ask(text: str):\n"
    "    rows = sqlite3.connect('x.db').execute(f'SELECT {text}')\n    return a.answer(text)\n",
    "from a import *\nfrom c.d import helper\n\n\ndef main():\n    return helper(answer('x'))\n",
    "from b import run as helper\nKEY = 'sk-proj-N0tARealKey-Incremental-5hQ2x'\n",
    "class Runner:\n    def __init__(self, run):\n        self.run = run\n\n    def go(self, text):\n        # threatline: ignore[request-to-shell] it is only a test\n"
    "        return self.run(text)\n",
    "def broken(:\n    x = eval(input())\nif\n",
    "import openai\n\nclient = openai.OpenAI()\n\n\ndef answer(text):\n    code = client.chat.completions.create(model='m', messages=[{'role': 'user', "
    "'content': text}]).choices[0].message.content\n    eval(code)\n",
)  # fmt: skip
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
