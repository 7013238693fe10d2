"""Message lists: which value stands in which role."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.program.constants import Unknown
from threatline.program.units import Node
from threatline.system.calls import Reading, argument, members_of

ROLE_CLASSES = {
    "SystemMessage": "system", "SystemMessagePromptTemplate": "system", "HumanMessage": "user", "HumanMessagePromptTemplate": "user",
    "AIMessage": "assistant", "AIMessagePromptTemplate": "assistant", "ToolMessage": "tool", "FunctionMessage": "tool",
    "ChatMessage": "user", "UserMessage": "user", "AssistantMessage": "assistant",
}  # fmt: skip
"""Message classes by their last name, in every library that has them."""

ALIASES = {"human": "user", "ai": "assistant", "developer": "system", "function": "tool", "model": "assistant"}


def messages_in(reading: Reading, value: Node, roles: tuple[str, ...]) -> list[Node]:
    """List the contents of the messages with one of these roles. What is no message list that can be seen counts as user text."""
    wanted = {ALIASES.get(role, role) for role in roles}
    members = members_of(reading, value)
    if not members:
        return [value] if "user" in wanted and not _is_constant(reading, value) else []
    found: list[Node] = []
    for member in members:
        role, content = message(reading, member)
        if role in wanted or (role == "" and "user" in wanted):
            found.append(content)
    return found


def message(reading: Reading, member: Node) -> tuple[str, Node]:
    """Read one message: its role ("" where it cannot be seen) and its content."""
    for unit, ordinal in _shapes(reading, member):
        fact = unit.facts[ordinal]
        if type(fact) is f.Collection and fact.shape == "dict":
            return _from_dict(reading, (unit, ordinal), fact)
        if type(fact) is f.Collection and len(fact.elements) == 2:
            role = reading.constants.of((unit, fact.elements[0].value))
            return (_role(role), (unit, fact.elements[1].value))
        if type(fact) is f.Call:
            role = _class_role(reading, (unit, fact.callee))
            if role:
                content = argument(unit, ordinal, "content", 0)
                return role, (unit, content) if content >= 0 else (unit, ordinal)
    return "", member


def _shapes(reading: Reading, member: Node) -> list[Node]:
    collections = reading.program.resolver.collections(member)
    if collections:
        return collections
    unit, ordinal = member
    for _ in range(8):
        fact = unit.facts[ordinal]
        if type(fact) is f.Read and len(unit.local.reads.get(ordinal, ())) >= 1:
            ordinal = unit.local.reads[ordinal][0]
        elif type(fact) is f.Bind:
            ordinal = fact.value
        elif type(fact) is f.Call and getattr(unit.facts[fact.callee], "name", "") in {"from_template", "fromTemplate"}:
            callee = unit.facts[fact.callee]
            return [(unit, ordinal)] if type(callee) is f.Attribute else []
        else:
            break
    return [(unit, ordinal)]


def _from_dict(reading: Reading, node: Node, fact: f.Collection) -> tuple[str, Node]:
    unit = node[0]
    role, content = "", node
    for element in fact.elements:
        key = reading.program.resolver.constant_key(unit, element.key) if element.key >= 0 else None
        if key == "role":
            role = _role(reading.constants.of((unit, element.value)))
        elif key in {"content", "parts", "text"}:
            content = (unit, element.value)
    return role, content


def _role(value: object) -> str:
    return ALIASES.get(value, value) if isinstance(value, str) else ""


def _class_role(reading: Reading, callee: Node) -> str:
    for name in reading.program.names(callee):
        for part in name.split("."):
            if part in ROLE_CLASSES:
                return ROLE_CLASSES[part]
    return ""


def _is_constant(reading: Reading, value: Node) -> bool:
    return not isinstance(reading.constants.of(value), Unknown)
