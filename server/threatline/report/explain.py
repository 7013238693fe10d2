"""Answers of `threatline explain`: the page of a rule, the whole proof of a finding, what a framework's id or a control means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from threatline.analysis.snapshot import Snapshot
from threatline.knowledge.model import Knowledge
from threatline.knowledge.ontology import FrameworkEntry, FrameworkInfo
from threatline.knowledge.rule import Rule
from threatline.report.ink import PLAIN_WIDTH, SEVERITY_INK, SEVERITY_STYLES, Ink
from threatline.report.places import Places
from threatline.report.text import SHORT, FindingPage
from threatline.report.titles import counted, titles_of
from threatline.threats.finding import Finding


def rule_text(rule: Rule, page: str, knowledge: Knowledge, *, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write a rule: what it says, its page (Markdown), and what it maps to."""
    ink = Ink(width=width, color=color)
    ink.line((f" {rule.severity.upper()} ", SEVERITY_STYLES[rule.severity]), " ", (rule.title, "bold"), (f"  [{rule.id}]", "dim"))
    ink.line((f"{rule.sentence} rule for the {rule.audience}; {rule.confidence} confidence", "dim"), indent=2)
    ink.blank()
    ink.markdown(page)
    ink.blank()
    titles = titles_of(knowledge)
    wanted = (*rule.without.any, *rule.without.all) or ((rule.control,) if rule.control else ())
    for control in wanted:
        ink.labelled("Control", titles.control(control), (f" ({control})", "dim"))
    for framework, ids in sorted(rule.maps_to.items()):
        info = knowledge.frameworks.get(framework)
        for name in ids:
            entry = info.entries.get(name) if info else None
            ink.labelled("Known as", name, (f"  {entry.name}" if entry else "", ""), (f"  {info.title}" if info else "", "dim"))
    return ink.written()


