"""Silences in the source (`threatline: ignore[…] reason` on a finding's line or the line above it) and accepted risks of the design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from threatline.analysis.snapshot import Snapshot
from threatline.design.model import AcceptedRisk
from threatline.design.selectors import selects
from threatline.facts.model import DIRECTIVES, Directive
from threatline.source.file import Problem
from threatline.system.declared import Symbols
from threatline.threats.finding import Finding


def silence(snapshot: Snapshot, findings: Iterable[Finding], directives: Mapping[str, tuple[Directive, ...]],
            chosen: frozenset[str] | None) -> Snapshot:  # fmt: skip
    """Give the snapshot its findings: in order, silenced ones marked, only those of `chosen` files where it is given.

    A silence without a reason silences nothing and is itself a problem.
    """
    lines, problems = _silences(snapshot, directives)
    kept = [_marked(snapshot, finding, lines) for finding in findings if chosen is None or finding.value.file in chosen]
    kept.sort(key=lambda f: (f.value.file, snapshot.place(f.value).span, f.rule, f.fingerprint))
    return replace(snapshot, findings=tuple(kept), problems=(*snapshot.problems, *problems))


def accept(snapshot: Snapshot, risks: Iterable[AcceptedRisk], today: date, symbols: Symbols) -> Snapshot:
    """Mark the findings that a declared acceptance covers on a day. An acceptance with a fingerprint holds for that path alone."""
    listed = list(risks)
    marked = tuple(_accepted(finding, listed, today, symbols) for finding in snapshot.findings)
    expired = [
        Problem("threatmodel.yaml", "expired", f"the acceptance of {risk.threat} by {risk.owner} ended on {risk.expires.isoformat()}")
        for risk in listed
        if risk.expires < today
    ]
    return replace(snapshot, findings=marked, problems=(*snapshot.problems, *expired))


def _accepted(finding: Finding, risks: list[AcceptedRisk], today: date, symbols: Symbols) -> Finding:
    if finding.status != "open":
        return finding
    names = symbols(finding.value)
    for risk in risks:
        same_path = not risk.fingerprint or risk.fingerprint in {finding.path_shape, finding.fingerprint}
        meant = risk.threat in {finding.threat, finding.rule} and same_path and risk.allows(finding.severity, today)
        if meant and selects(risk.at, symbols=names, path=finding.value.file):
            reason = f"{risk.owner}, until {risk.expires.isoformat()}: {risk.justification}"
            return replace(finding, status="accepted", status_reason=reason)
    return finding


def _silences(snapshot: Snapshot, directives: Mapping[str, tuple[Directive, ...]]) -> tuple[dict[tuple[str, int, str], str], list[Problem]]:
    lines: dict[tuple[str, int, str], str] = {}
    problems: list[Problem] = []
    for file, listed in directives.items():
        spans = snapshot.spans[file].get(DIRECTIVES, [])
        for directive, span in zip(listed, spans, strict=False):
            line = snapshot.line_index(file).line_of(span[0])
            if directive.kind == "ignore" and not directive.reason:
                text = f"line {line + 1}: ignore[{', '.join(directive.ids)}] gives no reason, so it silences nothing"
                problems.append(Problem(file, "silence-without-reason", text))
            elif directive.kind == "ignore":
                for rule in directive.ids:
                    lines[file, line, rule] = lines[file, line + 1, rule] = directive.reason
            elif directive.kind != "provides":
                text = f"line {line + 1}: threatline knows ignore[…] and provides[…], not {directive.kind!r}"
                problems.append(Problem(file, "unknown-directive", text))
    return lines, problems


def _marked(snapshot: Snapshot, finding: Finding, lines: Mapping[tuple[str, int, str], str]) -> Finding:
    file = finding.value.file
    line = snapshot.line_index(file).line_of(snapshot.place(finding.value).span.start)
    reason = lines.get((file, line, finding.rule))
    return replace(finding, status="ignored", status_reason=reason) if reason else finding
