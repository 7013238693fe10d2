"""What the map holds: components with their ports, capabilities and controls, and how they hang together."""

from __future__ import annotations

import pytest

from threatline.analysis.workspace import analyze_texts
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()


def map_of(files):
    return analyze_texts({"app.py": files} if isinstance(files, str) else files, knowledge=KNOWLEDGE).map


def component(system, kind):
    (found,) = [one for one in system.components if one.kind == kind]
    return found


def named(system):
    return sorted(f"{one.kind} {one.name}" for one in system.components)


def relations(system):
    names = {one.id: one.name for one in system.components}
    return sorted(f"{names[one.source]} {one.kind} {names[one.target]}" for one in system.relations)


AGENT = """\
from agents import Agent, Runner, function_tool

@function_tool
def look_up(order: int) -> str:
    return "x"

agent = Agent(name="clerk", tools=[look_up])
"""


def test_an_agent_and_its_tools():
    system = map_of(AGENT)
    assert named(system) == ["agent clerk", "function-tool look_up"]
    assert relations(system) == ["clerk has-tool look_up"]


@pytest.mark.parametrize(
    "tools",
    ["look_up", "tools.look_up", "*TOOLS", "TABLE['a']", "pick()"],
    ids=["by name", "in a module", "in a list", "in a dictionary", "from a function"],
)
def test_tools_are_found_wherever_they_come_from(tools):
    text = AGENT.partition("agent = ")[0]
    use = (
        "import tools\nfrom agents import Agent\nfrom tools import look_up\nTOOLS = [look_up]\nTABLE = {'a': look_up}\n"
        f"def pick():\n    return look_up\nagent = Agent(name='clerk', tools=[{tools}])\n"
    )
    assert relations(map_of({"tools.py": text, "app.py": use})) == ["clerk has-tool look_up"]


def test_calls_on_one_object_are_one_component():
    text = "import chromadb\nclient = chromadb.PersistentClient('x')\nnotes = client.get_collection('n')\n"
    assert named(map_of(f"{text}notes.add(ids=['1'])\nnotes.query(query_texts=['a'])\n")) == ["vector-store x"]


def test_one_database_is_one_component_over_files():
    text = "import sqlite3\n\ndef rows():\n    return sqlite3.connect('shop.db').execute('SELECT 1')\n"
    assert named(map_of({"a.py": text, "b.py": text})) == ["database shop.db"]
    assert named(map_of({"a.py": text, "b.py": text.replace("shop", "other")})) == ["database other.db", "database shop.db"]


UNPACKED = """\
import openai

def f(x):
    rules, text = {"role": "system", "content": x}, {"role": "user", "content": x}
    openai.OpenAI().chat.completions.create(model="m", messages=[rules, text])
"""
PORTS = {
    "arguments of a tool": (AGENT.replace("order: int", "order: str"), "tool.arguments", 1),
    "closed arguments of a tool": (AGENT, "tool.arguments", 0),
    "results of a tool": (AGENT, "tool.result", 1),
    "a description": (AGENT.replace('    return "x"', '    """Look up."""\n    return "x"'), "tool.description", 1),
    "a prompt and a system prompt": (
        UNPACKED,
        "model.system",
        1,
    ),
    "a request": ("from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef f(x: str, y: int): ...", "endpoint.request", 1),
}


@pytest.mark.parametrize(("text", "port", "count"), PORTS.values(), ids=PORTS)
def test_ports(text, port, count):
    assert sum(one.name == port for one in map_of(text).ports) == count


CAPABILITIES = {
    "none": ("return 'x'", set()),
    "a command": ("os.system('ls')", {"runs-commands"}),
    "a command in a function": ("run()", {"runs-commands"}),
    "a command two files away": ("far.go()", {"runs-commands"}),
    "a method": ("far.Worker().go()", {"writes-files"}),
    "code": ("exec('x')", {"executes-code"}),
    "a page": ("return requests.get('https://a.example', timeout=5).text", {"fetches-web"}),
    "records": ("return sqlite3.connect('x').execute('SELECT 1')", {"reads-database"}),
    "deleting records": ("sqlite3.connect('x').execute('DELETE FROM a')", {"reads-database", "writes-database", "deletes-data"}),
}
FAR = """\
import os

def go():
    os.system("ls")

class Worker:
    def go(self):
        with open("x", "w") as file:
            file.write("x")
"""


