"""Code lenses: over each agent, tool and endpoint, what is open about it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.client import Json
from threatline.lsp.session import Current, Session
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

_FIRST = 0.2
"""Seconds to wait for the first reading where the editor can be told to ask for lenses again."""


async def code_lens(session: Session, params: types.CodeLensParams) -> Json:
    """List the lenses of a file."""
    if not session.settings.codeLens:
        return []
    # An editor that was kept waiting asks again only after as long a while; one that can be told to ask again is.
    first = {"first": _FIRST} if session.client.lens_refresh else {}
    current = await session.current(params.text_document.uri, **first)
    if current is None:
        return []
    lenses = [_lens(session, current, component, title) for component, title in titles_in(current.snapshot, current.file)]
    return [lens for lens in lenses if lens["range"] is not None]


class LensRefresher:
    """Asks the editor for the lenses of open files again when what they say has changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._said: dict[Path, list[tuple[str, str, str]]] = {}
        session.changed.append(self._look)

    def again(self) -> None:
        """Ask anew after the settings have changed."""
        if self._session.client.lens_refresh:
            self._session.ask_soon(types.WORKSPACE_CODE_LENS_REFRESH)

    def _look(self, root: Path) -> None:
        reading = self._session.readings.get(root)
        if not self._session.client.lens_refresh or not self._session.settings.codeLens or reading is None:
            return
        located = [self._session.locate(document.uri) for document in self._session.documents]
        files = sorted({found.file for found in located if found is not None and found.root.path == root})
        said = [(file, component, title) for file in files for component, title in titles_in(reading.snapshot, file)]
        if self._said.get(root, []) != said:
            self._said[root] = said
            self._session.ask_soon(types.WORKSPACE_CODE_LENS_REFRESH)


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
    return " · ".join([*parts, "show in map"])


def _lens(session: Session, current: Current, component_id: str, title: str) -> Json:
    component = current.snapshot.component(component_id)
    assert component is not None
    arguments = [{"uri": current.document.uri, "component": component_id}]
    return {
        "range": current.range(current.snapshot.place(component.value).span, session.client.units),
        "command": {"title": title, "command": "threatline.showMap", "arguments": arguments},
        "data": {"component": component_id},
    }
