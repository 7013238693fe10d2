"""`check --format sarif`: SARIF 2.1.0 for code hosts and viewers, with paths as code flows and frameworks as taxonomies.

Texts of the workspace are masked and escaped, and can neither hold a link nor fill a placeholder of a message. The same snapshot gives
the same bytes. No library writes the format: the one there is has had no release for years; a test checks the output by the schema.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from threatline.analysis.snapshot import Snapshot
from threatline.knowledge.model import Knowledge
from threatline.report.addresses import rule_page
from threatline.report.escaping import as_bytes, for_message, for_terminal
from threatline.report.places import Places, Range
from threatline.report.taxonomies import Taxonomies
from threatline.report.titles import titles_of
from threatline.source.file import Problem
from threatline.threats.finding import Finding, Step
from threatline.vocabulary import Confidence, Severity

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
VERSION: Final = "2.1.0"
ROOT: Final = "%SRCROOT%"
"""The base that paths are relative to: where the run stands."""

Object = dict[str, Any]

_LEVELS: Final[dict[Severity, str]] = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
_SCORES: Final[dict[Severity, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}
"""What code hosts order by: the middle of each band of the common scale from 0 to 10."""

_RANKS: Final[dict[Severity, float]] = {"critical": 90.0, "high": 70.0, "medium": 50.0, "low": 30.0, "info": 10.0}
_SURENESS: Final[dict[Confidence, float]] = {"high": 5.0, "medium": 0.0, "low": -5.0}
_ESSENTIAL: Final = frozenset({"source", "sink"})
_MOST_LINES: Final = 6


def check_sarif(snapshot: Snapshot, knowledge: Knowledge, *, version: str) -> bytes:
    """Write the findings of a snapshot as a SARIF log. `version` is the tool's."""
    return as_bytes(json.dumps(_Log(snapshot, knowledge).written(version), ensure_ascii=False, indent=2) + "\n")


