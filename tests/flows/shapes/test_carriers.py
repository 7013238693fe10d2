"""What carries a value: records, graph state, tuples, options, fields, globals, messages, templates, chains, streams, text methods."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {
    "an LCEL pipe that ends in a function": "what stands before a function in a pipe is not passed to it",
    "an LCEL pipe that ends in a plain function": "what stands before a function in a pipe is not passed to it",
}


def test_shape(check, program):
    check(program)


SHAPES["a pydantic model"] = """
from pydantic import BaseModel
class Plan(BaseModel):
    title: str
    command: str
plan = Plan(title="x", command=ask("what now?"))
os.system(plan.command)  # finds: shell
os.system(plan.title)
"""
SHAPES["a pydantic model parsed from a reply"] = """
from pydantic import BaseModel
class Plan(BaseModel):
    count: int
    command: str
plan = Plan.model_validate_json(ask("what now?"))
os.system(plan.command)  # finds: shell
os.system(f"seq {plan.count}")
"""
SHAPES["a pydantic model from spread keywords"] = """
from pydantic import BaseModel
class Plan(BaseModel):
    command: str
plan = Plan(**json.loads(ask("what now?")))
os.system(plan.command)  # finds: shell
"""
SHAPES["a pydantic model dumped again"] = """
from pydantic import BaseModel
class Plan(BaseModel):
    command: str
plan = Plan(command=ask("what now?"))
os.system(plan.model_dump()["command"])  # finds: shell
"""
SHAPES["a request model"] = """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class Order(BaseModel):
    count: int
    command: str
@app.post("/run")
def run(order: Order):
    os.system(order.command)  # finds: request-to-shell
    os.system(f"seq {order.count}")
"""
SHAPES["a request model inside another"] = """
from fastapi import FastAPI
from pydantic import BaseModel
app = FastAPI()
class Line(BaseModel):
    count: int
    command: str
class Order(BaseModel):
    lines: list[Line]
@app.post("/run")
def run(order: Order):
    for line in order.lines:
        os.system(line.command)  # finds: request-to-shell
        os.system(f"seq {line.count}")
"""
SHAPES["a dataclass"] = """
from dataclasses import dataclass
@dataclass
class Plan:
    title: str
    command: str = "ls"
plan = Plan("x", ask("what now?"))
os.system(plan.command)  # finds: shell
os.system(plan.title)
"""
SHAPES["a dataclass field with a factory"] = """
from dataclasses import dataclass, field
@dataclass
class Plan:
    commands: list[str] = field(default_factory=list)
    def run(self):
        for command in self.commands:
            os.system(command)  # finds: shell
plan = Plan()
plan.commands.append(ask("what now?"))
plan.run()
"""
SHAPES["a dataclass in another file, replaced"] = """
from dataclasses import replace
from plans import Plan
plan = replace(Plan("ls"), command=ask("what now?"))
os.system(plan.command)  # finds: shell
=== plans.py
from dataclasses import dataclass
@dataclass(frozen=True)
class Plan:
    command: str
"""
SHAPES["a typed dictionary"] = """
from typing import TypedDict
class Plan(TypedDict):
    title: str
    command: str
def plan() -> Plan:
    return {"title": "x", "command": ask("what now?")}
os.system(plan()["command"])  # finds: shell
os.system(plan()["title"])
"""
SHAPES["a typed dictionary, made by its name"] = """
from typing import TypedDict
class Plan(TypedDict):
    title: str
    command: str
made = Plan(title="x", command=ask("what now?"))
os.system(made["command"])  # finds: shell
os.system(made["title"])
"""
SHAPES["a named tuple"] = """
from typing import NamedTuple
class Plan(NamedTuple):
    title: str
    command: str
title, command = Plan("x", ask("what now?"))
os.system(command)  # finds: shell
os.system(title)
"""
SHAPES["graph state"] = """
from langgraph.graph import StateGraph
def plan(state):
    return {"command": ask(state["goal"])}
