"""The fixes of a finding: its mitigations, written for the text as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from threatline.fixes.edit import Fix, TextEdit, ordered
from threatline.fixes.guards import GUARDS
from threatline.fixes.locate import decorators_of, node_at
from threatline.fixes.naming import own_name
from threatline.fixes.secrets import from_environment
from threatline.fixes.target import Target
from threatline.fixes.verbs import REDACTED, write
from threatline.knowledge.catalog import Put
from threatline.knowledge.index import PREFIXES
from threatline.knowledge.model import Knowledge
from threatline.source.file import SourceFile, Span
from threatline.syntax import PROGRAMS, SyntaxTree, parse
from threatline.system.detecting import Detectors
from threatline.system.model import Value
from threatline.threats.finding import Finding, MitigationOffer

_TEXT_VERBS = frozenset({"bind_values", "move_to_role", "remove_text", "remove_key"})
"""Verbs for which the text itself says all."""

_AT_THE_VALUE = frozenset({"insert_before", "replace_value", "remove_key"})
"""Verbs that are about the very value that the mitigation names, never about the call around it."""

_MASKED = frozenset({"ctl-trace-redact", "ctl-no-secret-in-prompt"})
"""Controls that keep a secret out of a text."""

_DETECTED = {"ctl-no-secret-in-prompt": ("told-secret", "secret"), "ctl-hidden-char-lint": ("hidden-instruction", "hidden-character")}
"""What detectors look for where a control keeps a text clean."""


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

    @property
    def entries(self) -> Mapping[Value, tuple[str, ...]]:
        """Return the catalog's names of all calls."""
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
    if source is None or source.language not in PROGRAMS:
        return ()
    tree = parse(source)
    target = Target(
        tree, place.span, _value_span(snapshot, finding, offer, place), source=_source_span(snapshot, finding, place.file),
        texts=_texts(snapshot, finding, place.file), found=_finder(finding, knowledge) if offer.verb == "remove_text" else None,
    )  # fmt: skip
    decorated = _edits_at_decorator(snapshot, offer, place, tree, knowledge) if value.ordinal < 0 else ()
    if decorated:
        return decorated
    puts = list(puts_of(knowledge, snapshot.entry_names(value), offer.control, source.language))
    without = _put_without_catalog(tree, place.span, offer)
    return next((edits for put in [*puts, *([without] if without else [])] if (edits := write(offer.verb, target, put))), ())


def _edits_at_decorator(
    snapshot: Reading, offer: MitigationOffer, place: Placed, tree: SyntaxTree, knowledge: Knowledge
) -> tuple[TextEdit, ...]:
    """Write a mitigation at the decorators of the function that a place names: they say what it is."""
    name = node_at(tree, place.span)
    spans = {Span(*node.byte_range) for node in decorators_of(name)} if name is not None else set()
    if not spans:
        return ()
    placed = ((snapshot.place(value).span, names) for value, names in snapshot.entries.items() if value.file == place.file)
    known = [(span, names) for span, names in placed if span in spans]
    ways = ((span, put) for span, names in sorted(known) for put in puts_of(knowledge, names, offer.control))
    return next((edits for span, put in ways if (edits := write(offer.verb, Target(tree, span, place.span), put))), ())


def _put_without_catalog(tree: SyntaxTree, span: Span, offer: MitigationOffer) -> Put | None:
    """Say how a control is put in where no library's call is at fault, but the text itself."""
    if offer.verb in _TEXT_VERBS:
        return Put()
    if offer.verb == "insert_before":
        return GUARDS.get(offer.control) if tree.source.language == "python" else Put(value=offer.control)
    if offer.verb == "replace_value" and offer.control in _MASKED:
        return REDACTED
    node = node_at(tree, span)
    if offer.control == "ctl-tool-namespacing" and node is not None:
        return own_name(tree, node)
    if offer.control == "ctl-secret-store" and node is not None:
        return from_environment(tree, node)
    return None


def puts_of(knowledge: Knowledge, names: tuple[str, ...], control: str, language: str = "python") -> Iterator[Put]:
    """Give the ways in which a control is put in at a call of these names, or of the same method of a base class."""
    names = _with_bases(knowledge, tuple(name.removeprefix(PREFIXES["typescript"]) for name in names))
    of_script = language != "python"
    for file in knowledge.catalog_files if names else ():
        if (file.language == "typescript") != of_script:
            continue
        for entry in file.entries:
            # Few entries speak of a control: names are compared only with those.
            at, further = entry.controls.get(control), entry.fixes.get(control)
            if (at is None or at.put is None) and further is None:
                continue
            if not {*entry.call, *entry.base, *entry.decorator, *entry.read}.isdisjoint(names):
                yield from (put for put in (at.put if at is not None else None, further) if put is not None)


def _with_bases(knowledge: Knowledge, names: tuple[str, ...]) -> tuple[str, ...]:
    found = dict.fromkeys(names)
    queue = list(names)
    while queue:
        name = queue.pop()
        for file in knowledge.catalog_files:
            for derived, bases in file.bases.items():
                if name.startswith(derived + "."):
                    wider = [base + name[len(derived) :] for base in bases]
                    queue += [other for other in wider if other not in found]
                    found |= dict.fromkeys(wider)
    return tuple(found)


def _places(finding: Finding, offer: MitigationOffer) -> Iterator[Value]:
    """Give the places where a mitigation may be written, the named one first."""
    if offer.at is not None:
        yield offer.at
    if offer.verb not in _AT_THE_VALUE:
        yield finding.value


def _source_span(snapshot: Reading, finding: Finding, file: str) -> Span | None:
    """Give the span of where the data comes from, if it stands in a file."""
    places = [snapshot.place(step.value) for step in finding.evidence if step.role == "source"]
    return places[0].span if places and places[0].file == file else None


def _texts(snapshot: Reading, finding: Finding, file: str) -> tuple[Span, ...]:
    places = [snapshot.place(step.value) for step in finding.evidence if step.role == "place"]
    return tuple(dict.fromkeys(place.span for place in places if place.file == file))


def _finder(finding: Finding, knowledge: Knowledge) -> Callable[[str], bool]:
    """Ask the detectors that the control of a finding stands against."""
    detectors = Detectors(knowledge)
    groups = [group for offer in finding.mitigations for group in _DETECTED.get(offer.control, ())]
    return lambda text: any(detectors.found(group, text) for group in groups)


def _value_span(snapshot: Reading, finding: Finding, offer: MitigationOffer, around: Placed) -> Span | None:
    """Give the span of the value that the finding is about, where it stands inside the place of the fix."""
    steps = [step.value for step in reversed(finding.evidence) if step.role in {"sink", "step"}]
    for value in ([offer.at] if offer.at is not None else []) + steps:
        file, span = snapshot.place(value).file, snapshot.place(value).span
        if file == around.file and around.span.start <= span.start <= span.end <= around.span.end and span != around.span:
            return span
    return None
