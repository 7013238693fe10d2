"""Facts of all files → program → map → flows → findings. Pure: the same facts, knowledge and design give the same answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from threatline.design.model import Design
from threatline.facts.model import FileFacts
from threatline.flows.data import data_flows
from threatline.flows.tracing import Tracer
from threatline.knowledge.index import Catalog
from threatline.knowledge.model import Knowledge
from threatline.program.program import link
from threatline.program.units import FileUnits
from threatline.source.file import Problem
from threatline.source.roots import module_names
from threatline.system.build import build_map
from threatline.system.declared import declare
from threatline.system.model import SystemMap, Value
from threatline.system.values import value_of
from threatline.system.versions import Versions
from threatline.threats.assess import assess
from threatline.threats.finding import Finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the facts: no positions in it."""

    map: SystemMap
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    entries: dict[Value, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the files' facts: the listing, what the manifests say, what the team declares."""

    listed: tuple[str, ...] = ()
    root_name: str = ""
    own_roots: frozenset[str] = frozenset()
    requirements: tuple[tuple[str, str], ...] = ()
    design: Design = field(default_factory=Design)


def conclude(files: Mapping[str, FileUnits], around: Surroundings, catalog: Catalog, knowledge: Knowledge,
             cancelled: Callable[[], bool] = lambda: False) -> Outcome | None:  # fmt: skip
    """Conclude everything; None where cancelled on the way."""
    every = sorted({*around.listed, *files})
    names = module_names(every, around.root_name)
    program = link(files, names, every)
    if cancelled():
        return None
    versions = Versions(dict(around.requirements), catalog.roots)
    built = build_map(program, catalog, knowledge, around.own_roots, _declared(files), versions)
    system_map = declare(built.map, around.design, lambda value: symbols_of(names, value))
    built = replace(built, map=system_map, components={component.id: component for component in system_map.components})
    tracer = Tracer(built)
    if cancelled():
        return None
    built = replace(built, map=replace(built.map, flows=data_flows(built, tracer)))
    assessed = assess(built, tracer, knowledge, around.design.settings.test_paths, cancelled)
    if cancelled():
        return None
    entries: dict[Value, tuple[str, ...]] = {}
    for node, matches in built.placement.matches_at.items():
        entries[value_of(node)] = tuple(dict.fromkeys(match.name for match in matches))
    return Outcome(built.map, assessed.findings, (*built.problems, *assessed.problems, *tracer.problems()), entries)


def symbols_of(names: Mapping[str, tuple[str, ...]], value: Value) -> list[str]:
    """List the qualified names of a value's definition and of those around it, under every name of its module."""
    parts = value.definition.split(".") if value.definition else []
    inner = [".".join(parts[:end]) for end in range(len(parts) + 1)]
    return [f"{module}.{path}" if path else module for module in names.get(value.file, ()) for path in inner]


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
