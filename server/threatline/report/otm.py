"""`map --format otm`: the system map as an Open Threat Model 0.2.0, for tools that draw and keep threat models.

Components lie in trust zones; data flows carry kinds of data as assets; each finding is a threat at its component, with the controls that
would be against it. Ratings are the format's, from 0 to 100; ours are steps, so they are round. The same snapshot gives the same bytes.
"""

from __future__ import annotations

import json
import posixpath
from typing import Any, Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.addresses import rule_page
from threatline.report.escaping import as_bytes, on_one_line
from threatline.report.map_text import zone_order
from threatline.report.places import Places
from threatline.report.titles import Titles, spaced
from threatline.system.model import Component, Control, DataFlow, Relation, TrustBoundary
from threatline.threats.finding import Finding
from threatline.vocabulary import DATA_KINDS, Confidence, Severity

VERSION: Final = "0.2.0"

Object = dict[str, Any]

_CODE: Final = "code"
_IMPACT: Final[dict[Severity, int]] = {"critical": 100, "high": 75, "medium": 50, "low": 25, "info": 5}
_LIKELIHOOD: Final[dict[Confidence, int]] = {"high": 75, "medium": 50, "low": 25}
_STATES: Final = {"open": "exposed", "declared": "partly-mitigated", "ignored": "not-applicable", "accepted": "accepted"}
_CONTROL_STATES: Final = {
    "present": "implemented",
    "declared": "implemented",
    "weak": "partly-implemented",
    "fails-open": "partly-implemented",
}
_TRUST: Final = {
    "untrusted": 0, "untrusted-input": 5, "external": 10, "user-facing": 15, "third-party-edge": 30, "third-party": 40, "sandbox": 40,
    "application-edge": 50, "developer-workstation": 60, "ci": 60, "self-hosted": 70, "cloud": 70, "ml-platform": 75, "application": 80,
    "platform": 85, "host": 90,
}  # fmt: skip
"""How far a zone is trusted; 50 for one that a project declares itself."""

_WORTH: Final = {"secret": (100, 100, 75), "private-data": (100, 75, 50), "stored-data": (75, 75, 75), "remembered": (50, 75, 50)}
"""Confidentiality, integrity and availability of kinds of data; the others are 25, 50, 25."""

_REDUCTION: Final = 80
"""How much a control that is in place takes away. The format asks for a number; none is measured."""


def map_otm(snapshot: Snapshot, *, titles: Titles | None = None) -> bytes:
    """Write the system map of a snapshot, with its findings, as an Open Threat Model."""
    return as_bytes(json.dumps(_Model(snapshot, titles or Titles()).written(), ensure_ascii=False, indent=2) + "\n")


