"""The lists beside the rules hold together: each id means one thing, and every list knows the others' words."""

from __future__ import annotations

import re

import pytest

from threatline import vocabulary
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()


def test_every_kind_of_component_is_told():
    assert set(KNOWLEDGE.components) == set(vocabulary.COMPONENT_KINDS)


def test_layers_of_components_are_layers_of_maestro():
    assert {info.maestro for info in KNOWLEDGE.components.values()} <= set(KNOWLEDGE.frameworks["maestro"].entries)


def test_every_control_says_how_to_add_it():
    assert len(KNOWLEDGE.controls) == 104
    assert [key for key, control in KNOWLEDGE.controls.items() if not control.how.endswith((".", ")."))] == []


def test_every_control_that_a_rule_offers_is_against_its_threat_or_asked_for():
    for rule in KNOWLEDGE.rules:
        asked = {*rule.without.any, *rule.without.all, *KNOWLEDGE.threats[rule.threat].controls, rule.control}
        assert {mitigation.control for mitigation in rule.mitigations} <= asked, rule.id


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=lambda rule: rule.id)
def test_rule_reads_well(rule):
    assert 2 <= len(rule.id.split("-")) <= 5
    assert set(re.findall(r"\{(\w+)\}", rule.message)) <= {"source", "sink", "component", "function", "controls", "holds"}
    assert rule.mitigations
    assert rule.maps_to
    if rule.control:
        assert rule.control in {*rule.without.any, *rule.without.all}


def test_editions_stand_with_ids_that_are_renumbered():
    assert all(re.fullmatch(r"LLM\d\d:20(25|26)", key) for key in KNOWLEDGE.frameworks["owasp_llm"].entries)
    assert all(re.fullmatch(r"ASI\d\d:2026|T\d+", key) for key in KNOWLEDGE.frameworks["owasp_agentic"].entries)
