"""Who is called: methods, registries, callbacks, factories, threads and queues."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}


def test_shape(check, program):
    check(program)


SHAPES["the sink in a base class of another file, the model call in a subclass"] = """
from base import Step
class Ask(Step):
    def text(self):
        return ask("what now?")
Ask().run()
=== base.py
class Step:
    def text(self):
        return "ls"
    def run(self):
        os.system(self.text())  # finds: shell
"""
SHAPES["no subclass asks a model"] = """
from base import Step
class Fixed(Step):
    def text(self):
        return "df"
class Other:
    def text(self):
        return ask("what now?")
Fixed().run()
Other().text()
=== base.py
class Step:
    def text(self):
        return "ls"
    def run(self):
        os.system(self.text())
"""
SHAPES["a mixin holds the sink"] = """
from mixins import Shell
class Plain:
    pass
class Agent(Shell, Plain):
    def act(self):
        self.execute(ask("what now?"))
=== mixins.py
class Shell:
    def execute(self, command):
        os.system(command)  # finds: shell
"""
SHAPES["a mixin reads what its host class has"] = """
from mixins import Shell
class Agent(Shell):
    def __init__(self):
        self.command = ask("what now?")
=== mixins.py
class Shell:
    def execute(self):
        os.system(self.command)  # finds: shell
"""
SHAPES["an abstract class, its implementation in another file"] = """
from runner import Runner
def go(runner: Runner):
    runner.run(ask("what now?"))
=== runner.py
from abc import ABC, abstractmethod
class Runner(ABC):
    @abstractmethod
    def run(self, command: str) -> None: ...
=== shell.py
from runner import Runner
class ShellRunner(Runner):
    def run(self, command: str) -> None:
        os.system(command)  # finds: shell
"""
SHAPES["a protocol, its implementation not derived"] = """
from typing import Protocol
class Runner(Protocol):
    def run(self, command: str) -> None: ...
class Shell:
    def run(self, command: str) -> None:
        os.system(command)  # finds: shell
def go(runner: Runner):
    runner.run(ask("what now?"))
go(Shell())
"""
SHAPES["super()"] = """
class Base:
    def run(self, command):
        os.system(command)  # finds: shell
class Derived(Base):
    def run(self, command):
        super().run(command.strip())
Derived().run(ask("what now?"))
"""
SHAPES["a method of a class replaced by assignment"] = """
class Worker:
    def run(self, text):
        return len(text)
def shell(self, text):
    os.system(text)  # finds: shell
Worker.run = shell
Worker().run(ask("what now?"))
"""
SHAPES["a method of an object replaced by assignment"] = """
class Worker:
    def run(self, text):
        return len(text)
def shell(text):
    os.system(text)  # finds: shell
worker = Worker()
worker.run = shell
worker.run(ask("what now?"))
"""
SHAPES["a hook set from outside, called inside"] = """
class Worker:
    on_text = None
    def go(self):
        self.on_text(ask("what now?"))
def shell(text):
    os.system(text)  # finds: shell
worker = Worker()
worker.on_text = shell
worker.go()
"""
SHAPES["a function of a module replaced by assignment"] = """
import tools
def shell(text):
    os.system(text)  # finds: shell
tools.run = shell
tools.go(ask("what now?"))
=== tools.py
def run(text):
    return len(text)
def go(text):
    run(text)
"""
SHAPES["a dictionary of functions"] = """
def shell(text):
    os.system(text)  # finds: shell
def say(text):
    print(text)
HANDLERS = {"shell": shell, "say": say}
def act(name):
    HANDLERS[name](ask("what now?"))
"""
SHAPES["a dictionary of functions, by get and a default"] = """
def shell(text):
    os.system(text)  # finds: shell
def say(text):
    print(text)
HANDLERS = {"shell": shell}
def act(name):
    HANDLERS.get(name, say)(ask("what now?"))
"""
SHAPES["a dictionary of functions, another key"] = """
def shell(text):
    os.system(text)
def say(text):
    print(text)
HANDLERS = {"shell": shell, "say": say}
HANDLERS["say"](ask("what now?"))
"""
SHAPES["a dictionary of functions, filled item by item"] = """
def shell(text):
    os.system(text)  # finds: shell
