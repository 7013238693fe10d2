"""The system map as a Mermaid flowchart: a subgraph for each zone, solid arrows for relations, dotted ones for data flows."""

from __future__ import annotations

from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.escaping import for_mermaid
from threatline.report.map_text import zones_of
from threatline.report.places import Places
from threatline.report.titles import Titles, spaced
from threatline.system.model import Component

_SHAPES: Final = {
    "agent": ("([", "])"), "code-agent": ("([", "])"), "supervisor": ("([", "])"), "remote-agent": ("([", "])"),
    "hosted-llm": ("{{", "}}"), "in-process-model": ("{{", "}}"), "local-llm-runtime": ("{{", "}}"), "embedding-model": ("{{", "}}"),
    "database": ("[(", ")]"), "vector-store": ("[(", ")]"), "long-term-memory": ("[(", ")]"), "session-memory": ("[(", ")]"),
    "cache": ("[(", ")]"), "object-store": ("[(", ")]"), "chat-endpoint": ("[/", "/]"), "web-endpoint": ("[/", "/]"),
    "chat-ui": ("[/", "/]"), "file-upload": ("[/", "/]"), "cli-entry": ("[/", "/]"),
}  # fmt: skip
"""Kinds with a shape of their own; all others are plain boxes."""


def map_mermaid(snapshot: Snapshot, *, titles: Titles | None = None) -> str:
    """Write the system map as the text of a Mermaid diagram."""
    titles = titles or Titles()
    places = Places(snapshot)
    nodes = {component.id: f"c{number}" for number, component in enumerate(snapshot.map.components)}
    lines = ["flowchart LR"]
    for number, (_, name, components) in enumerate(zones_of(snapshot)):
        lines.append(f'  subgraph z{number}["{for_mermaid(name)}"]')
        lines += [f"    {nodes[component.id]}{_node(component, places, titles)}" for component in components]
        lines.append("  end")
    for relation in snapshot.map.relations:
        if relation.source in nodes and relation.target in nodes:
            lines.append(f'  {nodes[relation.source]} -->|"{for_mermaid(spaced(relation.kind))}"| {nodes[relation.target]}')
    for flow in snapshot.map.flows:
        if flow.source in nodes and flow.target in nodes:
            data = ", ".join(map(spaced, sorted(flow.data))) or "data"
            lines.append(f'  {nodes[flow.source]} -.->|"{for_mermaid(data)}"| {nodes[flow.target]}')
    return "\n".join(lines) + "\n"


def _node(component: Component, places: Places, titles: Titles) -> str:
    opening, closing = _SHAPES.get(component.kind, ("[", "]"))
    return f'{opening}"{for_mermaid(places.masked(component.name))}<br/>{for_mermaid(titles.kind(component.kind))}"{closing}'
