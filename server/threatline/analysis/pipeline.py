"""Facts of all files → program → map → flows → findings. Pure: the same facts, knowledge and design give the same answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from threatline.facts.model import FileFacts
from threatline.flows.data import data_flows
from threatline.flows.paths import Tracer
from threatline.knowledge.index import Catalog
from threatline.knowledge.model import Knowledge
from threatline.program.program import link
from threatline.program.units import FileUnits
from threatline.source.file import Problem
from threatline.source.roots import module_names
from threatline.system.build import build_map
from threatline.system.model import SystemMap, Value
from threatline.system.values import value_of
from threatline.threats.assess import assess
from threatline.threats.finding import Finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the facts: no positions in it."""

    map: SystemMap
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    entries: dict[Value, tuple[str, ...]]


def conclude(files: Mapping[str, FileUnits], listed: Iterable[str], root_name: str, own_roots: frozenset[str], catalog: Catalog,
             knowledge: Knowledge, test_paths: tuple[str, ...] = (), cancelled: Callable[[], bool] = lambda: False) -> Outcome | None:  # fmt: skip
    """Conclude everything; None where cancelled on the way."""
    every = sorted({*listed, *files})
    program = link(files, _names(every, root_name), every)
    if cancelled():
        return None
    built = build_map(program, catalog, knowledge, own_roots, _declared(files))
    tracer = Tracer(built)
    if cancelled():
        return None
    built = replace(built, map=replace(built.map, flows=data_flows(built, tracer)))
    assessed = assess(built, tracer, knowledge, test_paths, cancelled)
    if cancelled():
        return None
    entries: dict[Value, tuple[str, ...]] = {}
    for node, matches in built.placement.matches_at.items():
        entries[value_of(node)] = tuple(dict.fromkeys(match.name for match in matches))
    return Outcome(built.map, assessed.findings, assessed.problems, entries)


def _names(files: list[str], root_name: str) -> dict[str, tuple[str, ...]]:
    return module_names(files, root_name)


def _declared(files: Mapping[str, FileUnits]) -> dict[tuple[str, str], tuple[str, ...]]:
    """List the controls that comments declare (`provides[…]`) by definition. A declaration without a reason declares nothing."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for file, units in files.items():
        facts: FileFacts = units.facts
        for directive in facts.directives:
            if directive.kind == "provides" and directive.reason:
                key = (file, directive.definition)
                found[key] = (*found.get(key, ()), *directive.ids)
    return found
