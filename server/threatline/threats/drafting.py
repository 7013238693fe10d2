"""Making a finding of a rule and its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Mitigation, Rule
from threatline.system.model import Value
from threatline.threats.finding import Finding, MitigationOffer, Step
from threatline.threats.identity import fingerprint, path_shape
from threatline.threats.wording import control_titles
from threatline.threats.zones import lowered
from threatline.vocabulary import Confidence, FindingKind

PROVING = frozenset({"source", "step", "sink"})
"""Roles of the steps that make a path what it is; the others tell what stands beside it."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a sentence found: everything that differs from finding to finding of one rule. `unfit` verbs cannot mend it here.

    `tools` are where the tools are made through which the rule's effects come about.
    """

    value: Value
    component: str
    words: dict[str, str]
    evidence: tuple[Step, ...]
    controls: tuple[str, ...]
    sink: Value | None = None
    source: Value | None = None
    handler: Value | None = None
    confidence: Confidence | None = None
    looked: str = ""
    reason: str = ""
    identity: tuple[str, ...] = ()
    declared: bool = False
    unfit: frozenset[str] = frozenset()
    tools: tuple[Value, ...] = ()


def draft(rule: Rule, knowledge: Knowledge, material: Material, test_paths: tuple[str, ...]) -> Finding:
    """Make the finding. Files of tests, examples, documentation and other people's code lower it, with the reason stated."""
    kind: FindingKind = "missing-control" if rule.control else "threat"
    words = {"controls": control_titles(knowledge, material.controls), **material.words}
    severity, reason = lowered(material.value.file, rule.severity, test_paths)
    if material.declared:
        severity, reason = "info", "declared, not seen"
    value = material.value
    # A component's id says where it is. Which of its places is shown first changes with every control that is put in.
    place = (value.file, value.definition) if rule.sentence == "flow" else ()
    return Finding(
        rule=rule.id, kind=kind, threat=rule.threat, control=rule.control, controls=material.controls, title=rule.title,
        message=_fill(rule.message, words), severity=severity, confidence=material.confidence or rule.confidence, audience=rule.audience,
        value=value, function=value.definition, component=material.component, evidence=material.evidence,
        maps_to=tuple(sorted((name, tuple(ids)) for name, ids in rule.maps_to.items())),
        mitigations=tuple(_offer(rule, m, material) for m in rule.mitigations),
        fingerprint=fingerprint(rule.id, *place, *material.identity),
        path_shape=path_shape((step.value.file, step.value.definition) for step in material.evidence if step.role in PROVING or not place),
        looked=material.looked, reason=material.reason or reason, status="declared" if material.declared else "open",
    )  # fmt: skip


def _fill(message: str, words: dict[str, str]) -> str:
    for name, text in words.items():
        message = message.replace("{" + name + "}", text)
    return " ".join(message.split())


def _offer(rule: Rule, mitigation: Mitigation, material: Material) -> MitigationOffer:
    first, *also = material.tools or (None,)
    places = {"sink": material.sink, "source": material.source, "component": material.value, "handler": material.handler, "tools": first}
    at = places[mitigation.at]
    # Where each of several controls is asked for, the ones that are there need no fix.
    there = mitigation.control in rule.without.all and mitigation.control not in material.controls
    verb = mitigation.fix if mitigation.fix and mitigation.fix not in material.unfit and not there else ""
    if not verb or at is None:
        return MitigationOffer(mitigation.control, mitigation.title, "", at, "none")
    further = tuple(value for value in also if value is not None) if mitigation.at == "tools" else ()
    return MitigationOffer(mitigation.control, mitigation.title, verb, at, mitigation.apply, further)
