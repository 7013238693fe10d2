"""Findings as workflow commands, which a GitHub run shows at their lines in a change."""

from __future__ import annotations

import posixpath
from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.escaping import for_workflow, for_workflow_property
from threatline.report.json import silenced
from threatline.report.places import Places
from threatline.threats.finding import Finding
from threatline.vocabulary import Severity

_COMMANDS: Final[dict[Severity, str]] = {"critical": "error", "high": "error", "medium": "warning", "low": "notice", "info": "notice"}


def check_github(snapshot: Snapshot) -> str:
    """Write one workflow command for each finding that is not silenced, and a warning for each problem."""
    places = Places(snapshot)
    lines = [_finding(finding, snapshot.root, places) for finding in snapshot.findings if not silenced(finding)]
    for problem in snapshot.problems:
        at = {"file": _in_repository(snapshot.root, problem.file)} if problem.file else {}
        lines.append(_command("warning", {**at, "title": f"threatline: {problem.kind}"}, places.masked(problem.message)))
    if not snapshot.complete:
        lines.append(_command("warning", {"title": "threatline"}, "The analysis could not be completed; there may be more findings."))
    return "".join(f"{line}\n" for line in lines)


def _finding(finding: Finding, root: str, places: Places) -> str:
    found = places.range(finding.value)
    at = {"file": _in_repository(root, finding.value.file)}
    if found:
        at |= {"line": str(found.start.line), "endLine": str(found.end.line)}
        if found.start.line == found.end.line:
            at |= {"col": str(found.start.column), "endColumn": str(found.end.column)}
    title = f"{places.masked(finding.title)} ({finding.severity})"
    message = f"{places.masked(finding.message)}\n{finding.rule} · threatline explain {finding.fingerprint}"
    return _command(_COMMANDS[finding.severity], {**at, "title": title}, message)


def _in_repository(root: str, file: str) -> str:
    """Name a file from where the run stands, when the root is given relative to that."""
    return posixpath.normpath(posixpath.join(root.replace("\\", "/"), file)) if root and not posixpath.isabs(root) else file


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{key}={for_workflow_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{for_workflow(message)}"
