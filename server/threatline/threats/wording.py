"""Words for findings: what a port is, what a step does."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.model import Knowledge
from threatline.program.units import Node
from threatline.system.placing import PlacedPort

PHRASES = {
    "model.output": "the reply of {who}",
    "agent.output": "the answer of {who}",
    "tool.arguments": "argument `{what}` of tool {who}",
    "tool.result": "the result of tool {who}",
    "endpoint.request": "request data `{what}` of {who}",
    "chat.input": "what the user types in {who}",
    "upload.content": "an uploaded file",
    "web.content": "content fetched from the web",
    "document.content": "a loaded document",
    "message.content": "an incoming message",
    "artefact.content": "a downloaded artefact",
    "retrieval.result": "retrieved text from {who}",
    "memory.content": "remembered text from {who}",
    "database.rows": "rows read from {who}",
    "file.content": "the content of a file",
    "secret.value": "the secret {who}",
    "record.secret": "the credential {who} of a stored record",
    "private.value": "private data",
    "operator.value": "a value given by the operator",
    "identity.value": "the caller's identity",
    "api.argument": "argument `{what}` of a public function",
    "shell.command": "a shell command",
    "code.source": "executed code",
    "sql.query": "an SQL statement",
    "html.content": "HTML",
    "markdown.content": "rendered Markdown",
    "template.source": "a template's source",
    "file.read-path": "the path of a file read",
    "file.write-path": "the path of a file written",
    "file.delete-path": "the path of a file deleted",
    "http.url": "the address of a request",
    "deserializer.data": "deserialized data",
    "artefact.source": "a loaded artefact",
    "import.name": "the name of an imported module",
    "model.system": "the system prompt of {who}",
    "agent.instructions": "the instructions of {who}",
    "model.prompt": "the prompt of {who}",
    "database.write": "what is written to {who}",
    "vector.write": "what is written to {who}",
    "memory.write": "what {who} remembers",
    "log.record": "a log record",
    "process.arguments": "the arguments of a program",
    "archive.members": "the members of an archive",
    "tool.new-description": "a new description of {who}",
    "credential.presence": "`{what}`, tested for being there and no more",
    "decision.test": "the go-ahead for an action",
    "http.checked-url": "an address that is checked",
    "session.owner": "whose record the session is about",
    "cache.key": "the key of {who}",
    "server.launch": "the command of a server",
}


def phrase(port: PlacedPort) -> str:
    """Say in a few words what a port is."""
    text = PHRASES.get(port.name, port.name.replace(".", " "))
    who = who_is(port)
    if not who:
        text = text.replace(" of {who}", "").replace(" from {who}", "").replace(" {who}", "")
    return text.format(who=who, what=_what(port.node))


def where(port: PlacedPort) -> str:
    """Say at which call a port stands."""
    unit, ordinal = port.match.node
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    callee = unit.facts[fact.callee] if isinstance(fact, f.Call) else None
    name = getattr(callee, "name", "")
    return f"`{name}()`" if name else phrase(port)


def who_is(port: PlacedPort) -> str:
    """Name the component of a port."""
    return port.draft.name if port.draft is not None else ""


def _what(node: Node) -> str:
    unit, ordinal = node
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    return getattr(fact, "name", "") or "value"


def step_note(node: Node) -> str:
    """Say what a step of a path does."""
    unit, ordinal = node
    fact = unit.facts[ordinal]
    match fact:
        case f.Parameter():
            return f"parameter `{fact.name}` of {unit.path or 'the module'}"
        case f.Call():
            callee = unit.facts[fact.callee]
            return f"result of {getattr(callee, 'name', '') or 'a call'}()"
        case f.Bind() | f.Read():
            return f"`{fact.name}`"
        case f.Template():
            return "becomes part of a text"
        case f.Attribute():
            return f"field `{fact.name}`"
        case f.Collection():
            return f"member of a {fact.shape}"
        case _:
            return "passes on"


def control_titles(knowledge: Knowledge, controls: tuple[str, ...]) -> str:
    """Name controls for a reader."""
    return ", ".join(knowledge.controls[c].title if c in knowledge.controls else c for c in controls) or "no control"
