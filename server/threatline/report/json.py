"""`check --format json` and `map --format json`, exactly as the fixed interface has them. The same snapshot gives the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.belonging import Belonging
from threatline.report.escaping import as_bytes
from threatline.report.places import Places, Range
from threatline.report.titles import Titles
from threatline.source.file import Problem
from threatline.system.model import Component, Control, DataFlow, Relation, SystemMap, Value
from threatline.threats.finding import Finding, Step
from threatline.vocabulary import SEVERITIES

VERSION: Final = 1

_MISSING: Final = ("absent", "off")

Object = dict[str, Any]


def check_json(snapshot: Snapshot, *, version: str) -> bytes:
    """Write the findings of a snapshot as JSON. `version` is the tool's."""
    places = Places(snapshot)
    return _dump(
        {
            "version": VERSION,
            "tool": {"name": "threatline", "version": version, "rules_digest": snapshot.rules_digest},
            "root": snapshot.root,
            "revision": snapshot.revision,
            "complete": snapshot.complete,
            "summary": summary(snapshot),
            "findings": [_finding(finding, places) for finding in snapshot.findings],
            "problems": [_problem(problem, places) for problem in snapshot.problems],
        }
    )


def map_json(snapshot: Snapshot, *, titles: Titles | None = None) -> bytes:
    """Write the system map of a snapshot, with the findings on it, as JSON."""
    return _dump(map_object(snapshot, Places(snapshot), titles))


def map_object(snapshot: Snapshot, places: Places, titles: Titles | None = None) -> Object:
    """Give the system map as plain values, ready for JSON: all that a view of it needs."""
    system: SystemMap = snapshot.map
    titles = titles or Titles()
    belonging = Belonging(system)
    return {
        "version": VERSION,
        "root": snapshot.root,
        "complete": snapshot.complete,
        "components": [
            {**_component(component, places), "title": titles.kind(component.kind), "group": titles.group(component.kind)}
            for component in system.components
        ],
        "relations": [_relation(relation) for relation in system.relations],
        "flows": [_flow(flow, places) for flow in system.flows],
        "boundaries": [{"id": boundary.id, "kind": boundary.kind, "name": boundary.name} for boundary in system.boundaries],
        "findings": [_placed(finding, places, belonging) for finding in snapshot.findings],
        "titles": {"controls": {control: titles.control(control) for control in _controls_named(snapshot)}},
    }


def summary(snapshot: Snapshot) -> Object:
    """Count what was read and found. Silenced (ignored, accepted) findings are counted apart from the others."""
    counts = Counter(finding.severity for finding in snapshot.findings if not silenced(finding))
    return {
        "files": snapshot.listed,
        "analyzed": snapshot.analyzed,
        "components": len(snapshot.map.components),
        "findings": {severity: counts[severity] for severity in SEVERITIES},
        "silenced": sum(map(silenced, snapshot.findings)),
    }


def silenced(finding: Finding) -> bool:
    """Tell whether the team has silenced a finding. A declared control only lowers one."""
    return finding.status in ("ignored", "accepted")


def range_object(found: Range | None) -> Object | None:
    """Give a range as JSON has it: lines and columns from 1, in code points, the end not included."""
    if found is None:
        return None
    return {
        "start": {"line": found.start.line, "column": found.start.column},
        "end": {"line": found.end.line, "column": found.end.column},
    }


def _at(value: Value | None, places: Places) -> Object:
    found = places.range(value)
    return {"file": found.file if found else value.file if value else None, "range": range_object(found)}


def _finding(finding: Finding, places: Places) -> Object:
    return {
        "rule": finding.rule,
        "kind": finding.kind,
        "threat": finding.threat,
        "control": finding.control,
        "controls": list(finding.controls),
        "title": places.masked(finding.title),
        "message": places.masked(finding.message),
        "severity": finding.severity,
        "confidence": finding.confidence,
        "audience": finding.audience,
        "status": finding.status,
        "status_reason": places.masked(finding.status_reason),
        "reason": places.masked(finding.reason),
        "looked": places.masked(finding.looked),
        "fingerprint": finding.fingerprint,
        "path_shape": finding.path_shape,
        **_at(finding.value, places),
        "function": finding.function,
        "component": finding.component,
        "evidence": [_step(step, places) for step in finding.evidence],
        "maps_to": {framework: list(ids) for framework, ids in finding.maps_to},
        "mitigations": [
            {"control": offer.control, "title": places.masked(offer.title), "fix": bool(offer.verb), "apply": offer.apply}
            for offer in finding.mitigations
        ],
    }


def _placed(finding: Finding, places: Places, belonging: Belonging) -> Object:
    """Give a finding with the component that each of its steps belongs to."""
    steps = [{**_step(step, places), "component": belonging.component(step.value)} for step in finding.evidence]
    return {**_finding(finding, places), "evidence": steps}


def _controls_named(snapshot: Snapshot) -> list[str]:
    """List the controls that the map or a finding names."""
    seen = {control.control for component in snapshot.map.components for control in component.controls}
    seen |= {control for finding in snapshot.findings for control in finding.controls}
    seen |= {offer.control for finding in snapshot.findings for offer in finding.mitigations}
    return sorted(seen)


def _step(step: Step, places: Places) -> Object:
    return {"role": step.role, **_at(step.value, places), "note": places.masked(step.note)}


def _component(component: Component, places: Places) -> Object:
    return {
        "id": component.id,
        "kind": component.kind,
        "name": places.masked(component.name),
        **_at(component.value, places),
        "boundary": component.zone,
        "attributes": {name: places.attribute(name, value) for name, value in sorted(component.attributes.items())},
        "capabilities": sorted(component.capabilities),
        "controls": [_control(control, places) for control in component.controls if control.state not in _MISSING],
        "missing_controls": [_control(control, places) for control in component.controls if control.state in _MISSING],
        "confidence": component.confidence,
    }


def _control(control: Control, places: Places) -> Object:
    return {"control": control.control, "state": control.state, **_at(control.value, places), "note": places.masked(control.note)}


def _relation(relation: Relation) -> Object:
    return {"from": relation.source, "to": relation.target, "kind": relation.kind}


def _flow(flow: DataFlow, places: Places) -> Object:
    return {
        "from": flow.source,
        "to": flow.target,
        "data": sorted(flow.data),
        "crosses": list(flow.crosses),
        "evidence": [_at(step, places) for step in flow.steps],
    }


def _problem(problem: Problem, places: Places) -> Object:
    return {"file": problem.file, "kind": problem.kind, "message": places.masked(problem.message)}


def _dump(value: Object) -> bytes:
    return as_bytes(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
