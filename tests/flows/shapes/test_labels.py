"""Which declared types let no free text pass, and which do."""

from __future__ import annotations

SHAPES: dict[str, str] = {}
MISSED: dict[str, str] = {}
HEAD = """
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal, Optional
from uuid import UUID
from agents import function_tool
from fastapi import FastAPI, Path, Query
from pydantic import BaseModel, Field, StringConstraints, constr
app = FastAPI()
class Kind(str, Enum):
    A = "a"
"""


def test_shape(check, program):
    check(program)


def tool(annotation, mark):
    return f"{HEAD}@function_tool\ndef tool(x: {annotation}) -> None:\n    'Do it.'\n    os.system(f'run {{x}}'){mark}\n"


def route(parameter, mark):
    return f"{HEAD}@app.get('/run')\ndef run({parameter}):\n    os.system(f'run {{x}}'){mark}\n"


def field(declared, mark):
    model = f"class Order(BaseModel):\n    x: {declared}\n@app.post('/run')\ndef run(order: Order):\n"
    return f"{HEAD}{model}    os.system(f'run {{order.x}}'){mark}\n"


CLOSED = [
    "int", "float", "bool", "UUID", "date", "Decimal", "Kind", "Literal['a', 'b']", "Optional[int]", "int | None", "list[int]",
    "Annotated[int, Field(ge=1)]", "Annotated[str, Field(pattern=r'^[a-z]+$')]", "Annotated[str, StringConstraints(pattern=r'^[a-z]+$')]",
    "dict[int, int]",
]  # fmt: skip
OPEN = [
    "str", "str | None", "list[str]", "dict", "Annotated[str, Field(max_length=9)]", "str | int", "Annotated[str, Field(pattern=r'.*')]",
]  # fmt: skip
for _one in CLOSED:
    SHAPES[f"a tool's {_one}"] = tool(_one, "")
    SHAPES[f"a field's {_one}"] = field(_one, "")
for _one in OPEN:
    SHAPES[f"a tool's {_one}"] = tool(_one, "  # finds: shell")
    SHAPES[f"a field's {_one}"] = field(_one, "  # finds: request-to-shell")
SHAPES["a field with a pattern"] = field("str = Field(pattern=r'^[a-z]+$')", "")
SHAPES["a field of a constrained text"] = field("constr(pattern=r'^[a-z]+$')", "")
SHAPES["a field with a length"] = field("str = Field(max_length=20)", "  # finds: request-to-shell")
SHAPES["a route's number"] = route("x: int", "")
SHAPES["a route's text"] = route("x: str", "  # finds: request-to-shell")
SHAPES["a route's text with a pattern"] = route("x: str = Query(pattern=r'^[a-z]+$')", "")
SHAPES["a route's text with a length"] = route("x: str = Query(max_length=20)", "  # finds: request-to-shell")
SHAPES["a number by conversion"] = """
os.system(f"seq {int(ask('how many?'))}")
"""
SHAPES["a number that is kept as text if it is none"] = """
def number(text):
    try:
        return int(text)
    except ValueError:
        return text
os.system(f"seq {number(ask('how many?'))}")  # finds: shell
"""
SHAPES["an enumeration by conversion"] = """
from enum import Enum
class Kind(Enum):
    A = "a"
os.system(f"run {Kind(ask('which?')).value}")
"""
SHAPES["an identifier by conversion"] = """
from uuid import UUID
os.system(f"run {UUID(ask('which?'))}")
"""
SHAPES["structured output with closed types"] = """
from typing import Literal
from pydantic import BaseModel
from lab import client
class Choice(BaseModel):
    kind: Literal["a", "b"]
    reason: str
def act(question):
    reply = client.beta.chat.completions.parse(
        model="gpt-5-nano", messages=[{"role": "user", "content": question}], response_format=Choice,
    )
    choice = reply.choices[0].message.parsed
    os.system(f"run {choice.kind}")
"""
SHAPES["structured output, a field of text"] = """
from typing import Literal
from pydantic import BaseModel
from lab import client
class Choice(BaseModel):
    kind: Literal["a", "b"]
    reason: str
def act(question):
    reply = client.beta.chat.completions.parse(
        model="gpt-5-nano", messages=[{"role": "user", "content": question}], response_format=Choice,
    )
    choice = reply.choices[0].message.parsed
    os.system(f"run {choice.reason}")  # finds: shell
"""
SHAPES["structured output of a chain"] = """
from typing import Literal
from langchain_openai import ChatOpenAI
from pydantic import BaseModel
class Choice(BaseModel):
    kind: Literal["a", "b"]
    reason: str
def act(question):
    choice = ChatOpenAI().with_structured_output(Choice).invoke(question)
    os.system(f"run {choice.kind}")
    os.system(f"run {choice.reason}")  # finds: shell
"""
SHAPES["a length"] = """
os.system(f"seq {len(ask('what?'))}")
"""
SHAPES["a comparison"] = """
os.system("ls" if ask("yes or no?") == "yes" else "df")
"""
