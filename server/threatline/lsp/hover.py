"""Hover: what a finding means, why it matters here, by which path, and what the frameworks call it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types

from threatline.analysis.snapshot import Snapshot
from threatline.knowledge.model import Knowledge
from threatline.lsp.client import Json
from threatline.lsp.convert import Ranges, escaped, marked_up
from threatline.lsp.paths import path_in, uri_of
from threatline.lsp.session import Session
from threatline.report.addresses import rule_page
from threatline.report.json import silenced
from threatline.report.places import Places
from threatline.report.titles import spaced, titles_of
from threatline.system.model import Component
from threatline.threats.finding import Finding, Step

_SEVERAL = 3
"""Findings explained in one hover; the others are counted."""

_FIRST = ("owasp_llm", "owasp_agentic", "atlas", "cwe")
"""The frameworks that most readers know, in front of the others."""

_SHORT_NAME = 60
"""Characters of an official name that fit beside its id."""


async def hover(session: Session, params: types.HoverParams) -> Json:
    """Explain the findings, else the component, at a position; null where there are none or the text has just changed."""
    current = await session.current(params.text_document.uri, patience=0.5)
    if current is None:
        return None
    offset = current.offset(params.position, session.client.units)
    if offset is None:
        return None
    snapshot, file = current.snapshot, current.file
    findings = [finding for finding in snapshot.findings_in(file) if not silenced(finding) and holds(snapshot, finding, file, offset)]
    if findings:
        page = Page(snapshot, session.knowledge, current.root, session.ranges)
        text, span = page.findings(findings), snapshot.place(findings[0].value).span
    else:
        component = snapshot.component_at(file, offset)
        if component is None:
            return None
        text, span = _component_text(component, session.knowledge), snapshot.place(component.value).span
    found: Json = {"contents": marked_up(text, markdown=session.client.markdown)}
    shown = current.range(span, session.client.units)
    return found if shown is None else {**found, "range": shown}


def holds(snapshot: Snapshot, finding: Finding, file: str, offset: int) -> bool:
    """Tell whether a finding is shown at an offset of a file."""
    place = snapshot.place(finding.value)
    return place.file == file and place.span.start <= offset <= max(place.span.end, place.span.start)


class Page:
    """Writes findings as Markdown. All text of the workspace is masked and escaped."""

    def __init__(self, snapshot: Snapshot, knowledge: Knowledge, root: Path, ranges: Ranges) -> None:
        self._snapshot = snapshot
        self._knowledge = knowledge
        self._root = root
        self._ranges = ranges
        self._places = Places(snapshot)

    def findings(self, findings: list[Finding]) -> str:
        """Write several findings, the first ones whole."""
        parts = [self.finding(finding) for finding in findings[:_SEVERAL]]
        if len(findings) > _SEVERAL:
            parts.append(f"*and {len(findings) - _SEVERAL} more here*")
        return "\n\n---\n\n".join(parts)

    def finding(self, finding: Finding) -> str:
        """Write one finding, at three heights: what it is in one line; why it matters here, by which path; what it is known as."""
        heights = (
            (self._head(finding),),
            (self._why(finding), self._path(finding), self._controls(finding)),
            (self._frameworks(finding), self._links(finding)),
        )
        written = ("\n\n".join(part for part in height if part) for height in heights)
        return "\n\n---\n\n".join(text for text in written if text)

    def _head(self, finding: Finding) -> str:
        return f"**{self._text(finding.title)}** · {finding.severity} · {self._text(finding.message)}"

    def _why(self, finding: Finding) -> str:
        threat = self._knowledge.threats.get(finding.threat)
        reason = f" ({self._text(finding.reason)})" if finding.reason else ""
        sure = f"Severity {finding.severity}, confidence {finding.confidence}{reason}."
        return f"**Why it matters here** · {escaped(threat.why) + ' ' if threat else ''}{sure}"

    def _path(self, finding: Finding) -> str:
        if len(finding.evidence) < 2:
            return ""
        return "**Path**\n" + "\n".join(f"{number}. {self._step(step)}" for number, step in enumerate(finding.evidence, 1))

    def _step(self, step: Step) -> str:
        place = self._snapshot.place(step.value)
        line = self._ranges.range(self._snapshot, place.file, place.span)["start"]["line"] + 1
        uri = uri_of(path_in(self._root, place.file))
        return f"{step.role}: {self._text(step.note)} ([{escaped(place.file)}:{line}]({uri}#L{line}))"

    def _controls(self, finding: Finding) -> str:
        if not finding.controls:
            return ""
        titles = titles_of(self._knowledge)
        looked = f" · looked for {self._text(finding.looked.partition(':')[0])}" if finding.looked else ""
        return f"**Missing**{looked}\n" + "\n".join(f"- {escaped(titles.control(control))}" for control in finding.controls)

    def _frameworks(self, finding: Finding) -> str:
        known = sorted(finding.maps_to, key=lambda pair: _FIRST.index(pair[0]) if pair[0] in _FIRST else len(_FIRST))
        lines = [f"- {line}" for framework, ids in known for line in self._framework(framework, ids)]
        return "**Known as**\n" + "\n".join(lines) if lines else ""

    def _framework(self, framework: str, ids: tuple[str, ...]) -> Iterator[str]:
        info = self._knowledge.frameworks.get(framework)
        if info is None:
            return
        linked: list[str] = []
        for name in ids:
            entry = info.entries.get(name)
            # Names fill a hover: a short first one tells what is meant, `explain` has the others.
            named = entry is not None and not linked and len(entry.name) <= _SHORT_NAME
            label = _letter(framework, name) + (f" {entry.name}" if entry and named else "")
            linked.append(f"[{escaped(label)}]({(entry.link if entry else '') or info.link}){_own_edition(info.edition, name)}")
        # Ids such as LLM10:2026 carry their edition themselves.
        edition = "" if any(":" in name for name in ids) or ";" in info.edition else f" {_short(info.edition)}"
        yield f"{_short(info.title)}{edition}: {', '.join(linked)}"

    def _links(self, finding: Finding) -> str:
        return f"[About this rule]({rule_page(finding.rule)}) · `threatline explain {finding.fingerprint[:12]}`"

    def _text(self, text: str) -> str:
        return escaped(self._places.masked(text))


def _letter(framework: str, name: str) -> str:
    """Return an id as people write it: STRIDE goes by its letters."""
    return name[:1].upper() if framework == "stride" else name


def _own_edition(editions: str, name: str) -> str:
    """Return the edition of an id in a framework that has several, where the id does not tell: `T9` is of version 1.1."""
    if ":" in name or ";" not in editions:
        return ""
    letters = re.match(r"[A-Za-z]*", name)
    start = letters[0] if letters else ""
    part = next((part for part in editions.split(";") if re.search(rf"\b{start}[0-9]", part)), "")
    return f" ({escaped(part.rpartition(' of ')[2].strip())})" if part else ""


def _short(title: str) -> str:
    """Return a title up to what explains it."""
    return escaped(re.split(r"[(;:,]", title)[0].strip())


def _component_text(component: Component, knowledge: Knowledge) -> str:
    titles = titles_of(knowledge)
    lines = [f"**{escaped(titles.kind(component.kind))}** {escaped(component.name)}", f"zone: {escaped(component.zone)}"]
    if component.capabilities:
        lines.append("can: " + ", ".join(spaced(capability) for capability in sorted(component.capabilities)))
    lines += [f"{control.state}: {escaped(titles.control(control.control))}" for control in component.controls]
    return "\n\n".join(lines[:1]) + "\n\n" + "\n".join(f"- {line}" for line in lines[1:])