HANDLERS = {}
HANDLERS["shell"] = shell
def act(name):
    HANDLERS[name](ask("what now?"))
"""
SHAPES["a handler table as a list of pairs"] = """
def shell(text):
    os.system(text)  # finds: shell
def say(text):
    print(text)
TABLE = [("run", shell), ("say", say)]
def act(name):
    for word, handler in TABLE:
        if word == name:
            handler(ask("what now?"))
"""
SHAPES["a decorator that registers"] = """
REGISTRY = {}
def register(name):
    def keep(function):
        REGISTRY[name] = function
        return function
    return keep
@register("shell")
def shell(text):
    os.system(text)  # finds: shell
def act(name):
    REGISTRY[name](ask("what now?"))
"""
SHAPES["a bare decorator that registers in a list"] = """
STEPS = []
def step(function):
    STEPS.append(function)
    return function
@step
def shell(text):
    os.system(text)  # finds: shell
def act():
    for one in STEPS:
        one(ask("what now?"))
"""
SHAPES["a decorator that registers, in another file"] = """
import tools
from registry import call
call("shell", ask("what now?"))
=== registry.py
_TOOLS = {}
def tool(name):
    def keep(function):
        _TOOLS[name] = function
        return function
    return keep
def call(name, argument):
    return _TOOLS[name](argument)
=== tools.py
from registry import tool
@tool("shell")
def shell(text):
    os.system(text)  # finds: shell
"""
SHAPES["a registry object"] = """
class Registry:
    def __init__(self):
        self.tools = {}
    def register(self, name, function):
        self.tools[name] = function
    def call(self, name, argument):
        return self.tools[name](argument)
def shell(text):
    os.system(text)  # finds: shell
registry = Registry()
registry.register("shell", shell)
registry.call("shell", ask("what now?"))
"""
SHAPES["a registry object whose method decorates"] = """
class Registry:
    def __init__(self):
        self.tools = {}
    def tool(self, function):
        self.tools[function.__name__] = function
        return function
    def call(self, name, argument):
        return self.tools[name](argument)
registry = Registry()
@registry.tool
def shell(text):
    os.system(text)  # finds: shell
registry.call("shell", ask("what now?"))
"""
SHAPES["classes registered by being defined"] = """
class Plugin:
    known = {}
    def __init_subclass__(cls, **options):
        cls.known[cls.__name__] = cls
class Shell(Plugin):
    def run(self, text):
        os.system(text)  # finds: shell
def act(name):
    Plugin.known[name]().run(ask("what now?"))
"""
SHAPES["routes registered in a loop"] = """
from fastapi import FastAPI
app = FastAPI()
def run(command: str):
    os.system(command)  # finds: request-to-shell
def add(left: int, right: int):
    return left + right
for path, function in [("/run", run), ("/add", add)]:
    app.add_api_route(path, function)
"""
SHAPES["routes registered in a loop over a dictionary"] = """
from fastapi import FastAPI
app = FastAPI()
def run(command: str):
    os.system(command)  # finds: request-to-shell
ROUTES = {"/run": run}
for path, function in ROUTES.items():
    app.get(path)(function)
"""
SHAPES["an enumeration as key"] = """
from enum import Enum
class Action(Enum):
    SHELL = "shell"
    SAY = "say"
def shell(text):
    os.system(text)  # finds: shell
HANDLERS = {Action.SHELL: shell, Action.SAY: print}
def act(name):
    HANDLERS[Action(name)](ask("what now?"))
"""
SHAPES["a method chosen by the name of an enumeration"] = """
from enum import Enum
class Action(Enum):
    SHELL = "shell"
class Agent:
    def do_shell(self, text):
        os.system(text)  # finds: shell
    def act(self, action: Action):
        getattr(self, f"do_{action.value}")(ask("what now?"))
"""
SHAPES["a method chosen by a prefix, another prefix"] = """
class Agent:
    def raw_shell(self, text):
        os.system(text)
    def do_say(self, text):
        print(text)
    def act(self, action):
        getattr(self, "do_" + action)(ask("what now?"))
"""
SHAPES["match and case"] = """
def shell(text):
    os.system(text)  # finds: shell
def act(name):
    text = ask("what now?")
    match name:
        case "shell":
            shell(text)
        case _:
            print(text)
