"""Code lenses: over each agent, tool and endpoint, what is open about it."""

from __future__ import annotations

from collections import defaultdict

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.client import Json
from threatline.lsp.session import Session
from threatline.report.json import silenced
from threatline.report.titles import counted
from threatline.threats.finding import Finding

LENSED = frozenset(
    """
        agent code-agent agent-team supervisor remote-agent a2a-server workflow-graph function-tool toolset mcp-server mcp-client shell-tool
        sql-tool filesystem-tool http-api-tool email-tool payment-tool messaging-tool web-fetch-tool web-search-tool browser-automation
        code-interpreter computer-use chat-endpoint web-endpoint inference-api chat-ui messaging-bot
    """.split()
)
"""The kinds of components that people think of as agents, tools and endpoints."""


async def code_lens(session: Session, params: types.CodeLensParams) -> Json:
    """List the lenses of a file."""
    if not session.settings.codeLens:
        return []
    current = await session.current(params.text_document.uri)
    if current is None:
        return []
    uri = params.text_document.uri
    return [_lens(session, current.snapshot, uri, component, title) for component, title in titles_in(current.snapshot, current.file)]


def titles_in(snapshot: Snapshot, file: str) -> list[tuple[str, str]]:
    """List the components of a file that have something open, with what a lens says of them."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in snapshot.findings:
        if not silenced(finding):
            findings[finding.component].append(finding)
    components = [component for component in snapshot.map.components if component.value.file == file and component.kind in LENSED]
    return [(component.id, _title(findings[component.id])) for component in components if findings[component.id]]


def _title(findings: list[Finding]) -> str:
    missing = [finding for finding in findings if finding.kind == "missing-control"]
    controls = {control for finding in missing for control in finding.controls or (finding.rule,)}
    threats = len(findings) - len(missing)
    parts = [counted(threats, "threat")] if threats else []
    if controls:
        parts.append(counted(len(controls), "missing control"))
    return " · ".join(parts)


def _lens(session: Session, snapshot: Snapshot, uri: str, component_id: str, title: str) -> Json:
    component = snapshot.component(component_id)
    assert component is not None
    place = snapshot.place(component.value)
    return {
        "range": session.ranges.range(snapshot, place.file, place.span),
        "command": {"title": title, "command": "threatline.showMap", "arguments": [{"uri": uri, "component": component_id}]},
        "data": {"component": component_id},
    }
