"""The map of a program: components placed, related, with their controls and capabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from threatline.knowledge.index import Catalog
from threatline.knowledge.model import Knowledge
from threatline.program.constants import Constants
from threatline.program.graph import ValueGraph
from threatline.program.program import Program
from threatline.program.units import Unit
from threatline.source.file import Problem
from threatline.system.addresses import place_checked_addresses
from threatline.system.caches import place_caches
from threatline.system.calls import Reading
from threatline.system.chosen_calls import place_chosen_calls
from threatline.system.containers import place_containers, relate_services
from threatline.system.controls import Controls
from threatline.system.credentials import place_kept, place_unverified
from threatline.system.decisions import place_decisions
from threatline.system.descriptions import place_new_descriptions
from threatline.system.documents import match_documents
from threatline.system.launches import relate_launches, tell_launches
from threatline.system.matching import match_all
from threatline.system.model import Component, Port, Relation, SystemMap, TrustBoundary
from threatline.system.placing import Draft, Placement, identify, place
from threatline.system.prompts import place_prompts
from threatline.system.provenance import tell_provenance
from threatline.system.reach import Reach
from threatline.system.relating import Related, relate
from threatline.system.run_contexts import place_context_writes
from threatline.system.secrets import place_secrets
from threatline.system.tool_schemas import place_tool_schemas
from threatline.system.values import value_of
from threatline.system.versions import Versions
from threatline.system.written_code import place_written_code

ADDING = (
    place_tool_schemas, tell_provenance, place_written_code, place_chosen_calls, place_new_descriptions, tell_launches, place_unverified,
    place_kept, place_caches, place_checked_addresses, place_context_writes,
)  # fmt: skip
"""What is added to the map where components and ports are placed, in this order."""


@dataclass(frozen=True, slots=True)
class Built:
    """The map, and how it lies on the program: what flows and rules walk over."""

    map: SystemMap
    reading: Reading
    placement: Placement
    reach: Reach
    components: dict[str, Component]
    judged: Controls
    problems: tuple[Problem, ...] = ()


def build_map(program: Program, catalog: Catalog, knowledge: Knowledge, own_roots: frozenset[str],
              declared: Mapping[tuple[str, str], tuple[str, ...]], versions: Versions) -> Built:  # fmt: skip
    """Build the system map. `declared` holds the controls that comments declare, by (file, definition path)."""
    graph = ValueGraph(program)
    reading = Reading(program, graph, Constants(graph), catalog, own_roots, versions)
    matches = [*match_all(reading), *match_documents(reading)]
    placement = place(reading, matches)
    problems: list[Problem] = []

    def attempt(step: Callable[..., None], *about: object) -> None:
        """Take one of the steps that add to the map; one that fails is told, and the map stands without it."""
        try:
            step(reading, placement, *about)
        except Exception as error:  # noqa: BLE001 - strange code must not cost the whole map
            problems.append(Problem("", "rule-failed", f"{step.__name__} failed: {type(error).__name__}: {error}"))

    attempt(place_secrets, knowledge)
    for step in ADDING:
        attempt(step)
    reach = Reach(reading, matches)
    attempt(place_decisions, reach)
    related = [*relate(reading, placement, reach), *place_prompts(reading, placement), *place_configured(reading, placement, knowledge)]
    identify(placement, knowledge)
    units = {program.units[key]: controls for key, controls in declared.items() if key in program.units}
    judged = Controls(reading, placement, reach, units)
    drafts = sorted(placement.drafts, key=_order)
    components = tuple(_component(draft, judged, reach) for draft in drafts)
    relations = tuple(sorted((_relation(item) for item in related), key=lambda r: (r.source, r.kind, r.target)))
    ports = tuple(Port(p.name, p.draft.id if p.draft else "", value_of(p.node), value_of(p.match.node)) for p in placement.ports)
    system_map = SystemMap(components, ports, relations, (), _boundaries(components))
    return Built(system_map, reading, placement, reach, {component.id: component for component in components}, judged, tuple(problems))


def place_configured(reading: Reading, placement: Placement, knowledge: Knowledge) -> list[Related]:
    """Relate what configuration says to what code makes."""
    containers = place_containers(reading, placement, knowledge)
    return [*containers, *relate_services(placement), *relate_launches(reading, placement)]


def _order(draft: Draft) -> tuple[str, str, int, str]:
    unit, ordinal = draft.node
    return unit.file, unit.path, ordinal, draft.id




def _component(draft: Draft, judged: Controls, reach: Reach) -> Component:
    capabilities = set(draft.capabilities)
    for handler in draft.handlers:
        for match in reach.matches_from(handler):
            # What constructors do to set an object up is not what whoever holds it can do.
            if match.node[0].name != "__init__" or match.node[0] is handler:
                capabilities.update(match.entry.capabilities)
    # A component that a decorator or a base class makes stands at its function or class.
    value = value_of((draft.match.handler, -1) if draft.match.handler is not None else draft.node)
    return Component(
        draft.id, draft.kind, draft.name, value, draft.zone, dict(sorted(draft.attributes.items())), frozenset(capabilities),
        judged.of(draft), tuple(unit.key for unit in draft.handlers), draft.match.name,
    )  # fmt: skip


def _relation(related: Related) -> Relation:
    return Relation(related.source.id, related.kind, related.target.id, value_of(related.node))


def _boundaries(components: tuple[Component, ...]) -> tuple[TrustBoundary, ...]:
    return tuple(TrustBoundary(zone, zone, zone.replace("-", " ")) for zone in sorted({c.zone for c in components}))


def handlers_units(program: Program, component: Component) -> list[Unit]:
    """Find the functions that stand for a component."""
    return [program.units[key] for key in component.handlers if key in program.units]