"""
SHAPES["a callback"] = """
def shell(text):
    os.system(text)  # finds: shell
def each(function, text):
    return function(text)
each(shell, ask("what now?"))
"""
SHAPES["another library's function as a callback"] = """
def each(function, text):
    return function(text)  # finds: shell
each(os.system, ask("what now?"))
"""
SHAPES["another callback"] = """
def shell(text):
    os.system(text)
def each(function, text):
    return function(text)
each(print, ask("what now?"))
each(shell, "ls")
"""
SHAPES["a callback kept in an attribute"] = """
class Loop:
    def __init__(self, on_text):
        self.on_text = on_text
    def go(self):
        self.on_text(ask("what now?"))
def shell(text):
    os.system(text)  # finds: shell
Loop(on_text=shell).go()
"""
SHAPES["a lambda"] = """
go = lambda text: os.system(text)  # finds: shell
go(ask("what now?"))
"""
SHAPES["a lambda as an argument"] = """
def each(function, text):
    return function(text)
each(lambda text: os.system("ls " + text), ask("what now?"))  # finds: shell
"""
SHAPES["map with a lambda"] = """
list(map(lambda text: os.system(text), [ask("what now?")]))  # finds: shell
"""
SHAPES["map with a library function"] = """
list(map(os.system, [ask("what now?")]))  # finds: shell
"""
SHAPES["a partial that holds the value"] = """
from functools import partial
def shell(text):
    os.system(text)  # finds: shell
go = partial(shell, ask("what now?"))
go()
"""
SHAPES["a partial that is given the value"] = """
from functools import partial
def shell(prefix, text):
    os.system(f"{prefix} {text}")  # finds: shell
go = partial(shell, "ls")
go(ask("what now?"))
"""
SHAPES["a partial whose held value is elsewhere"] = """
from functools import partial
def shell(title, text):
    print(title)
    os.system(text)
go = partial(shell, ask("what now?"))
go("ls")
"""
SHAPES["a partial of a library function"] = """
from functools import partial
go = partial(subprocess.run, shell=True)
go(ask("what now?"))  # finds: shell
"""
SHAPES["getattr with a constant"] = """
getattr(os, "system")(ask("what now?"))  # finds: shell
"""
SHAPES["getattr with another constant"] = """
getattr(os, "strerror")(ask("what now?"))
"""
SHAPES["functions in a list, one after the other"] = """
def tidy(text):
    return text.strip()
def shell(text):
    os.system(text)  # finds: shell
def act():
    text = ask("what now?")
    for step in [tidy, shell]:
        text = step(text)
"""
SHAPES["a function given back"] = """
def choose(name):
    return shell if name == "shell" else print
def shell(text):
    os.system(text)  # finds: shell
choose("shell")(ask("what now?"))
"""
SHAPES["a class as a value"] = """
class Shell:
    def run(self, text):
        os.system(text)  # finds: shell
def make(kind):
    return kind()
make(Shell).run(ask("what now?"))
"""
SHAPES["a class from a dictionary"] = """
class Shell:
    def run(self, text):
        os.system(text)  # finds: shell
class Say:
    def run(self, text):
        print(text)
KINDS = {"shell": Shell, "say": Say}
def act(kind):
    runner = KINDS[kind]()
    runner.run(ask("what now?"))
"""
SHAPES["a callable object"] = """
class Shell:
    def __call__(self, text):
        os.system(text)  # finds: shell
shell = Shell()
shell(ask("what now?"))
"""
SHAPES["a class method makes the object"] = """
class Job:
    def __init__(self, command):
        self.command = command
    @classmethod
    def planned(cls):
        return cls(ask("what now?"))
    def run(self):
        os.system(self.command)  # finds: shell
Job.planned().run()
"""
SHAPES["a static method"] = """
class Tools:
    @staticmethod
    def shell(text):
        os.system(text)  # finds: shell
Tools.shell(ask("what now?"))
Tools().shell("ls")
"""
SHAPES["a tool decorated inside a factory"] = """
from mcp.server.fastmcp import FastMCP
def build():
    server = FastMCP("notes")
    @server.tool()
    def run(command: str) -> str:
        "Run a command."
        return os.popen(command).read()  # finds: shell
    return server