def run(state):
    os.system(state["command"])  # finds: shell
    return {}
graph = StateGraph(dict)
graph.add_node("plan", plan)
graph.add_node("run", run)
"""
SHAPES["graph state, a field of closed type"] = """
from typing import TypedDict
from langgraph.graph import StateGraph
class State(TypedDict):
    count: int
    command: str
def run(state: State):
    os.system(f"seq {state['count']}")
    os.system(state["command"])  # finds: shell
    return {}
graph = StateGraph(State)
graph.add_node("run", run)
"""
SHAPES["several results"] = """
def plan():
    return "ls", ask("what now?")
title, command = plan()
os.system(command)  # finds: shell
os.system(title)
"""
SHAPES["a starred rest"] = """
first, *rest = ["ls", ask("what now?")]
os.system(rest[0])  # finds: shell
os.system(first)
"""
SHAPES["a swap"] = """
a, b = "ls", ask("what now?")
a, b = b, a
os.system(a)  # finds: shell
os.system(b)
"""
SHAPES["spread keywords"] = """
def run(title, command):
    os.system(command)  # finds: shell
    os.system(title)
options = {"title": "x", "command": ask("what now?")}
run(**options)
"""
SHAPES["keywords taken together"] = """
def run(**options):
    os.system(options["command"])  # finds: shell
    os.system(options["title"])
run(title="x", command=ask("what now?"))
"""
MISSED["keywords taken together"] = "keywords that are taken together are not told apart"
SHAPES["keywords passed on"] = """
def outer(**options):
    inner(**options)
def inner(command="ls"):
    os.system(command)  # finds: shell
outer(command=ask("what now?"))
"""
SHAPES["positional arguments taken together"] = """
def run(*arguments):
    os.system(arguments[0])  # finds: shell
run(ask("what now?"))
"""
SHAPES["a configuration spread into a constructor"] = """
class Runner:
    def __init__(self, command="ls", **config):
        self.command = command
    def run(self):
        os.system(self.command)  # finds: shell
config = {"command": ask("what now?")}
Runner(**config).run()
"""
SHAPES["a constructor's argument into an attribute"] = """
class Runner:
    def __init__(self, title, command):
        self.title = title
        self.command = command
    def run(self):
        os.system(self.command)  # finds: shell
    def say(self):
        os.system(self.title)
runner = Runner("x", ask("what now?"))
runner.run()
runner.say()
"""
SHAPES["an attribute of an attribute"] = """
class Plan:
    def __init__(self, command):
        self.command = command
class Runner:
    def __init__(self, plan):
        self.plan = plan
    def run(self):
        os.system(self.plan.command)  # finds: shell
Runner(Plan(ask("what now?"))).run()
"""
SHAPES["an attribute set by another method"] = """
class Runner:
    def plan(self):
        self.command = ask("what now?")
    def run(self):
        os.system(self.command)  # finds: shell
"""
SHAPES["an attribute set from outside"] = """
class Runner:
    command = "ls"
    def run(self):
        os.system(self.command)  # finds: shell
runner = Runner()
runner.command = ask("what now?")
runner.run()
"""
SHAPES["setattr with a constant"] = """
class Runner:
    command = "ls"
runner = Runner()
setattr(runner, "command", ask("what now?"))
os.system(runner.command)  # finds: shell
"""
SHAPES["a list kept in an attribute"] = """
class Runner:
    def __init__(self):
        self.commands = []
    def plan(self):
        self.commands.append(ask("what now?"))
    def run(self):
        for command in self.commands:
            os.system(command)  # finds: shell
"""
SHAPES["another list kept in an attribute"] = """
class Runner:
    def __init__(self):
        self.commands = ["ls"]
        self.notes = []
    def plan(self):
        self.notes.append(ask("what now?"))
    def run(self):
        for command in self.commands:
            os.system(command)
