"""Relations between placed components: agents and their tools, models, memories, hand-offs; endpoints and what they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.knowledge.catalog import Entry, Place
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, members_of, places_of
from threatline.system.handlers import handler_ports, open_parameters
from threatline.system.matching import Match
from threatline.system.origins import origins
from threatline.system.placing import Draft, PlacedPort, Placement
from threatline.system.reach import Reach

LEADING = {
    "web-endpoint", "chat-endpoint", "inference-api", "chat-ui", "function-tool", "inbound-trigger", "messaging-bot", "cli-entry", "chain",
    "scheduled-run", "agent-as-tool", "file-upload",
}  # fmt: skip
"""Kinds whose handlers lead to other components when they run."""

LED_TO = {
    "hosted-llm": "uses-model", "llm-client": "uses-model", "local-llm-runtime": "uses-model", "in-process-model": "uses-model",
    "structured-output-call": "uses-model", "model-gateway": "uses-model", "agent": "serves", "code-agent": "serves",
    "workflow-graph": "serves", "agent-team": "serves", "agent-runtime": "serves", "rag-engine": "serves", "supervisor": "serves",
    "vector-store": "retrieves-from", "retriever": "retrieves-from", "session-memory": "has-memory", "long-term-memory": "has-memory",
    "embedding-model": "embeds-with",
}  # fmt: skip
"""Relations by what is led to; anything else is called."""


NO_TOOLS = {"process-shell", "file-system", "outbound-http", "database", "secret-source", "app-logger", "hosted-llm", "llm-client"}
NOT_LED_TO = {"secret-source", "app-logger"}


@dataclass(frozen=True, slots=True)
class Related:
    """A relation between two drafts, and the value that shows it."""

    source: Draft
    kind: str
    target: Draft
    node: Node


def relate(reading: Reading, placement: Placement, reach: Reach) -> list[Related]:
    """Find all relations, in order, each once."""
    found: dict[tuple[int, str, int], Related] = {}
    for match in placement.matches:
        draft = placement.draft_of.get((id(match.entry), match.node))
        if draft is None:
            continue
        for relation, places in match.entry.relations.items():
            for target, node in _targets(reading, placement, match, places, relation):
                _add(found, draft, relation, target, node)
        for relation, places in match.entry.inverse_relations.items():
            for target, node in _targets(reading, placement, match, places, ""):
                _add(found, target, relation, draft, node)
    for draft in list(placement.drafts):
        if draft.kind in LEADING:
            for target, node in _led_to(placement, reach, draft):
                _add(found, draft, LED_TO.get(target.kind, "calls"), target, node)
    return list(found.values())


def _add(found: dict[tuple[int, str, int], Related], source: Draft, kind: str, target: Draft, node: Node) -> None:
    if source is not target:
        found.setdefault((id(source), kind, id(target)), Related(source, kind, target, node))


def _targets(reading: Reading, placement: Placement, match: Match, places: tuple[Place, ...], relation: str) -> list[tuple[Draft, Node]]:
    found: list[tuple[Draft, Node]] = []
    for where in places:
        values = _attribute_values(reading, match, where) if where.attribute else places_of(reading, match.node, where)
        for value in values:
            for member in [value, *members_of(reading, value)]:
                found += [(draft, member) for draft in drafts_behind(reading, placement, member, relation, match)]
    return found


def _attribute_values(reading: Reading, match: Match, where: Place) -> list[Node]:
    return handler_ports(reading, match, where, [])


def drafts_behind(reading: Reading, placement: Placement, value: Node, relation: str = "", match: Match | None = None) -> list[Draft]:
    """List the components that a value is: made there, or a handler of one. A plain function given as a tool becomes one."""
    found: list[Draft] = []
    for node in origins(reading, value, placement.by_node):
        draft = placement.by_node.get(node)
        if draft is not None and draft not in found and not (relation == "has-tool" and draft.kind in NO_TOOLS):
            found.append(draft)
    for kind, what in reading.program.references(value):
        if kind in {"def", "inst", "sub"}:
            draft = placement.by_handler.get(what)
            if draft is not None:
                if draft not in found:
                    found.append(draft)
            elif kind == "def" and what.kind == "function" and relation == "has-tool" and match is not None:
                found.append(_plain_tool(reading, placement, what, match))
    return found


def _plain_tool(reading: Reading, placement: Placement, function: Unit, match: Match) -> Draft:
    node = (function, -1)
    draft = Draft("function-tool", function.name, node, Match(_PLAIN, node, match.name, function), match.name, handlers=[function])
    placement.drafts.append(draft)
    placement.by_handler[function] = draft
    for parameter in open_parameters(reading, function, True):
        placement.add_port(PlacedPort("tool.arguments", draft, parameter, draft.match))
    for result in handler_ports(reading, draft.match, Place(returned=True), [function]):
        placement.add_port(PlacedPort("tool.result", draft, result, draft.match))
    for text in handler_ports(reading, draft.match, Place(docstring=True), [function]):
        placement.add_port(PlacedPort("tool.description", draft, text, draft.match))
    return draft


_PLAIN = Entry(call=("function",), component="function-tool")


def _led_to(placement: Placement, reach: Reach, draft: Draft) -> list[tuple[Draft, Node]]:
    found: list[tuple[Draft, Node]] = []
    for handler in draft.handlers:
        for match in reach.matches_from(handler):
            target = placement.draft_of.get((id(match.entry), match.node))
            if target is not None and target is not draft and target.kind not in NOT_LED_TO:
                found.append((target, match.node))
    return found