"""
SHAPES["a tool decorated inside __init__"] = """
from mcp.server.fastmcp import FastMCP
class Server:
    def __init__(self):
        self.mcp = FastMCP("notes")
        @self.mcp.tool()
        def run(command: str) -> str:
            "Run a command."
            return os.popen(command).read()  # finds: shell
"""
SHAPES["a tool decorated in a method that __init__ calls"] = """
from mcp.server.fastmcp import FastMCP
class Server:
    def __init__(self):
        self.mcp = FastMCP("notes")
        self._register()
    def _register(self):
        @self.mcp.tool()
        def run(command: str) -> str:
            "Run a command."
            return os.popen(command).read()  # finds: shell
"""
SHAPES["a tool registered by a function that is given the server"] = """
from mcp.server.fastmcp import FastMCP
import shell_tools
server = FastMCP("notes")
shell_tools.register(server)
=== shell_tools.py
def register(mcp):
    @mcp.tool()
    def run(command: str) -> str:
        "Run a command."
        return os.popen(command).read()  # finds: shell
"""
SHAPES["a bound method as a tool"] = """
from mcp.server.fastmcp import FastMCP
class Server:
    def __init__(self):
        self.mcp = FastMCP("notes")
        self.mcp.tool()(self.run)
    def run(self, command: str) -> str:
        "Run a command."
        return os.popen(command).read()  # finds: shell
"""
SHAPES["a bound method added as a tool"] = """
from mcp.server.fastmcp import FastMCP
class Server:
    def __init__(self):
        self.mcp = FastMCP("notes")
        self.mcp.add_tool(self.run)
    def run(self, command: str) -> str:
        "Run a command."
        return os.popen(command).read()  # finds: shell
"""
SHAPES["tools added in a loop"] = """
from mcp.server.fastmcp import FastMCP
server = FastMCP("notes")
def run(command: str) -> str:
    "Run a command."
    return os.popen(command).read()  # finds: shell
def add(left: int, right: int) -> int:
    "Add."
    return left + right
for function in (run, add):
    server.tool()(function)
"""
SHAPES["a dependency as a default"] = """
from fastapi import Depends, FastAPI
app = FastAPI()
def command(text: str) -> str:
    return text.strip()
@app.get("/run")
def run(chosen: str = Depends(command)):
    os.system(chosen)  # finds: request-to-shell
"""
SHAPES["a dependency in the annotation"] = """
from typing import Annotated
from fastapi import Depends, FastAPI
app = FastAPI()
def command(text: str) -> str:
    return text.strip()
@app.get("/run")
def run(chosen: Annotated[str, Depends(command)]):
    os.system(chosen)  # finds: request-to-shell
"""
SHAPES["a dependency that gives a constant"] = """
from fastapi import Depends, FastAPI
app = FastAPI()
def command() -> str:
    return "ls"
@app.get("/run")
def run(text: str, chosen: str = Depends(command)):
    os.system(chosen)
"""
SHAPES["a service by dependency"] = """
from fastapi import Depends, FastAPI
from service import Service, get_service
app = FastAPI()
@app.get("/run")
def run(text: str, service: Service = Depends(get_service)):
    service.run(text)
=== service.py
class Service:
    def run(self, text):
        os.system(text)  # finds: request-to-shell
def get_service():
    yield Service()
"""
SHAPES["a context manager's class"] = """
class Plan:
    def __enter__(self):
        return ask("what now?")
    def __exit__(self, *error):
        pass
with Plan() as command:
    os.system(command)  # finds: shell
"""
SHAPES["a context manager's generator"] = """
from contextlib import contextmanager
@contextmanager
def plan():
    yield ask("what now?")
with plan() as command:
    os.system(command)  # finds: shell
"""
SHAPES["an asynchronous context manager that gives an object"] = """
from contextlib import asynccontextmanager
class Runner:
    def run(self, text):
        os.system(text)  # finds: shell
@asynccontextmanager
async def runner():
    one = Runner()
    try:
        yield one
    finally:
        print("done")
async def act():
    async with runner() as mine:
        mine.run(ask("what now?"))
"""
SHAPES["a property"] = """
class Plan:
    @property
    def command(self):
        return ask("what now?")