"""
SHAPES["a module's global"] = """
COMMAND = "ls"
def plan():
    global COMMAND
    COMMAND = ask("what now?")
def run():
    os.system(COMMAND)  # finds: shell
"""
SHAPES["a global of another module"] = """
import settings
def plan():
    settings.command = ask("what now?")
def run():
    os.system(settings.command)  # finds: shell
=== settings.py
command = "ls"
"""
SHAPES["a dictionary shared by a module"] = """
from shared import STATE
def plan():
    STATE["command"] = ask("what now?")
    STATE["title"] = "ls"
=== shared.py
STATE = {}
=== worker.py
from shared import STATE
def run():
    os.system(STATE["command"])  # finds: shell
    os.system(STATE["title"])
"""
SHAPES["a class attribute"] = """
class Settings:
    command = "ls"
def plan():
    Settings.command = ask("what now?")
def run():
    os.system(Settings.command)  # finds: shell
"""
SHAPES["a singleton"] = """
class Settings:
    _one = None
    @classmethod
    def get(cls):
        if cls._one is None:
            cls._one = cls()
        return cls._one
def plan():
    Settings.get().command = ask("what now?")
def run():
    os.system(Settings.get().command)  # finds: shell
"""
SHAPES["the environment"] = """
def plan():
    os.environ["COMMAND"] = ask("what now?")
def run():
    os.system(os.environ["COMMAND"])  # finds: shell
"""
SHAPES["another variable of the environment"] = """
def plan():
    os.environ["TITLE"] = ask("what now?")
def run():
    os.system(os.environ["COMMAND"])
"""
SHAPES["a settings object"] = """
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    command: str = "ls"
settings = Settings()
def plan():
    settings.command = ask("what now?")
def run():
    os.system(settings.command)  # finds: shell
"""
SHAPES["messages built step by step"] = """
from fastapi import FastAPI
from lab import client
app = FastAPI()
@app.post("/chat")
def chat(text: str):
    messages = []
    messages.append({"role": "system", "content": "Answer."})
    messages.append({"role": "user", "content": text})
    return client.chat.completions.create(model="gpt-5-nano", messages=messages)
@app.post("/bad")
def bad(text: str):
    messages = []
    messages.append({"role": "system", "content": f"Answer {text}"})
    return client.chat.completions.create(model="gpt-5-nano", messages=messages)  # finds: untrusted-in-system-role
"""
SHAPES["messages kept in an attribute"] = """
from fastapi import FastAPI
from lab import client
app = FastAPI()
class Chat:
    def __init__(self):
        self.messages = [{"role": "system", "content": "Answer."}]
    def say(self, text):
        self.messages.append({"role": "user", "content": text})
        return client.chat.completions.create(model="gpt-5-nano", messages=self.messages)  # finds: untrusted-in-system-role
    def rule(self, text):
        self.messages.append({"role": "system", "content": text})
@app.post("/chat")
def chat(text: str):
    return Chat().say(text)
@app.post("/rule")
def rule(text: str):
    return Chat().rule(text)
"""
SHAPES["messages joined of two lists"] = """
from fastapi import FastAPI
from lab import client
app = FastAPI()
@app.post("/chat")
def chat(text: str, name: str):
    rules = [{"role": "system", "content": f"Talk to {name}."}]
    history = [{"role": "user", "content": text}]
    return client.chat.completions.create(model="gpt-5-nano", messages=rules + history)  # finds: untrusted-in-system-role
"""
SHAPES["messages made by a helper"] = """
from fastapi import FastAPI
from lab import client
app = FastAPI()
def message(role, content):
    return {"role": role, "content": content}
@app.post("/chat")
def chat(text: str):
    messages = [message("system", "Answer."), message("user", text)]
    return client.chat.completions.create(model="gpt-5-nano", messages=messages)
