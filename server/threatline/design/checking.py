"""Words of a design that must mean something: ids declared elsewhere in it, kinds, controls, threats, selectors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from threatline.design.model import Design
from threatline.design.selectors import SELECTOR_KINDS, parse_selector
from threatline.design.text import DesignText
from threatline.errors import DesignError
from threatline.vocabulary import COMPONENT_KINDS, ZONES

_COMPONENT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_SHORTEST_REASON: Final = 20
_DATA_SELECTORS: Final = frozenset({"table", "column", "field", "path", "symbol", "collection"})

Path = tuple[str | int, ...]
Data = dict[str, Any]


class _Word(NamedTuple):
    """A word, where it stands in its file, what it is meant to be, and the words that it may be."""

    path: Path
    text: str
    meaning: str
    valid: Collection[str]


class _Known(NamedTuple):
    """The words that mean something; None for `threats` or `controls` takes any."""

    zones: Collection[str]
    components: Collection[str]
    parties: Collection[str]
    data_classes: Collection[str]
    threats: Collection[str] | None
    controls: Collection[str] | None


def check_words(
    design: Design, texts: Sequence[DesignText], threats: Collection[str] | None = None, controls: Collection[str] | None = None
) -> None:
    """Raise DesignError, with the line and the nearest valid word, for the first word that means nothing or is declared twice."""
    known = _Known(
        {*design.zones, *ZONES}, {one.id for one in design.components}, design.parties, design.data_classes, threats, controls
    )
    for text in texts:
        for word in chain.from_iterable(words(text.data, known) for words in _SECTIONS):
            if word.text not in word.valid:
                nearest = next(iter(difflib.get_close_matches(word.text, sorted(word.valid), n=1)), "")
                raise DesignError(text.file, text.line(word.path), f'unknown {word.meaning} "{word.text}"', nearest)
        for path, message in _faults(text.data):
            raise DesignError(text.file, text.line(path), message)
    _check_doubles(texts)


def _component_words(data: Data, known: _Known) -> Iterator[_Word]:
    for path, component in _rows(data, "components"):
        yield _Word((*path, "kind"), component["kind"], "component kind", COMPONENT_KINDS)
        yield from _one((*path, "zone"), component, "zone", known.zones)
        yield from _each((*path, "handles"), component, "data class", known.data_classes)
        yield from _selectors((*path, "at"), component, SELECTOR_KINDS)


def _data_words(data: Data, known: _Known) -> Iterator[_Word]:
    for name, party in data.get("parties", {}).items():
        yield from _one(("parties", name, "zone"), party, "zone", known.zones)
        yield from _each(("parties", name, "trusted_for"), party, "data class", known.data_classes)
    for name, data_class in data.get("data_classes", {}).items():
        yield from _each(("data_classes", name, "may_leave_to"), data_class, "zone or party", {*known.zones, *known.parties})
        yield from _selectors(("data_classes", name, "match"), data_class, _DATA_SELECTORS)


def _flow_words(data: Data, known: _Known) -> Iterator[_Word]:
    ends = {*known.components, *known.zones, *known.parties, *known.data_classes}
    for path, flow in _rows(data, "flows"):
        yield from _one((*path, "from"), flow, "component, party, zone or data class", ends)
        yield from _one((*path, "to"), flow, "component, party, zone or data class", ends)
        yield from _each((*path, "data"), flow, "data class", known.data_classes)
        if known.controls is not None:
            yield from _each((*path, "via"), flow, "component or control", {*known.components, *known.controls})


def _control_words(data: Data, known: _Known) -> Iterator[_Word]:
    for path, control in _rows(data, "controls"):
        yield from _one((*path, "id"), control, "control", known.controls)
        yield from _each((*path, "covers"), control, "component", known.components)
        yield from _selectors((*path, "provided_by"), control, SELECTOR_KINDS)


def _decision_words(data: Data, known: _Known) -> Iterator[_Word]:
    for path, decision in _rows(data, "decisions"):
        yield from _one((*path, "rule", "require_control"), decision["rule"], "control", known.controls)


def _risk_words(data: Data, known: _Known) -> Iterator[_Word]:
    for path, risk in _rows(data, "accepted_risks"):
        yield from _one((*path, "threat"), risk, "threat", known.threats)
        yield from _each((*path, "compensating"), risk, "control", known.controls)
        yield from _selectors((*path, "at"), risk, SELECTOR_KINDS)


_SECTIONS: Final = (_component_words, _data_words, _flow_words, _control_words, _decision_words, _risk_words)


def _rows(data: Data, section: str) -> Iterator[tuple[Path, Data]]:
    return (((section, index), row) for index, row in enumerate(data.get(section, ())))


def _one(path: Path, owner: Data, meaning: str, valid: Collection[str] | None) -> Iterator[_Word]:
    """Give a word if it is there and can be checked; a selector (`kind:hosted-llm`) stands for itself."""
    word = owner.get(str(path[-1]))
    if word and valid is not None and not parse_selector(word).kind:
        yield _Word(path, word, meaning, valid)


def _each(path: Path, owner: Data, meaning: str, valid: Collection[str] | None) -> Iterator[_Word]:
    """Give the words of a list, likewise."""
    words = owner.get(str(path[-1])) or ()
    if valid is not None:
        yield from (_Word((*path, index), word, meaning, valid) for index, word in enumerate(words) if not parse_selector(word).kind)


def _selectors(path: Path, owner: Data, valid: Collection[str]) -> Iterator[_Word]:
    words = owner.get(str(path[-1])) or ()
    yield from (_Word((*path, index), parse_selector(word).kind, "kind of selector", valid) for index, word in enumerate(words))


def _faults(data: Data) -> Iterator[tuple[Path, str]]:
    """List what the schema forbids beyond types and names."""
    for path, component in _rows(data, "components"):
        if not _COMPONENT_ID.fullmatch(component["id"]):
            yield (*path, "id"), "an id is written in small letters, digits and hyphens"
    for path, control in _rows(data, "controls"):
        if not control["id"].startswith("ctl-"):
            yield (*path, "id"), "the id of a control begins with ctl-"
    for path, risk in _rows(data, "accepted_risks"):
        if not risk["at"]:
            yield (*path, "at"), "an acceptance names at least one place"
        if len(risk["justification"]) < _SHORTEST_REASON:
            yield (*path, "justification"), f"a justification has at least {_SHORTEST_REASON} characters"


def _check_doubles(texts: Sequence[DesignText]) -> None:
    for section in ("components", "decisions"):
        seen: set[str] = set()
        for text in texts:
            for path, row in _rows(text.data, section):
                if row["id"] in seen:
                    raise DesignError(text.file, text.line((*path, "id")), f'{section}: "{row["id"]}" is declared twice')
                seen.add(row["id"])
