"""docs/coverage.md: which entries of each framework the rules cover, and openly which they do not."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from threatline.knowledge.model import Knowledge
from threatline.knowledge.ontology import FrameworkInfo
from threatline.knowledge.rule import Rule
from threatline.report.titles import counted
from threatline.vocabulary import Severity

WIDTH = 120

_INTRODUCTION = """\
# Coverage

What the rules cover of each framework, and what they do not. This page is generated from `rules/` (`make docs`), and a
test holds it to them.

An entry is covered where a rule names it: a finding of that rule carries the entry's id. It is met *through a control*
where no rule names it, but rules look for a control that is mapped to it; and *in part* where rules cover an entry below
it. All else is a gap. Many of the gaps are work of organizations, or steps that attackers take elsewhere; no repository
shows those, and they are listed all the same.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the entries of one framework stand, each in one of these, in the framework's order.

    `ruled` names the rules, `controlled` the controls, `partly` the covered entries below, `gaps` the known threats that name the entry.
    """

    info: FrameworkInfo
    ruled: dict[str, list[str]]
    controlled: dict[str, list[str]]
    partly: dict[str, list[str]]
    gaps: dict[str, list[str]]


def coverage_page(knowledge: Knowledge) -> str:
    """Write the page (Markdown). Its links are relative to docs/ of the repository."""
    standings = {framework: standing_of(framework, knowledge) for framework in knowledge.frameworks}
    lines = [_INTRODUCTION, *_summary(standings)]
    lines += _threats(knowledge)
    lines += _controls(knowledge)
    ruled = _threats_with_rules(knowledge)
    for framework, standing in standings.items():
        lines += _framework(framework, standing, ruled)
    return "\n".join([*lines, "", *links_of(knowledge.rules)]) + "\n"


def links_of(rules: Sequence[Rule]) -> list[str]:
    """Write where the pages of rules lie, seen from docs/ of the repository: `[id]` in the text links there."""
    return [f"[{rule.id}]: ../rules/threats/{rule.theme}/{rule.id}.md" for rule in rules]


def controls_asked(rule: Rule) -> set[str]:
    """List the controls that a rule looks for, by id; one that it only advises is not among them."""
    return {*rule.without.any, *rule.without.all, *((rule.control,) if rule.control else ())}


def standing_of(framework: str, knowledge: Knowledge) -> Standing:
    """Sort the entries of a framework by how the rules meet them."""
    info = knowledge.frameworks[framework]
    asked = {control for rule in knowledge.rules for control in controls_asked(rule)}
    by_rule, by_control, by_threat = defaultdict(list), defaultdict(list), defaultdict(list)
    for rule in knowledge.rules:
        for name in rule.maps_to.get(framework, ()):
            by_rule[name].append(rule.id)
    for control in sorted(asked):
        for name in knowledge.controls[control].frameworks.get(framework, ()):
            by_control[name].append(control)
    for threat, threat_info in knowledge.threats.items():
        for name in threat_info.maps_to.get(framework, ()):
            by_threat[name].append(threat)
    standing = Standing(info, {}, {}, {}, {})
    for name in info.entries:
        below = [other for other in info.entries if other.startswith(f"{name}.") and other in by_rule]
        if name in by_rule:
            standing.ruled[name] = by_rule[name]
        elif name in by_control:
            standing.controlled[name] = by_control[name]
        elif below:
            standing.partly[name] = below
        else:
            standing.gaps[name] = by_threat[name]
    return standing


def wrapped(text: str, indent: str = "  ") -> list[str]:
    """Break a list item into short lines."""
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _summary(standings: Mapping[str, Standing]) -> Iterator[str]:
    yield "| Framework | Entries | By a rule | Through a control | In part | Gaps |"
    yield "|---|--:|--:|--:|--:|--:|"
    for framework, one in standings.items():
        counts = (len(part) for part in (one.info.entries, one.ruled, one.controlled, one.partly, one.gaps))
        yield f"| [{one.info.title}](#{framework}) | {' | '.join(map(str, counts))} |"


def _threats_with_rules(knowledge: Knowledge) -> set[str]:
    return {rule.threat for rule in knowledge.rules}


def _threats(knowledge: Knowledge) -> Iterator[str]:
    ruled = _threats_with_rules(knowledge)
    yield from ("", "## Threats without a rule", "")
    yield "Threats of `rules/ontology/threats.yaml` that no rule names; those of severity medium and low by their number alone."
    for severity in ("critical", "high"):
        yield from _threats_of(severity, knowledge, ruled)
    for severity in ("medium", "low"):
        known = [threat for threat, info in knowledge.threats.items() if info.severity == severity]
        yield from ("", f"Of severity {severity}: {len(set(known) - ruled)} of {len(known)}.")


def _threats_of(severity: Severity, knowledge: Knowledge, ruled: set[str]) -> Iterator[str]:
    known = [threat for threat, info in knowledge.threats.items() if info.severity == severity]
    open_ = [threat for threat in known if threat not in ruled]
    yield from ("", f"### {severity.capitalize()}: {len(open_)} of {len(known)}", "")
    for threat in open_:
        yield from wrapped(f"- `{threat}`: {knowledge.threats[threat].title}")


def _controls(knowledge: Knowledge) -> Iterator[str]:
    asked = {control for rule in knowledge.rules for control in controls_asked(rule)}
    advised = {mitigation.control for rule in knowledge.rules for mitigation in rule.mitigations}
    core = [control for control, info in knowledge.controls.items() if info.tier == "core"]
    unasked = [control for control in core if control not in asked]
    yield from ("", "## Core controls that no rule asks for", "", f"{len(unasked)} of {len(core)}:", "")
    for control in unasked:
        yield from wrapped(f"- `{control}`: {knowledge.controls[control].title}{' (rules advise it)' if control in advised else ''}")


def _framework(framework: str, standing: Standing, ruled: set[str]) -> Iterator[str]:
    info = standing.info
    yield from ("", f'<a id="{framework}"></a>', "", f"## {info.title}", "", f"Edition {info.edition}; <{info.link}>.")
    yield from _heading("By a rule", standing.ruled)
    for name, rules in standing.ruled.items():
        yield from wrapped(f"- **{name}** {info.entries[name].name}: {counted(len(rules), 'rule')}")
        yield from wrapped("  " + ", ".join(f"[{rule}]" for rule in rules))
    yield from _heading("Through a control", standing.controlled)
    for name, controls in standing.controlled.items():
        yield from wrapped(f"- **{name}** {info.entries[name].name}: {_quoted(controls)}")
    yield from _heading("In part", standing.partly)
    for name, below in standing.partly.items():
        yield from wrapped(f"- **{name}** {info.entries[name].name}: by {', '.join(below)}")
    yield from _heading("Gaps", standing.gaps)
    for name, threats in standing.gaps.items():
        yield from wrapped(f"- **{name}** {info.entries[name].name}{_known(threats, ruled)}")


def _heading(title: str, entries: Mapping[str, list[str]]) -> Iterator[str]:
    if entries:
        yield from ("", f"### {title} ({len(entries)})", "")


def _known(threats: list[str], ruled: set[str]) -> str:
    """Say which known threats name an entry, those without a rule apart from those whose rules leave the entry out."""
    without = [threat for threat in threats if threat not in ruled]
    within = [threat for threat in threats if threat in ruled]
    told = f"; known as {_quoted(without)}, without a rule" if without else ""
    return told + (f"; known as {_quoted(within)}, whose rules do not name it" if within else "")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