"""
SHAPES["messages in a comprehension"] = """
from fastapi import FastAPI
from lab import client
app = FastAPI()
@app.post("/chat")
def chat(texts: list[str]):
    messages = [{"role": "user", "content": text} for text in texts]
    return client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "system", "content": "Answer."}, *messages])
"""
SHAPES["a prompt template"] = """
from fastapi import FastAPI
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
app = FastAPI()
@app.post("/chat")
def chat(name: str, text: str):
    prompt = ChatPromptTemplate.from_messages([("system", f"Talk to {name}."), ("user", "{text}")])  # finds: untrusted-in-system-role
    return ChatOpenAI().invoke(prompt.format_messages(text=text))
"""
SHAPES["a template's variable in the system message"] = """
from fastapi import FastAPI
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
app = FastAPI()
prompt = ChatPromptTemplate.from_messages([("system", "Talk to {name}."), ("user", "{text}")])  # finds: untrusted-in-system-role
@app.post("/chat")
def chat(name: str, text: str):
    return (prompt | ChatOpenAI()).invoke({"name": name, "text": text})
"""
MISSED["a template's variable in the system message"] = "which message of a template a variable stands in is not read"
SHAPES["a constant template with partials"] = """
from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI
template = PromptTemplate.from_template("Say {what} in {tongue}").partial(tongue="Latin")
def act(what):
    os.system(ChatOpenAI().invoke(template.format(what=what)).content)  # finds: shell
"""
SHAPES["an LCEL pipe"] = """
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI
chain = PromptTemplate.from_template("Say {what}") | ChatOpenAI() | StrOutputParser()
def act(what):
    os.system(chain.invoke({"what": what}))  # finds: shell
"""
SHAPES["an LCEL pipe that ends in a function"] = """
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
def run(message):
    os.system(message.content)  # finds: shell
chain = ChatOpenAI() | RunnableLambda(run)
chain.invoke("what now?")
"""
SHAPES["an LCEL pipe that ends in a plain function"] = """
from langchain_openai import ChatOpenAI
def run(message):
    os.system(message.content)  # finds: shell
chain = ChatOpenAI() | run
chain.invoke("what now?")
"""
SHAPES["a chain"] = """
from langchain.chains import LLMChain
from langchain_openai import ChatOpenAI
chain = LLMChain(llm=ChatOpenAI(), prompt="Say it")
os.system(chain.run("what now?"))  # finds: shell
"""
SHAPES["a query engine"] = """
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
index = VectorStoreIndex.from_documents(SimpleDirectoryReader("notes").load_data())
engine = index.as_query_engine()
os.system(str(engine.query("what now?")))  # finds: shell
"""
SHAPES["a crew's task"] = """
from crewai import Agent, Crew, Task
planner = Agent(role="Planner", goal="Plan", backstory="Long ago")
task = Task(description="Plan it", expected_output="A command", agent=planner)
crew = Crew(agents=[planner], tasks=[task])
result = crew.kickoff(inputs={"topic": "x"})
os.system(result.raw)  # finds: shell
"""
SHAPES["a crew's task of a configuration file"] = """
from crewai import Agent, Crew, Task
from crewai.project import CrewBase, agent, crew, task
@CrewBase
class Planning:
    agents_config = "config/agents.yaml"
    tasks_config = "config/tasks.yaml"
    @agent
    def planner(self) -> Agent:
        return Agent(config=self.agents_config["planner"])
    @task
    def plan(self) -> Task:
        return Task(config=self.tasks_config["plan"])
    @crew
    def crew(self) -> Crew:
        return Crew(agents=self.agents, tasks=self.tasks)
os.system(Planning().crew().kickoff(inputs={"topic": "x"}).raw)  # finds: shell
=== config/agents.yaml
planner:
  role: Planner
  goal: Plan
  backstory: Long ago
=== config/tasks.yaml
plan:
  description: Plan it
  expected_output: A command