os.system(Plan().command)  # finds: shell
"""
SHAPES["a cached property of a base class"] = """
from functools import cached_property
class Base:
    @cached_property
    def command(self):
        return ask("what now?")
class Plan(Base):
    def run(self):
        os.system(self.command)  # finds: shell
"""
SHAPES["a property's setter"] = """
class Plan:
    @property
    def command(self):
        return self._command
    @command.setter
    def command(self, value):
        self._command = value.strip()
plan = Plan()
plan.command = ask("what now?")
os.system(plan.command)  # finds: shell
"""
SHAPES["a generator"] = """
def lines():
    for line in ask("what now?").splitlines():
        yield line
for line in lines():
    os.system(line)  # finds: shell
"""
SHAPES["yield from"] = """
def inner():
    yield ask("what now?")
def outer():
    yield "ls"
    yield from inner()
for line in outer():
    os.system(line)  # finds: shell
"""
SHAPES["an asynchronous generator"] = """
async def lines():
    yield ask("what now?")
async def act():
    async for line in lines():
        os.system(line)  # finds: shell
"""
SHAPES["an iterator's class"] = """
class Lines:
    def __iter__(self):
        return self
    def __next__(self):
        return ask("what now?")
for line in Lines():
    os.system(line)  # finds: shell
"""
SHAPES["a generator of constants"] = """
def lines():
    ask("what now?")
    yield "ls"
for line in lines():
    os.system(line)
"""
SHAPES["a closure reads what is around it"] = """
def make():
    command = ask("what now?")
    def run():
        os.system(command)  # finds: shell
    return run
make()()
"""
SHAPES["a closure writes what is around it"] = """
def act():
    command = "ls"
    def plan():
        nonlocal command
        command = ask("what now?")
    plan()
    os.system(command)  # finds: shell
"""
SHAPES["a closure over a parameter"] = """
def make(prefix):
    def run(text):
        os.system(f"{prefix} {text}")  # finds: shell
    return run
make(ask("what now?"))("x")
"""
SHAPES["a wrapping decorator of our own"] = """
from functools import wraps
def twice(function):
    @wraps(function)
    def wrapper(*arguments, **options):
        function(*arguments, **options)
        return function(*arguments, **options)
    return wrapper
@twice
def shell(text):
    os.system(text)  # finds: shell
shell(ask("what now?"))
"""
SHAPES["a wrapping decorator that runs what is given back"] = """
def runs(function):
    def wrapper(*arguments):
        os.system(function(*arguments))  # finds: shell
    return wrapper
@runs
def plan():
    return ask("what now?")
plan()
"""
SHAPES["a wrapping decorator that checks"] = """
def one_of(*names):
    def keep(function):
        def wrapper(text):
            if text not in names:
                raise ValueError(text)
            return function(text)
        return wrapper
    return keep
@one_of("ls", "df")
def shell(text):
    os.system(text)
shell(ask("what now?"))
"""
MISSED["a wrapping decorator that checks"] = "a decorated function stands for itself, so what its wrapper checks is not on the path"
SHAPES["a thread"] = """
from threading import Thread
def shell(text):
    os.system(text)  # finds: shell
Thread(target=shell, args=(ask("what now?"),)).start()
"""
SHAPES["a thread with named arguments"] = """
import threading
def shell(title, text):
    os.system(text)  # finds: shell
threading.Thread(target=shell, kwargs={"title": "x", "text": ask("what now?")}).start()
"""
SHAPES["a thread, another argument"] = """
from threading import Thread
def shell(title, text):
    os.system(text)
Thread(target=shell, args=(ask("what now?"), "ls")).start()
"""
SHAPES["a thread of our own class"] = """
from threading import Thread
class Worker(Thread):
    def __init__(self, command):
        super().__init__()
        self.command = command
    def run(self):
        os.system(self.command)  # finds: shell
Worker(ask("what now?")).start()
"""
SHAPES["a process"] = """
from multiprocessing import Process
def shell(text):
    os.system(text)  # finds: shell
Process(target=shell, args=[ask("what now?")]).start()
"""
SHAPES["submit"] = """
from concurrent.futures import ThreadPoolExecutor
def shell(text):
    os.system(text)  # finds: shell
with ThreadPoolExecutor() as pool:
    pool.submit(shell, ask("what now?"))