@pytest.mark.parametrize(("body", "expected"), CAPABILITIES.values(), ids=CAPABILITIES)
def test_capabilities(body, expected):
    text = (
        "import os, requests, sqlite3\nfrom agents import function_tool\nimport far\n\ndef run():\n    os.system('ls')\n\n"
        f"@function_tool\ndef tool() -> str:\n    {body}\n"
    )
    assert component(map_of({"app.py": text, "far.py": FAR}), "function-tool").capabilities == expected


STATES = {
    "absent": ("", "absent"),
    "given": ("max_tokens=100", "present"),
    "none": ("max_tokens=None", "off"),
    "unknown options": ("**options", "weak"),
}


@pytest.mark.parametrize(("argument", "state"), STATES.values(), ids=STATES)
def test_states_of_a_control(argument, state):
    text = f"import openai\ndef f(**options):\n    return openai.OpenAI().chat.completions.create(model='m', messages=[], {argument})\n"
    controls = {one.control: one.state for one in component(map_of(text), "hosted-llm").controls}
    assert controls["ctl-max-tokens"] == state


def test_a_control_by_default_and_switched_off():
    text = "import requests\nrequests.get('https://a.example', timeout=5{})\n"
    for argument, state in (("", "present"), (", verify=False", "off")):
        controls = {one.control: one.state for one in component(map_of(text.format(argument)), "outbound-http").controls}
        assert controls["ctl-tls-verify"] == state


ROUTE = """\
from fastapi import APIRouter, Depends, FastAPI, HTTPException

def caller(token: str):
    if token != "x":
        raise HTTPException(401)

{setup}

{decorator}
def f({parameter}): ...
"""
AUTH = {
    "none": ("app = FastAPI()", "@app.get('/')", "", False),
    "a parameter": ("app = FastAPI()", "@app.get('/')", "c=Depends(caller)", True),
    "the route": ("app = FastAPI()", "@app.get('/', dependencies=[Depends(caller)])", "", True),
    "the application": ("app = FastAPI(dependencies=[Depends(caller)])", "@app.get('/')", "", True),
    "a router": ("app = APIRouter(dependencies=[Depends(caller)])", "@app.get('/')", "", True),
    "another dependency": ("app = FastAPI()\ndef limit(): ...", "@app.get('/')", "c=Depends(limit)", False),
}


@pytest.mark.parametrize(("setup", "decorator", "parameter", "there"), AUTH.values(), ids=AUTH)
def test_who_calls_is_asked(setup, decorator, parameter, there):
    endpoint = component(map_of(ROUTE.format(setup=setup, decorator=decorator, parameter=parameter)), "web-endpoint")
    states = {one.state for one in endpoint.controls if one.control == "ctl-endpoint-auth"}
    assert ("present" in states) is there


def test_a_namesake_of_ones_own_is_no_component():
    own = "class Agent:\n    def __init__(self, name): ...\n"
    assert named(map_of({"agents.py": own, "app.py": "from agents import Agent\nAgent(name='x')\n"})) == []
    assert named(map_of("class Model:\n    def eval(self): ...\nModel().eval()\n")) == []


def test_ids_follow_names_and_places_but_no_lines():
    before = {one.id for one in map_of(AGENT).components}
    assert {one.id for one in map_of("# words\n\n\n" + AGENT).components} == before
    assert {one.id for one in map_of(AGENT.replace("clerk", "cook")).components} != before


def test_hand_offs_and_members():
    text = "from agents import Agent\nbills = Agent(name='bills')\nfront = Agent(name='front', handoffs=[bills])\n"
    assert relations(map_of(text)) == ["front hands-off-to bills"]


def test_zones_become_boundaries():
    system = map_of(AGENT + "import requests\nrequests.get('https://a.example', timeout=5)\n")
    assert {one.id for one in system.boundaries} == {one.zone for one in system.components}
    assert component(system, "outbound-http").zone == "external"
