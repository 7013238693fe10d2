"""The fixes of a finding: its mitigations, written for the text as it is now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from threatline.fixes.edit import Fix, TextEdit, ordered
from threatline.fixes.guards import GUARDS
from threatline.fixes.locate import node_at
from threatline.fixes.secrets import from_environment
from threatline.fixes.verbs import Target, write
from threatline.knowledge.catalog import Put
from threatline.knowledge.model import Knowledge
from threatline.source.file import SourceFile, Span
from threatline.syntax import GRAMMARS, SyntaxTree, parse
from threatline.system.model import Value
from threatline.threats.finding import Finding, MitigationOffer

_TEXT_VERBS = frozenset({"bind_values", "move_to_role", "remove_text"})
"""Verbs for which the text itself says all."""

_AT_THE_VALUE = frozenset({"insert_before", "replace_value", "remove_key"})
"""Verbs that are about the very value that the mitigation names, never about the call around it."""


class Placed(Protocol):
    """A place: a file and a span in it."""

    @property
    def file(self) -> str:
        """Return the file's id."""
        ...

    @property
    def span(self) -> Span:
        """Return the bytes it covers."""
        ...


class Reading(Protocol):
    """What a snapshot tells about the text."""

    @property
    def files(self) -> Mapping[str, SourceFile]:
        """Return the files by id."""
        ...

    def place(self, value: Value, /) -> Placed:
        """Give the span of a value."""
        ...

    def entry_names(self, value: Value, /) -> tuple[str, ...]:
        """Give the catalog's names of the call at a value."""
        ...


def fixes_for(snapshot: Reading, finding: Finding, knowledge: Knowledge) -> tuple[Fix, ...]:
    """Write the fixes of a finding, in the order of its mitigations.

    A mitigation gives none where the catalog does not say how the control is put in there, or where the text does not allow it.
    """
    return tuple(fix for offer in finding.mitigations if (fix := _fix(snapshot, finding, offer, knowledge)) is not None)


def _fix(snapshot: Reading, finding: Finding, offer: MitigationOffer, knowledge: Knowledge) -> Fix | None:
    if not offer.verb or offer.apply == "none":
        return None
    edits: tuple[TextEdit, ...] = ()
    if offer.also:
        # What must be written at several places is written at all of them, or not at all.
        parts = [_edits_at(snapshot, finding, offer, value, knowledge) for value in (offer.at, *offer.also) if value is not None]
        edits = ordered(edit for part in parts for edit in part) if all(parts) else ()
    else:
        edits = next((found for value in _places(finding, offer) if (found := _edits_at(snapshot, finding, offer, value, knowledge))), ())
    return Fix(finding.fingerprint, offer.control, offer.title, offer.apply == "safe", edits) if edits else None


def _edits_at(snapshot: Reading, finding: Finding, offer: MitigationOffer, value: Value, knowledge: Knowledge) -> tuple[TextEdit, ...]:
    """Write a mitigation at one place, in the first of the ways that the catalog names and the text allows."""
    place = snapshot.place(value)
    source = snapshot.files.get(place.file)
    if source is None or source.language not in GRAMMARS:
        return ()
    tree = parse(source)
    target = Target(tree, place.span, _value_span(snapshot, finding, offer, place))
    puts = list(puts_of(knowledge, snapshot.entry_names(value), offer.control))
    without = _put_without_catalog(tree, place.span, offer)
    return next((edits for put in [*puts, *([without] if without else [])] if (edits := write(offer.verb, target, put))), ())


def _put_without_catalog(tree: SyntaxTree, span: Span, offer: MitigationOffer) -> Put | None:
    """Say how a control is put in where no library's call is at fault, but the text itself."""
    if offer.verb in _TEXT_VERBS:
        return Put()
    if offer.verb == "insert_before":
        return GUARDS.get(offer.control)
    node = node_at(tree, span)
    if offer.control == "ctl-secret-store" and node is not None:
        return from_environment(tree, node)
    return None


def puts_of(knowledge: Knowledge, names: tuple[str, ...], control: str) -> Iterator[Put]:
    """Give the ways in which a control is put in at a call of these names."""
    for file in knowledge.catalog_files:
        for entry in file.entries:
            at = entry.controls.get(control)
            if at is not None and at.put is not None and not {*entry.call, *entry.base, *entry.decorator, *entry.read}.isdisjoint(names):
                yield at.put


def _places(finding: Finding, offer: MitigationOffer) -> Iterator[Value]:
    """Give the places where a mitigation may be written, the named one first."""
    if offer.at is not None:
        yield offer.at
    if offer.verb not in _AT_THE_VALUE:
        yield finding.value


def _value_span(snapshot: Reading, finding: Finding, offer: MitigationOffer, around: Placed) -> Span | None:
    """Give the span of the value that the finding is about, where it stands inside the place of the fix."""
    steps = [step.value for step in reversed(finding.evidence) if step.role in {"sink", "step"}]
    for value in ([offer.at] if offer.at is not None else []) + steps:
        file, span = snapshot.place(value).file, snapshot.place(value).span
        if file == around.file and around.span.start <= span.start <= span.end <= around.span.end and span != around.span:
            return span
    return None
