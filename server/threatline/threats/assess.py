"""Rules over a map and its flows: findings, each rule on its own, a failing rule named and the others going on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from threatline.flows.tracing import Tracer
from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Rule
from threatline.source.file import Problem
from threatline.system.build import Built
from threatline.threats.component_rules import ComponentRules
from threatline.threats.drafting import Material, draft
from threatline.threats.finding import Finding
from threatline.threats.flow_rules import FlowRules
from threatline.threats.identity import number_equals
from threatline.threats.selecting import Selecting


@dataclass(frozen=True, slots=True)
class Assessed:
    """Findings in the rules' order, and what went wrong."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


def assess(built: Built, tracer: Tracer, knowledge: Knowledge, test_paths: tuple[str, ...] = (),
           cancelled: Callable[[], bool] = lambda: False) -> Assessed:  # fmt: skip
    """Judge every rule. Never raises on user code: a rule that fails becomes a problem."""
    selecting = Selecting(built, tracer, knowledge)
    flow, component = FlowRules(selecting, knowledge), ComponentRules(selecting, knowledge)
    findings: list[Finding] = []
    problems: list[Problem] = []
    for rule in knowledge.rules:
        if cancelled():
            break
        try:
            material = list(_judge(rule, flow, component))
        except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others
            problems.append(Problem("", "rule-failed", f"rule {rule.id} failed: {type(error).__name__}: {error}"))
            continue
        findings += [draft(rule, knowledge, item, test_paths) for item in _once(rule, material)]
    return Assessed(tuple(number_equals(findings)), tuple(problems))


def _once(rule: Rule, material: Iterable[Material]) -> Iterable[Material]:
    """Keep the first finding of each component, function, file or workspace where the rule asks for one."""
    seen: set[tuple[str, ...]] = set()
    for item in material:
        value = item.value
        keys = {"component": (item.component,), "function": (value.file, value.definition), "file": (value.file,), "workspace": ()}
        key = keys.get(rule.once_per, (value.file, value.definition, str(value.ordinal), *item.identity))
        if key not in seen:
            seen.add(key)
            yield item


def _judge(rule: Rule, flow: FlowRules, component: ComponentRules) -> Iterable[Material]:
    return flow.judge(rule) if rule.sentence == "flow" else component.judge(rule)
