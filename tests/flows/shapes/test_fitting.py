"""Whose method is called on a parameter without a type: the one family of classes that has all that is asked of it."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}


def test_shape(check, program):
    check(program)


SHAPES["an assistant that is handed to a server"] = """
class Server:
    def __init__(self, assistant):
        self.assistant = assistant
        def answer():
            assistant.set_history([])
            return assistant.run_query(ask("what now?"))
        self.answer = answer
=== assistants.py
class Assistant:
    def set_history(self, history):
        self.history = history
    def run_query(self, query):
        return None
class HostAssistant(Assistant):
    def run_query(self, query):
        os.system(query)  # finds: shell
"""
SHAPES["two families have what is asked"] = """
def serve(assistant):
    assistant.set_history([])
    return assistant.run_query(ask("what now?"))
=== assistants.py
class Assistant:
    def set_history(self, history):
        self.history = history
    def run_query(self, query):
        os.system(query)
class Librarian:
    def set_history(self, history):
        self.history = history
    def run_query(self, query):
        return query
"""
SHAPES["one thing asked tells too little"] = """
def serve(assistant):
    return assistant.run_query(ask("what now?"))
=== assistants.py
class Assistant:
    def run_query(self, query):
        os.system(query)
"""
SHAPES["something is asked that no class has"] = """
def serve(assistant):
    assistant.wave_goodbye()
    return assistant.run_query(ask("what now?"))
=== assistants.py
class Assistant:
    def set_history(self, history):
        self.history = history
    def run_query(self, query):
        os.system(query)
"""


SHAPES["keywords out of a dictionary, behind positional ones"] = """
def wrapped(*positions):
    fields = {}
    fields["task"] = "none"
    fields["command"] = ask("what now?")
    return run(*positions, **fields)
def run(task=None, command=""):
    os.system(command)  # finds: shell
"""
SHAPES["another keyword of the same dictionary"] = """
def wrapped(*positions):
    fields = {"command": "ls"}
    fields["task"] = ask("what now?")
    return run(*positions, **fields)
def run(task=None, command=""):
    os.system(command)
"""
SHAPES["keywords that are handed on whole"] = """
def start():
    middle(command=ask("what now?"))
def middle(**options):
    run(**options)
def run(task=None, command=""):
    os.system(command)  # finds: shell
"""