"""
SHAPES["a stream's pieces"] = """
from lab import client
def act(question):
    text = ""
    for chunk in client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "user", "content": question}], stream=True):
        text += chunk.choices[0].delta.content or ""
    os.system(text)  # finds: shell
"""
SHAPES["a stream's pieces in a list, joined"] = """
from lab import client
def act(question):
    parts = []
    for chunk in client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "user", "content": question}], stream=True):
        if chunk.choices[0].delta.content:
            parts.append(chunk.choices[0].delta.content)
    os.system("".join(parts))  # finds: shell
"""
SHAPES["an asynchronous stream, passed on by a generator"] = """
from openai import AsyncOpenAI
client = AsyncOpenAI()
async def pieces(question):
    stream = await client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "user", "content": question}], stream=True)
    async for chunk in stream:
        yield chunk.choices[0].delta.content
async def act():
    text = "".join([piece async for piece in pieces("what now?")])
    os.system(text)  # finds: shell
"""
SHAPES["JSON in and out"] = """
plan = json.loads(json.dumps({"title": "ls", "command": ask("what now?")}))
os.system(plan["command"])  # finds: shell
"""
SHAPES["a tool call's arguments"] = """
from lab import client
def act(question):
    answer = client.chat.completions.create(model="gpt-5-nano", messages=[{"role": "user", "content": question}], tools=[])
    call = answer.choices[0].message.tool_calls[0]
    arguments = json.loads(call.function.arguments)
    os.system(arguments["command"])  # finds: shell
"""
SHAPES["text methods"] = """
text = ask("what now?")
os.system(text.strip().lower().replace("`", "").split("---")[0].removeprefix("$ "))  # finds: shell
"""
SHAPES["a part of a text"] = """
text = ask("what now?")
os.system(text[5:-3])  # finds: shell
os.system(text.partition(":")[2])  # finds: shell
"""
SHAPES["a group of a regular expression"] = """
found = re.search(r"```bash(.*?)```", ask("what now?"), re.S)
os.system(found.group(1))  # finds: shell
"""
SHAPES["a compiled regular expression"] = """
FENCE = re.compile(r"```bash(.*?)```", re.S)
for command in FENCE.findall(ask("what now?")):
    os.system(command)  # finds: shell
"""
SHAPES["format"] = """
os.system("ls {}".format(ask("what now?")))  # finds: shell
"""
SHAPES["format by name, of a dictionary"] = """
os.system("ls {path}".format(**{"path": ask("what now?")}))  # finds: shell
"""
SHAPES["percent"] = """
os.system("ls %s" % ask("what now?"))  # finds: shell
"""
SHAPES["a template of text"] = """
from string import Template
os.system(Template("ls $path").substitute(path=ask("what now?")))  # finds: shell
"""
SHAPES["join"] = """
os.system(" ".join(["ls", ask("what now?")]))  # finds: shell
"""
SHAPES["join over a comprehension"] = """
os.system(" ; ".join(f"ls {line}" for line in ask("what now?").splitlines()))  # finds: shell
"""
SHAPES["re.sub"] = """
os.system(re.sub(r"[;]", "", ask("what now?")))  # finds: shell
"""
SHAPES["a callback of re.sub"] = """
def fill(found):
    return ask(found.group(0))
os.system(re.sub(r"<.*?>", fill, "ls <path>"))  # finds: shell
"""
SHAPES["a callback of re.sub holds the sink"] = """
def fill(found):
    os.system(found.group(1))  # finds: shell
    return ""
re.sub(r"<(.*?)>", fill, ask("what now?"))
"""
SHAPES["bytes and back"] = """
import base64
os.system(base64.b64decode(ask("what now?")).decode())  # finds: shell
"""
SHAPES["a walrus"] = """
if command := ask("what now?"):
    os.system(command)  # finds: shell
"""
SHAPES["a conditional expression"] = """
def act(dry):
    os.system("true" if dry else ask("what now?"))  # finds: shell