class _Log:
    def __init__(self, snapshot: Snapshot, knowledge: Knowledge) -> None:
        self._snapshot = snapshot
        self._knowledge = knowledge
        self._places = Places(snapshot)
        self._titles = titles_of(knowledge)
        self._rules = sorted({finding.rule for finding in snapshot.findings})
        self._first = {finding.rule: finding for finding in reversed(snapshot.findings)}
        self._taxonomies = Taxonomies(snapshot.findings, knowledge)

    def written(self, version: str) -> Object:
        driver: Object = {
            "name": "Threatline",
            "semanticVersion": version,
            "rules": [self._rule(rule) for rule in self._rules],
            "properties": {"rulesDigest": self._snapshot.rules_digest},
        }
        run: Object = {
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The folder that the check was started in."}}},
            "invocations": [self._invocation()],
            "results": [self._result(finding) for finding in self._snapshot.findings],
            "properties": {"revision": self._snapshot.revision},
        }
        if taxonomies := self._taxonomies.listed():
            driver["supportedTaxonomies"] = self._taxonomies.references()
            run["taxonomies"] = taxonomies
        return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}

    def _rule(self, rule_id: str) -> Object:
        """Describe a rule: its page is the help, its official ids are tags and relations to taxonomies."""
        first, rule = self._first[rule_id], self._knowledge.rule(rule_id)
        threat = self._knowledge.threats.get(first.threat)
        severity, confidence = (rule.severity, rule.confidence) if rule else (first.severity, first.confidence)
        page = self._page(rule_id)
        mapped = first.maps_to
        return {
            "id": rule_id,
            "name": "".join(word.capitalize() for word in rule_id.split("-")),
            "shortDescription": {"text": for_message(rule.title if rule else self._places.masked(first.title))},
            "fullDescription": {"text": for_message(" ".join(threat.why.split()) if threat else first.threat or rule_id)},
            "help": {"text": page or f"threatline explain {rule_id}", **({"markdown": page} if page else {})},
            "helpUri": rule_page(rule_id),
            "defaultConfiguration": {"level": _LEVELS[severity], "rank": _RANKS[severity] + _SURENESS[confidence]},
            "relationships": [{"target": target, "kinds": ["relevant"]} for target in self._taxonomies.targets(mapped)],
            "properties": {
                "tags": ["security", "ai", *_tags(mapped)],
                "precision": confidence,
                "security-severity": _SCORES[severity],
                "problem.severity": {"error": "error", "warning": "warning"}.get(_LEVELS[severity], "recommendation"),
            },
        }

    def _page(self, rule_id: str) -> str:
        """Read the page of a rule up to its examples, which are its tests."""
        page = self._knowledge.pages.get(rule_id)
        try:
            return Path(page).read_text("utf-8").partition("\n## Example")[0].rstrip() if page else ""
        except OSError:
            return ""

    def _result(self, finding: Finding) -> Object:
        result: Object = {
            "ruleId": finding.rule,
            "ruleIndex": self._rules.index(finding.rule),
            "kind": "fail",
            "level": _LEVELS[finding.severity],
            "rank": _RANKS[finding.severity] + _SURENESS[finding.confidence],
            "message": self._message(f"{finding.title}. {finding.message}"),
            "locations": [self._location(self._places.range(finding.value), finding.value.file, logical=self._logical(finding))],
            "partialFingerprints": {"threatline/v1": finding.fingerprint, "threatlinePath/v1": finding.path_shape},
            # Where any result has suppressions all must have them: an empty list says that it is not suppressed.
            "suppressions": self._suppressions(finding),
            "taxa": self._taxonomies.targets(finding.maps_to),
            "properties": self._properties(finding),
        }
        steps = [self._step(step) for step in dict.fromkeys(finding.evidence)]
        if {step.role for step in finding.evidence} >= _ESSENTIAL:
            result["codeFlows"] = [{"threadFlows": [{"locations": [_ordered(step, number) for number, step in enumerate(steps, 1)]}]}]
        elif steps:
            result["relatedLocations"] = [{"id": number, **step["location"]} for number, step in enumerate(steps, 1)]
        return result

    def _step(self, step: Step) -> Object:
        location = self._location(self._places.range(step.value), step.value.file)
        location["message"] = self._message(f"{step.role}: {step.note}" if step.note else step.role)
        return {"location": location, "kinds": [step.role], "importance": "essential" if step.role in _ESSENTIAL else "important"}

    def _logical(self, finding: Finding) -> list[Object]:
        names = []
        if finding.function:
            names.append({"fullyQualifiedName": self._text(finding.function), "kind": "function"})
        component = self._snapshot.component(finding.component) if finding.component else None
        if component is not None:
            names.append({"name": self._text(component.name), "fullyQualifiedName": self._text(component.id), "kind": component.kind})
        return names

    def _properties(self, finding: Finding) -> Object:
        return {
            "kind": finding.kind,
            "severity": finding.severity,
            "confidence": finding.confidence,
            "audience": finding.audience,
            "status": finding.status,
            "threat": finding.threat,
            "controls": [{"id": control, "title": self._titles.control(control)} for control in finding.controls],
            "mitigations": [{"control": offer.control, "title": self._text(offer.title)} for offer in finding.mitigations],
            **({"reason": self._text(finding.reason)} if finding.reason else {}),
            **({"looked": self._text(finding.looked)} if finding.looked else {}),
        }

    def _suppressions(self, finding: Finding) -> list[Object]:
        if finding.status not in ("ignored", "accepted"):
            return []
        kind = "inSource" if finding.status == "ignored" else "external"
        return [{"kind": kind, "status": "accepted", "justification": self._text(finding.status_reason)}]

    def _location(self, found: Range | None, file: str, *, logical: list[Object] | None = None) -> Object:
        physical: Object = {"artifactLocation": {"uri": self._uri(found.file if found else file), "uriBaseId": ROOT}}
        if found:
            physical["region"] = _region(found)
            if found.end.line - found.start.line < _MOST_LINES:
                lines = [self._line(found.file, number) for number in range(found.start.line, found.end.line + 1)]
                around = {"startLine": found.start.line, "endLine": found.end.line, "snippet": {"text": "\n".join(lines)}}
                physical["contextRegion"] = around
        return {"physicalLocation": physical, **({"logicalLocations": logical} if logical else {})}

    def _line(self, file: str, number: int) -> str:
        """Give a masked line of source, escaped but for its tabs."""
        return "\t".join(map(for_terminal, self._places.line(file, number).split("\t")))

    def _uri(self, file: str) -> str:
        """Name a file from where the run stands, when the root is given relative to that."""
        root = self._snapshot.root.replace("\\", "/")
        inside = posixpath.normpath(posixpath.join(root, file)) if root and not _absolute(root) else file
        return quote(inside.encode("utf-8", "surrogateescape"), safe="/-._~!$&'()*+,;=@")

    def _invocation(self) -> Object:
        problems = [self._problem(problem) for problem in self._snapshot.problems]
        return {"executionSuccessful": self._snapshot.complete, **({"toolExecutionNotifications": problems} if problems else {})}

    def _problem(self, problem: Problem) -> Object:
        at = {"locations": [self._location(None, problem.file)]} if problem.file else {}
        return {"level": "warning", "descriptor": {"id": problem.kind}, "message": self._message(problem.message), **at}

    def _message(self, text: str) -> Object:
        return {"text": self._text(text)}

    def _text(self, text: str) -> str:
        return for_message(self._places.masked(text))


def _ordered(step: Object, number: int) -> Object:
    return {**step, "executionOrder": number}


def _region(found: Range) -> Object:
    return {
        "startLine": found.start.line,
        "startColumn": found.start.column,
        "endLine": found.end.line,
        "endColumn": found.end.column,
    }


def _absolute(root: str) -> bool:
    return posixpath.isabs(root) or re.match(r"[A-Za-z]:/", root) is not None


def _tags(mapped: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """List official ids as tags; weaknesses as code hosts spell them."""
    tags: list[str] = []
    for framework, ids in mapped:
        for name in ids:
            number = name.removeprefix("CWE-")
            tags.append(f"external/cwe/cwe-{int(number):03d}" if framework == "cwe" and number.isdecimal() else f"{framework}/{name}")
    return tags