class _Model:
    def __init__(self, snapshot: Snapshot, titles: Titles) -> None:
        self._snapshot = snapshot
        self._titles = titles
        self._places = Places(snapshot)
        self._map = snapshot.map
        self._names = {component.id: self._text(component.name) for component in snapshot.map.components}

    def written(self) -> Object:
        return {
            "otmVersion": VERSION,
            "project": self._project(),
            "representations": [{"name": "Source code", "id": _CODE, "type": "code"}],
            "assets": [self._asset(data) for data in self._data()],
            "trustZones": [self._zone(zone) for zone in self._zones()],
            "components": [self._component(component) for component in self._map.components],
            "dataflows": [*map(self._flow, self._map.flows), *map(self._relation, self._map.relations)],
            "threats": [self._threat(finding) for finding in self._snapshot.findings],
            "mitigations": [self._mitigation(control) for control in self._controls()],
        }

    def _project(self) -> Object:
        name = posixpath.basename(self._snapshot.root.replace("\\", "/").rstrip("/"))
        name = self._text(name) if name not in ("", ".", "..") else "system"
        about = {"revision": self._snapshot.revision, "rulesDigest": self._snapshot.rules_digest, "complete": self._snapshot.complete}
        return {"name": name, "id": name, "attributes": about}

    def _data(self) -> list[str]:
        return sorted({data for flow in self._map.flows for data in flow.data})

    def _asset(self, data: str) -> Object:
        confidentiality, integrity, availability = _WORTH.get(data, (25, 50, 25))
        risk = {"confidentiality": confidentiality, "integrity": integrity, "availability": availability}
        return {"name": spaced(data), "id": data, "description": DATA_KINDS.get(data, ""), "risk": risk}

    def _zones(self) -> list[TrustBoundary]:
        """List the zones that hold components, also those that the map names no boundary for."""
        known = {boundary.id: boundary for boundary in self._map.boundaries}
        held = {component.zone for component in self._map.components}
        return [known.get(zone) or TrustBoundary(zone, zone, spaced(zone)) for zone in sorted(held | known.keys(), key=zone_order)]

    def _zone(self, zone: TrustBoundary) -> Object:
        rating = {"trustRating": _TRUST.get(zone.kind, 50)}
        return {"id": self._text(zone.id), "name": self._text(zone.name), "type": self._text(zone.kind), "risk": rating}

    def _component(self, component: Component) -> Object:
        found = self._places.range(component.value)
        place: Object = {"representation": _CODE, "id": f"{self._text(component.id)}@code", "file": self._text(component.value.file)}
        if found:
            place |= {"line": found.start.line, "codeSnippet": self._text(self._places.line(found.file, found.start.line).strip())}
        findings = [finding for finding in self._snapshot.findings if finding.component == component.id]
        attributes = {self._text(key): self._value(key, value) for key, value in sorted(component.attributes.items())}
        return {
            "id": self._text(component.id),
            "name": self._names[component.id],
            "type": component.kind,
            "description": self._titles.kind(component.kind),
            "parent": {"trustZone": self._text(component.zone)},
            "representations": [place],
            "threats": [self._instance(finding, component) for finding in findings],
            "tags": [self._titles.group(component.kind), *sorted(component.capabilities)],
            "attributes": {**attributes, "confidence": component.confidence, "controls": self._controls_at(component)},
        }

    def _controls_at(self, component: Component) -> list[str]:
        return sorted({f"{control.control} ({control.state})" for control in component.controls})

    def _instance(self, finding: Finding, component: Component) -> Object:
        """Say how a threat stands at its component: what is missing is recommended, what is there is implemented."""
        seen: dict[str, Control] = {control.control: control for control in component.controls}
        mitigations = []
        for control in _against(finding):
            state = "recommended" if control in finding.controls or control not in seen else seen[control].state
            mitigations.append({"mitigation": control, "state": _CONTROL_STATES.get(state, "recommended")})
        return {"threat": self._text(finding.fingerprint), "state": _STATES[finding.status], "mitigations": mitigations}

    def _flow(self, flow: DataFlow) -> Object:
        return {
            "id": f"flow:{self._text(flow.source)}>{self._text(flow.target)}:{','.join(sorted(flow.data))}",
            "name": f"{self._named(flow.source)} to {self._named(flow.target)}: {', '.join(map(spaced, sorted(flow.data))) or 'data'}",
            "source": self._text(flow.source),
            "destination": self._text(flow.target),
            "assets": sorted(flow.data),
            "tags": [f"crosses {self._text(crossing)}" for crossing in flow.crosses],
        }

    def _relation(self, relation: Relation) -> Object:
        return {
            "id": f"relation:{self._text(relation.source)}>{self._text(relation.target)}:{relation.kind}",
            "name": f"{self._named(relation.source)} {spaced(relation.kind)} {self._named(relation.target)}",
            "source": self._text(relation.source),
            "destination": self._text(relation.target),
            "tags": ["relation", relation.kind],
        }

    def _threat(self, finding: Finding) -> Object:
        found = self._places.range(finding.value)
        known = dict(finding.maps_to)
        risk = {"likelihood": _LIKELIHOOD[finding.confidence], "likelihoodComment": f"{finding.confidence} confidence of the analysis"}
        return {
            "id": self._text(finding.fingerprint),
            "name": self._text(finding.title),
            "description": self._text(finding.message),
            "categories": [spaced(category).capitalize() for category in known.get("stride", ())],
            "cwes": list(known.get("cwe", ())),
            "risk": {**risk, "impact": _IMPACT[finding.severity], "impactComment": f"{finding.severity} severity"},
            "tags": [name for _, ids in finding.maps_to for name in ids],
            "attributes": {
                "rule": finding.rule,
                "rulePage": rule_page(finding.rule),
                "kind": finding.kind,
                "threat": finding.threat,
                "severity": finding.severity,
                "status": finding.status,
                "file": self._text(finding.value.file),
                "line": found.start.line if found else None,
                "pathShape": finding.path_shape,
                **({"statusReason": self._text(finding.status_reason)} if finding.status_reason else {}),
            },
        }

    def _controls(self) -> list[str]:
        return sorted({control for finding in self._snapshot.findings for control in _against(finding)})

    def _mitigation(self, control: str) -> Object:
        return {"id": control, "name": self._titles.control(control), "riskReduction": _REDUCTION}

    def _named(self, component_id: str) -> str:
        return self._names.get(component_id) or self._text(component_id)

    def _value(self, name: str, value: str | float | bool | None) -> str | float | bool | None:
        shown = self._places.attribute(name, value)
        return self._text(shown) if isinstance(shown, str) else shown

    def _text(self, text: str) -> str:
        return on_one_line(self._places.masked(text))


def _against(finding: Finding) -> list[str]:
    """List the controls that would be against a finding, each once."""
    return list(dict.fromkeys([*finding.controls, *(offer.control for offer in finding.mitigations if offer.control)]))