def finding_text(finding: Finding, snapshot: Snapshot, knowledge: Knowledge, *, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write the whole proof of a finding: every step, every control looked for, what its ids mean, and how to know it again."""
    ink = Ink(width=width, color=color)
    page = FindingPage(snapshot, ink, titles_of(knowledge))
    page.component(finding.component, finding)
    page.finding(finding, whole=True)
    rule = knowledge.rule(finding.rule)
    if rule is not None and (rule.severity, rule.confidence) != (finding.severity, finding.confidence):
        ink.labelled("Rule says", f"{rule.severity} severity, {rule.confidence} confidence", indent=2)
    threat = knowledge.threats.get(finding.threat)
    if threat is not None:
        ink.labelled("Threat", f"{threat.title} ", (f"({finding.threat})", "dim"), indent=2)
        ink.labelled("", threat.why, indent=2)
    for control in finding.controls:
        info = knowledge.controls.get(control)
        if info is not None:
            ink.labelled("Control", info.title, (f" ({control})", "dim"), indent=2)
            ink.labelled("", f"Counts {info.where}. {info.how}" if info.where else info.how, indent=2)
    column = max([16, *(len(name) + 2 for _, ids in finding.maps_to for name in ids)])
    for framework, ids in finding.maps_to:
        known = knowledge.frameworks.get(framework)
        for name in ids:
            entry = known.entries.get(name) if known else None
            ink.labelled(name, entry.name if entry else "", (f"  {known.title}" if known else "", "dim"), indent=2, column=column)
    ink.blank()
    ink.labelled("Fingerprint", finding.fingerprint, indent=2, column=16)
    ink.labelled("Path shape", finding.path_shape, indent=2, column=16)
    ink.labelled("Rule", f"threatline explain {finding.rule}", indent=2, column=16)
    return ink.written()


def framework_entries(word: str, knowledge: Knowledge) -> list[tuple[str, str]]:
    """Find the framework entries (framework, id) that a word names, whatever its case; without an edition it names every edition's."""
    asked = word.casefold()
    found = [(framework, name) for framework, info in sorted(knowledge.frameworks.items()) for name in info.entries]
    exact = [(framework, name) for framework, name in found if name.casefold() == asked]
    return exact or [(framework, name) for framework, name in found if name.casefold().partition(":")[0] == asked]


def framework_text(
    framework: str, name: str, knowledge: Knowledge, snapshot: Snapshot | None, *, width: int = PLAIN_WIDTH, color: bool = False
) -> str:
    """Write what an official id means: its name, edition and link, the rules that map to it, and the findings here."""
    info: FrameworkInfo = knowledge.frameworks[framework]
    entry: FrameworkEntry = info.entries[name]
    ink = Ink(width=width, color=color)
    ink.line((name, "bold"), "  ", (entry.name, "bold"))
    ink.line((f"{info.title}, {info.edition}", "dim"), indent=2)
    ink.line((entry.link or info.link, "underline"), indent=2)
    if entry.text:
        ink.blank()
        ink.paragraph(entry.text, indent=2)
    ink.blank()
    rules = [rule for rule in knowledge.rules if name in rule.maps_to.get(framework, ())]
    ink.line((counted(len(rules), "rule"), "bold"), " mapped to it")
    for rule in rules:
        ink.line((f"{rule.severity:<9}", SEVERITY_INK[rule.severity]), rule.id, (f"  {rule.title}", "dim"), indent=2)
    controls = [(control, info) for control, info in sorted(knowledge.controls.items()) if name in info.frameworks.get(framework, ())]
    if controls:
        ink.blank()
        ink.line((counted(len(controls), "control"), "bold"), " mapped to it")
        for control, control_info in controls:
            ink.line(control, (f"  {control_info.title}", "dim"), indent=2)
    if snapshot is not None:
        ink.blank()
        _findings_here(ink, snapshot, [f for f in snapshot.findings if name in dict(f.maps_to).get(framework, ())])
    return ink.written()


def control_text(control: str, knowledge: Knowledge, *, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write what a control is, where it counts, how it is added, and which rules look for it."""
    info = knowledge.controls[control]
    ink = Ink(width=width, color=color)
    ink.line((info.title, "bold"), (f"  [{control}]", "dim"))
    ink.blank()
    for label, text in (("Counts", info.where), ("How", info.how), ("Needless", info.needless)):
        if text:
            ink.labelled(label, text, indent=2)
    for framework, ids in sorted(info.frameworks.items()):
        ink.labelled("Known as", ", ".join(ids), (f"  {framework}", "dim"), indent=2)
    ink.blank()
    rules = [rule for rule in knowledge.rules if control in _controls_of(rule)]
    ink.line((counted(len(rules), "rule"), "bold"), " looking for it")
    for rule in rules:
        ink.line(rule.id, (f"  {rule.title}", "dim"), indent=2)
    return ink.written()


def by_fingerprint(snapshot: Snapshot, start: str) -> list[Finding]:
    """Find the findings whose fingerprint starts so."""
    return [finding for finding in snapshot.findings if finding.fingerprint.startswith(start)]


def _controls_of(rule: Rule) -> Iterator[str]:
    yield from rule.without.any
    yield from rule.without.all
    if rule.control:
        yield rule.control


def _findings_here(ink: Ink, snapshot: Snapshot, findings: list[Finding]) -> None:
    ink.line((counted(len(findings), "finding"), "bold"), " here")
    places = Places(snapshot)
    for finding in findings:
        found = places.range(finding.value)
        where = f"{finding.value.file}:{found.start.line}" if found else finding.value.file
        status = "" if finding.status == "open" else f" ({finding.status})"
        known = (f"  {finding.fingerprint[:SHORT]}", "dim")
        ink.line(
            (f"{finding.severity:<9}", SEVERITY_INK[finding.severity]), (where, "underline"), f"  {finding.rule}{status}", known, indent=2
        )


def rules_text(rules: Sequence[Rule], *, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write a list of rules: severity, id and title, by theme."""
    ink = Ink(width=width, color=color)
    column = max((len(rule.id) for rule in rules), default=0) + 2
    for theme, members in groupby(sorted(rules, key=lambda rule: (rule.theme, rule.id)), key=lambda rule: rule.theme):
        ink.line((theme, "bold"))
        for rule in members:
            ink.line((f"{rule.severity:<9}", SEVERITY_INK[rule.severity]), f"{rule.id:<{column}}", (rule.title, "dim"), indent=2)
    ink.line((counted(len(rules), "rule"), "bold"))
    return ink.written()