"""
SHAPES["a table read with the value"] = """
COMMANDS = {"list": "ls", "disk": "df"}
os.system(COMMANDS[ask("what now?")])
"""
SHAPES["a dictionary merged"] = """
plan = {"command": "ls"} | json.loads(ask("what now?"))
os.system(plan["command"])  # finds: shell
"""
SHAPES["a dictionary updated"] = """
plan = {"command": "ls"}
plan.update(json.loads(ask("what now?")))
os.system(plan["command"])  # finds: shell
"""
SHAPES["a list filled by a function that is given it"] = """
def fill(commands):
    commands.append(ask("what now?"))
commands = []
fill(commands)
os.system(commands[0])  # finds: shell
"""
SHAPES["a list by another name"] = """
class Runner:
    def __init__(self):
        self.commands = []
    def plan(self):
        mine = self.commands
        mine.append(ask("what now?"))
    def run(self):
        os.system(self.commands[0])  # finds: shell
"""
SHAPES["what enumerate counts"] = """
for index, line in enumerate(ask("what now?").splitlines()):
    os.system(f"seq {index}")
    os.system(line)  # finds: shell
"""
SHAPES["lists that are zipped"] = """
for command, count in zip([ask("what now?")], ["1"]):
    os.system(command)  # finds: shell
    os.system(f"seq {count}")
"""
SHAPES["options are no receiver"] = """
class Runner:
    def __init__(self, program):
        self.program = program
    def run(self, **options):
        os.system(self.program)
def tell(runner: Runner, *args, **kwargs):
    runner.run(*args, **kwargs)
tell(Runner("ls"), note=ask("what now?"))
"""
SHAPES["options beside a named parameter"] = """
class Runner:
    def __init__(self, name, **options):
        os.system(f"run {options}")  # finds: shell
class Other:
    def __init__(self, name, **options):
        os.system(f"run {options}")
Runner("x", command=ask("what now?"))
Other("x", name=ask("what now?"))
"""
SHAPES["what a callee puts into a list, before and after"] = """
def fill(found):
    found.append(ask("what now?"))
def work():
    found = ["ls"]
    for one in found:
        os.system(one)
    fill(found)
    for one in found:
        os.system(one)  # finds: shell
"""
SHAPES["what a callee puts into a list, in a loop"] = """
def fill(found):
    found.append(ask("what now?"))
def work():
    found = ["ls"]
    while True:
        for one in found:
            os.system(one)  # finds: shell
        fill(found)
"""
SHAPES["a field of a new record is that record's alone"] = """
from pydantic import BaseModel
class Job(BaseModel):
    command: str
def make() -> list[Job]:
    jobs: list[Job] = []
    jobs.append(Job(command="ls"))
    jobs[-1].command += ask("what now?")
    return jobs
def other(job: Job):
    os.system(job.command)
for job in make():
    os.system(job.command)  # finds: shell
"""
SHAPES["a field of a record in its own method"] = """
from pydantic import BaseModel
class Job(BaseModel):
    command: str
    note: str
    def run(self):
        os.system(self.command)  # finds: shell
        os.system(self.note)
def load(config) -> Job:
    return Job(**config)
JOBS = {"default": load({"command": ask("what now?"), "note": "x"})}
"""
SHAPES["one value at two places of a function"] = """
def work(command):
    os.system(command)  # finds: shell
    os.system(command)
    command = "cd /tmp; " + command
    os.system(command)  # finds: shell
work(ask("what now?"))
"""
SHAPES["a key of options that is another parameter's"] = """
def start(name="", command=""):
    os.system(command)  # finds: shell
def pass_on(*args, **options):
    start(*args, **options)
def one():
    options = json.loads("{}")
    options["name"] = ask("what now?")
    pass_on(**options)
def two():
    options = json.loads("{}")
    options["command"] = ask("what now?")
    pass_on(**options)
one()
two()
"""
