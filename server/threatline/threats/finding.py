"""Findings: a threat or a missing control at a place, with its evidence.

Positions are unknown here; the Snapshot turns values into spans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from threatline.system.model import Value
from threatline.vocabulary import Audience, Confidence, FindingKind, Severity, Status


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of evidence. `note` says in a few words what happens there."""

    role: Literal["source", "step", "sink", "component", "control", "place"]
    value: Value
    note: str


@dataclass(frozen=True, slots=True)
class MitigationOffer:
    """Advice for this finding: the control, a title, and the verb and place of its text edit where there is one (`verb` "" for none).

    `also` are further places at which the same must be written for the control to hold.
    """

    control: str
    title: str
    verb: str
    at: Value | None
    apply: Literal["safe", "review", "none"]
    also: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding.

    `value` is where it is shown. `controls` are the controls that were looked for and are absent, `looked` says where they were looked
    for. `reason` tells why severity or confidence differ from the rule's. `fingerprint` and `path_shape` are as in the fixed interface.
    """

    rule: str
    kind: FindingKind
    threat: str
    control: str | None
    controls: tuple[str, ...]
    title: str
    message: str
    severity: Severity
    confidence: Confidence
    audience: Audience
    value: Value
    function: str
    component: str
    evidence: tuple[Step, ...]
    maps_to: tuple[tuple[str, tuple[str, ...]], ...]
    mitigations: tuple[MitigationOffer, ...]
    fingerprint: str
    path_shape: str
    looked: str = ""
    reason: str = ""
    status: Status = "open"
    status_reason: str = ""