"""
SHAPES["submit, another argument"] = """
from concurrent.futures import ThreadPoolExecutor
def shell(title, text):
    os.system(text)
with ThreadPoolExecutor() as pool:
    pool.submit(shell, ask("what now?"), "ls")
"""
SHAPES["submit a bound method"] = """
from concurrent.futures import ThreadPoolExecutor
class Shell:
    def run(self, text):
        os.system(text)  # finds: shell
pool = ThreadPoolExecutor()
pool.submit(Shell().run, ask("what now?"))
"""
SHAPES["what a submitted function gives"] = """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor()
future = pool.submit(ask, "what now?")
os.system(future.result())  # finds: shell
"""
SHAPES["a pool's map"] = """
from concurrent.futures import ThreadPoolExecutor
def shell(text):
    os.system(text)  # finds: shell
ThreadPoolExecutor().map(shell, [ask("what now?")])
"""
SHAPES["asyncio.to_thread"] = """
import asyncio
def shell(text):
    os.system(text)  # finds: shell
async def act():
    await asyncio.to_thread(shell, ask("what now?"))
"""
SHAPES["what asyncio.to_thread gives"] = """
import asyncio
async def act():
    command = await asyncio.to_thread(ask, "what now?")
    os.system(command)  # finds: shell
"""
SHAPES["asyncio.to_thread, another argument"] = """
import asyncio
def shell(title, text):
    os.system(text)
async def act():
    await asyncio.to_thread(shell, ask("what now?"), "ls")
"""
SHAPES["asyncio.to_thread with a library function"] = """
import asyncio
async def act():
    await asyncio.to_thread(subprocess.run, ask("what now?"), shell=True)  # finds: shell
"""
SHAPES["a loop's executor"] = """
import asyncio
def shell(text):
    os.system(text)  # finds: shell
async def act():
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, shell, ask("what now?"))
"""
SHAPES["a task"] = """
import asyncio
async def shell(text):
    os.system(text)  # finds: shell
async def act():
    task = asyncio.create_task(shell(ask("what now?")))
    await task
"""
SHAPES["gather"] = """
import asyncio
async def plan():
    return ask("what now?")
async def act():
    first, second = await asyncio.gather(plan(), plan())
    os.system(second)  # finds: shell
"""
SHAPES["background tasks"] = """
from fastapi import BackgroundTasks, FastAPI
app = FastAPI()
def shell(text):
    os.system(text)  # finds: request-to-shell
@app.post("/run")
def run(text: str, tasks: BackgroundTasks):
    tasks.add_task(shell, text)
"""
SHAPES["a queue between threads"] = """
import queue
jobs = queue.Queue()
def plan():
    jobs.put(ask("what now?"))
def work():
    while True:
        os.system(jobs.get())  # finds: shell
"""
SHAPES["another queue"] = """
import queue
jobs, notes = queue.Queue(), queue.Queue()
def plan():
    notes.put(ask("what now?"))
    jobs.put("ls")
def work():
    while True:
        os.system(jobs.get())
"""
SHAPES["celery's delay"] = """
from tasks import shell
shell.delay(ask("what now?"))
=== tasks.py
from celery import Celery
app = Celery("tasks")
@app.task
def shell(text):
    os.system(text)  # finds: shell
"""
SHAPES["celery's delay, another argument"] = """
from tasks import shell
shell.delay(ask("what now?"), "ls")
=== tasks.py
from celery import Celery
app = Celery("tasks")
@app.task
def shell(title, text):
    os.system(text)
"""
SHAPES["celery's apply_async"] = """
from tasks import shell
shell.apply_async(args=[1, ask("what now?")], countdown=5)
=== tasks.py
from celery import shared_task
@shared_task(bind=True)
def shell(self, number, text):
    os.system(text)  # finds: shell
"""
SHAPES["celery's signature"] = """
from tasks import shell
shell.s(ask("what now?")).apply_async()
=== tasks.py
from celery import shared_task
@shared_task
def shell(text):
    os.system(text)  # finds: shell
"""
SHAPES["a queue of jobs"] = """
from redis import Redis
from rq import Queue
def shell(text):
    os.system(text)  # finds: shell
queue = Queue(connection=Redis())
queue.enqueue(shell, ask("what now?"))
"""
