"""What a file of a rules folder says of ids that other files define: every word is looked up, none is taken on trust."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from threatline.knowledge.catalog import CatalogFile
from threatline.knowledge.ontology import ControlsFile, ThreatsFile
from threatline.knowledge.rule import Rule, Selector


class Reference(NamedTuple):
    """A word that another file must define. `what` names the list it stands in (`id` is an id of the framework `within`)."""

    what: str
    word: str
    path: tuple[int | str, ...]
    within: str = ""


def references_of(model: BaseModel) -> Iterator[Reference]:
    """Give every reference in a model, with its path in the file."""
    match model:
        case Rule():
            yield from _of_rule(model)
        case CatalogFile():
            yield from _of_catalog(model)
        case ControlsFile():
            for key, control in model.controls.items():
                yield from _ids(control.frameworks, ("controls", key, "frameworks"))
        case ThreatsFile():
            for key, threat in model.threats.items():
                yield from _controls(threat.controls, ("threats", key, "controls"))
                yield from _ids(threat.maps_to, ("threats", key, "maps_to"))


def unknown_in(references: Iterable[Reference], valid: Callable[[Reference], set[str]]) -> list[tuple[Reference, str]]:
    """List the references that nothing defines, each with a message that names the nearest valid word."""
    return [(reference, _message(reference, valid(reference))) for reference in references if reference.word not in valid(reference)]


def _message(reference: Reference, words: set[str]) -> str:
    near = difflib.get_close_matches(reference.word, sorted(words), n=1)
    what = f"{reference.within} id" if reference.what == "id" else reference.what
    return f"unknown {what} {reference.word!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _controls(words: Sequence[str], path: tuple[int | str, ...]) -> Iterator[Reference]:
    for word in words:
        yield Reference("control", word, path)


def _ids(by_framework: dict[str, tuple[str, ...]], path: tuple[int | str, ...]) -> Iterator[Reference]:
    for framework, ids in by_framework.items():
        yield Reference("framework", framework, (*path, framework))
        for word in ids:
            yield Reference("id", word, (*path, framework), framework)


def _of_rule(rule: Rule) -> Iterator[Reference]:
    yield Reference("threat", rule.threat, ("threat",))
    if rule.control:
        yield Reference("control", rule.control, ("control",))
    yield from _controls((*rule.without.any, *rule.without.all), ("without",))
    for place, mitigation in enumerate(rule.mitigations):
        yield Reference("control", mitigation.control, ("mitigations", place, "control"))
    yield from _ids(rule.maps_to, ("maps_to",))
    for key, selector in (("from", rule.from_), ("to", rule.to), ("component", rule.component)):
        if selector:
            yield from _of_selector(selector, (key,))


def _of_selector(selector: Selector, path: tuple[int | str, ...]) -> Iterator[Reference]:
    for word in selector.detects:
        yield Reference("detector", word, (*path, "detects"))
    for key, relations in (("holds", selector.holds), ("held_by", selector.held_by)):
        for relation, other in relations.items():
            yield from _of_selector(other, (*path, key, relation))
    if selector.leads_to:
        yield from _of_selector(selector.leads_to, (*path, "leads_to"))


def _of_catalog(catalog: CatalogFile) -> Iterator[Reference]:
    for place, entry in enumerate(catalog.entries):
        path = ("entries", place)
        for control in entry.controls:
            yield Reference("control", control, (*path, "controls", control))
        for number, provided in enumerate(entry.provides):
            yield Reference("control", provided.control, (*path, "provides", number))
