"""Inlay hints: where untrusted data arrives, and where it comes from. Off unless the user turns them on."""

from __future__ import annotations

from collections import defaultdict

from lsprotocol import types

from threatline.lsp.client import Json
from threatline.lsp.convert import position_of
from threatline.lsp.placing import location_in
from threatline.lsp.session import Current, Session
from threatline.report.titles import spaced
from threatline.source.file import Span
from threatline.system.model import DataFlow

UNTRUSTED = frozenset({"user-input", "external-content", "model-output", "tool-result", "remembered"})
"""Kinds of data that somebody else may have written."""


async def inlay_hints(session: Session, params: types.InlayHintParams) -> Json:
    """List the hints of a range."""
    if not session.settings.inlayHints:
        return []
    current = await session.current(params.text_document.uri)
    if current is None or not current.exact:
        return []
    index, units = current.document.index, session.client.units
    first = index.offset(params.range.start.line, params.range.start.character, units)
    last = index.offset(params.range.end.line, params.range.end.character, units)
    return [
        {
            "position": position_of(index, span.end, units),
            "label": _label(session, current, flows),
            "paddingLeft": True,
            "tooltip": "What others may have written arrives here.",
        }
        for span, flows in sorted(_arrivals(current).items())
        if first <= span.end <= last
    ]


def _arrivals(current: Current) -> dict[Span, list[DataFlow]]:
    """Find where flows of untrusted data arrive in a file: the last step of each there."""
    found: defaultdict[Span, list[DataFlow]] = defaultdict(list)
    for flow in current.snapshot.map.flows:
        steps = [step for step in flow.steps if step.file == current.file]
        if steps and flow.data & UNTRUSTED:
            found[current.snapshot.place(steps[-1]).span].append(flow)
    return {span: flows for span, flows in found.items() if span.end > span.start}


def _label(session: Session, current: Current, flows: list[DataFlow]) -> Json:
    """Write who the data comes from; an editor that can goes there."""
    parts: list[Json] = []
    for source in sorted({flow.source for flow in flows}):
        component = current.snapshot.component(source)
        if component is None:
            continue
        kinds = sorted({kind for flow in flows if flow.source == source for kind in flow.data & UNTRUSTED})
        part: Json = {"value": f"{', ' if parts else '← '}{', '.join(map(spaced, kinds))} from {component.name or component.kind}"}
        location = location_in(session, current.snapshot, current.root, current.snapshot.place(component.value))
        parts.append({**part, "location": location} if location else part)
    return parts
