"""Findings as people read them: by component, each with its place in the source, the evidence, what was looked for, and the fix."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from threatline.analysis.snapshot import Snapshot
from threatline.report.frames import frame
from threatline.report.ink import PLAIN_WIDTH, SEVERITY_INK, SEVERITY_STYLES, Ink, Part
from threatline.report.json import silenced
from threatline.report.places import Places, Range
from threatline.report.titles import Titles, counted
from threatline.threats.finding import Finding, MitigationOffer, Step
from threatline.vocabulary import CONFIDENCES, SEVERITIES

SHORT: Final = 12
"""Characters of a fingerprint that are shown; `explain` takes any unambiguous start."""

_BEST_KNOWN: Final = ("owasp_llm", "owasp_agentic", "cwe", "atlas")
"""Frameworks whose ids people know by heart; `explain` names the others too."""

_FIXES: Final = {"safe": "safe fix, --fix applies it", "review": "fix to review in the editor", "none": ""}
_MOST_STEPS: Final = 7
_MOST_ASIDE: Final = 20


def check_text(snapshot: Snapshot, *, titles: Titles | None = None, width: int = PLAIN_WIDTH, color: bool = False) -> str:
    """Write the findings of a snapshot for a terminal or a file."""
    ink = Ink(width=width, color=color)
    page = FindingPage(snapshot, ink, titles or Titles())
    told = [finding for finding in snapshot.findings if finding.status == "open"]
    for component, findings in _by_component(told):
        page.component(component, findings[0])
        for finding in findings:
            page.finding(finding)
    page.aside("Lowered by a control that is declared, not seen", [f for f in snapshot.findings if f.status == "declared"])
    page.aside("Silenced", [f for f in snapshot.findings if silenced(f)])
    page.problems()
    page.summary()
    return ink.written()


def severity_order(finding: Finding) -> tuple[int, int]:
    """Order findings from worst and surest."""
    return SEVERITIES.index(finding.severity), CONFIDENCES.index(finding.confidence)


def where_looked(finding: Finding, titles: Titles) -> str:
    """Say where the controls were looked for; not once more which ones."""
    return finding.looked.removesuffix(f": {', '.join(map(titles.control, finding.controls))}")


def _by_component(findings: list[Finding]) -> list[tuple[str, list[Finding]]]:
    """Group findings by component (by file, where they have none), the group with the worst one first. Keeps the order in a file."""
    places = {id(finding): index for index, finding in enumerate(findings)}

    def group(finding: Finding) -> tuple[str, str]:
        return finding.component, "" if finding.component else finding.value.file

    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(group(finding), []).append(finding)
    for members in groups.values():
        members.sort(key=lambda finding: (severity_order(finding), places[id(finding)]))
    ordered = sorted(groups.items(), key=lambda item: (severity_order(item[1][0]), places[id(item[1][0])]))
    return [(component, members) for (component, _), members in ordered]


class FindingPage:
    """Writes findings of one snapshot with one pen."""

    def __init__(self, snapshot: Snapshot, ink: Ink, titles: Titles) -> None:
        self._snapshot = snapshot
        self._ink = ink
        self._titles = titles
        self._places = Places(snapshot)

    def component(self, component_id: str, first: Finding) -> None:
        """Head the findings of one component."""
        component = self._snapshot.component(component_id) if component_id else None
        if component is None:
            self._ink.rule((first.value.file, "bold"))
        else:
            where = _where(self._places.range(component.value), component.value.file)
            name = self._places.masked(component.name)
            self._ink.rule((name, "bold"), f"  {self._titles.kind(component.kind)}", (f"  {where}", "dim"))
        self._ink.blank()

    def finding(self, finding: Finding, *, whole: bool = False) -> None:
        """Write one finding; `whole` leaves out no step."""
        ink, found = self._ink, self._places.range(finding.value)
        style = SEVERITY_STYLES[finding.severity]
        title = self._places.masked(finding.title)
        ink.line((f" {finding.severity.upper()} ", style), " ", (title, "bold"), (f"  [{finding.rule}]", "dim"))
        function = f" in {finding.function}" if finding.function and not finding.function.startswith("<") else ""
        ink.line((_where(found, finding.value.file, column=True), "underline"), (function, ""), indent=2)
        lines = frame(self._places, found, width=ink.width - 10) if found else []
        if found:
            ink.blank()
            ink.frame(lines, indent=2, style=SEVERITY_INK[finding.severity])
        ink.blank()
        ink.paragraph(self._places.masked(finding.message), indent=2)
        self._evidence(finding, {f"{finding.value.file}:{line.number}" for line in lines}, whole=whole)
        self._details(finding, whole=whole)
        ink.blank()

    def aside(self, title: str, findings: list[Finding]) -> None:
        """Write findings in short, a line each with its reason."""
        if not findings:
            return
        self._ink.rule((f"{title} ({len(findings)})", "bold"))
        self._ink.blank()
        for finding in findings[:_MOST_ASIDE]:
            where = _where(self._places.range(finding.value), finding.value.file)
            status = "" if finding.status in ("open", "declared") else f"{finding.status}  "
            style = SEVERITY_INK[finding.severity]
            self._ink.line((f"{finding.severity:<8} ", style), f"{status}{finding.rule}  ", (where, "underline"), indent=2)
            reason = finding.status_reason or finding.reason
            if reason:
                self._ink.paragraph(self._places.masked(reason), indent=11, style="dim")
        if len(findings) > _MOST_ASIDE:
            self._ink.line(f"and {len(findings) - _MOST_ASIDE} more; --format json lists them all", indent=2)
        self._ink.blank()

    def problems(self) -> None:
        """Write what could not be read or done. Faults in rules and in the design file are said elsewhere, on standard error."""
        problems = [problem for problem in self._snapshot.problems if problem.kind not in ("knowledge", "design")]
        if not problems:
            return
        self._ink.rule((f"Problems ({len(problems)})", "bold"))
        self._ink.blank()
        for problem in problems[:_MOST_ASIDE]:
            at = f"{problem.file}  " if problem.file else ""
            self._ink.line((f"{problem.kind}  ", "yellow"), at, self._places.masked(problem.message), indent=2)
        if len(problems) > _MOST_ASIDE:
            self._ink.line(f"and {len(problems) - _MOST_ASIDE} more; --format json lists them all", indent=2)
        self._ink.blank()

    def summary(self) -> None:
        """Write the last lines: how many of each, and how much was read."""
        snapshot = self._snapshot
        told = [finding for finding in snapshot.findings if not silenced(finding)]
        parts: list[Part] = [(counted(len(told), "finding") if told else "No findings", "bold" if told else "bold green")]
        for severity, members in groupby(sorted(told, key=severity_order), key=lambda finding: finding.severity):
            parts += [": " if len(parts) == 1 else ", ", (f"{len(list(members))} {severity}", SEVERITY_STYLES[severity])]
        hushed = len(snapshot.findings) - len(told)
        parts += [f"; {hushed} silenced"] if hushed else []
        self._ink.line(*parts)
        components = counted(len(snapshot.map.components), "component")
        self._ink.line(f"{counted(snapshot.listed, 'file')}, {snapshot.analyzed} analyzed; {components}")
        if not snapshot.complete:
            self._ink.line(("The analysis could not be completed: there may be more findings than these.", "bold yellow"))

    def _evidence(self, finding: Finding, seen: set[str], *, whole: bool) -> None:
        """Write the steps; source lines that stand in the frame already (`seen`) are not written again."""
        steps = list(dict.fromkeys(finding.evidence))
        if not steps or (len(steps) == 1 and steps[0].value == finding.value):
            return
        self._ink.blank()
        roles = {step.role for step in steps}
        self._ink.line(("Path" if {"source", "sink"} <= roles else "Evidence", "bold"), indent=2)
        left_out = 0 if whole else max(0, len(steps) - _MOST_STEPS)
        cut = len(steps) if not left_out else _MOST_STEPS // 2 + 1
        for step in steps[:cut]:
            self._step(step, seen)
        if left_out:
            more = f"… {counted(left_out, 'more step')}; threatline explain {finding.fingerprint[:SHORT]} shows all"
            self._ink.line((more, "dim"), indent=4)
        for step in steps[cut + left_out :]:
            self._step(step, seen)

    def _step(self, step: Step, seen: set[str]) -> None:
        """Write one step and, unless it has been written, its source line."""
        found = self._places.range(step.value)
        where = _where(found, step.value.file)
        self._ink.line((f"{step.role:<9} ", "cyan"), (where, "underline"), f"  {self._places.masked(step.note)}", indent=4)
        if found and where not in seen:
            self._ink.code(self._places.line(found.file, found.start.line), indent=14)
        seen.add(where)

    def _details(self, finding: Finding, *, whole: bool) -> None:
        ink = self._ink
        ink.blank()
        for number, control in enumerate(finding.controls):
            ink.labelled("" if number else "Not found", *self._control(control), indent=2)
        looked = where_looked(finding, self._titles)
        if looked:
            ink.labelled("Looked", self._places.masked(looked), indent=2)
        for number, offer in enumerate(finding.mitigations):
            ink.labelled("" if number else "Fix", *self._offer(offer), indent=2)
        if finding.reason:
            ink.labelled("Note", self._places.masked(finding.reason), indent=2)
        if finding.status_reason:
            ink.labelled(finding.status.capitalize(), self._places.masked(finding.status_reason), indent=2)
        known = dict(finding.maps_to)
        frameworks = sorted(known) if whole else _BEST_KNOWN
        names = [name for framework in frameworks for name in known.get(framework, ())]
        if names:
            ink.labelled("Known as", (", ".join(names), "dim"), indent=2)
        sure = "" if finding.confidence == "high" else f"{finding.confidence} confidence; "
        ink.labelled("More", (f"{sure}threatline explain {finding.fingerprint[:SHORT]}", "dim"), indent=2)

    def _control(self, control: str) -> list[Part]:
        return [self._titles.control(control), (f" ({control})", "dim")]

    def _offer(self, offer: MitigationOffer) -> list[Part]:
        kind = _FIXES[offer.apply] if offer.verb else ""
        named = ", ".join(filter(None, (offer.control, kind)))
        return [self._places.masked(offer.title), (f" ({named})" if named else "", "dim")]


def _where(found: Range | None, file: str, *, column: bool = False) -> str:
    if found is None:
        return file
    return f"{found.file}:{found.start.line}" + (f":{found.start.column}" if column else "")
