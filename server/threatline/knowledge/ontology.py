"""What component kinds, controls, threats, framework ids and text detectors are: plain lists, kept beside the rules."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from threatline.knowledge.words import Kind, Strict, Words, Zone
from threatline.vocabulary import Severity


class KindInfo(Strict):
    """A kind of component: what it is called, the zone it lies in unless the code says otherwise, its group, its MAESTRO layer."""

    title: str
    zone: Zone
    group: str
    maestro: str
    meaning: str = ""


class ControlInfo(Strict):
    """A control. `where` says where it must sit to count, `how` in our words how it is added, `needless` when nobody should ask for it.

    `frameworks` holds ids by framework, as `maps_to` does.
    """

    title: str
    tier: Literal["core", "standard"]
    scope: Literal["flow", "component", "infra", "workspace"]
    where: str
    how: str
    needless: str = ""
    frameworks: dict[str, Words] = Field(default_factory=dict)


class ThreatInfo(Strict):
    """A threat: what an attacker may do, why it works, its severity if true, what is against it, and its ids by framework."""

    title: str
    why: str
    severity: Severity
    controls: Words = ()
    maps_to: dict[str, Words] = Field(default_factory=dict)
    traps: str = ""


class FrameworkEntry(Strict):
    """One official id: its name, where to read it, and what it means in our own words where we say so."""

    name: str
    link: str = ""
    text: str = ""


class FrameworkInfo(Strict):
    """A framework in one or several editions. Ids carry their edition where editions renumber."""

    title: str
    edition: str
    link: str
    entries: dict[str, FrameworkEntry]


class Detector(Strict):
    """A closed test of one text. Rules say its `group` or its id.

    `pattern` is searched in the text; where it has a group, the group is what was found. `names`: the name that the text is assigned to
    (variable, argument, key) must match too. `unless`: a found text in which this matches is not meant (placeholders). `entropy`: the
    least bits per character of what was found. All patterns are RE2.
    """

    title: str
    group: Literal["secret", "told-secret", "hidden-character", "hidden-instruction", "hidden-comment", "access-rule", "effect"]
    pattern: str
    names: str = ""
    unless: str = ""
    entropy: float = 0.0

    @field_validator("pattern", "names", "unless")
    @classmethod
    def _is_re2(cls, pattern: str) -> str:
        import re2

        options = re2.Options()
        options.log_errors = False
        try:
            re2.compile(pattern, options)
        except re2.error as error:
            raise ValueError(f"not an RE2 pattern: {error}") from None
        return pattern


class KindsFile(Strict):
    """rules/components.yaml."""

    components: dict[Kind, KindInfo]


class ControlsFile(Strict):
    """A file of rules/controls/."""

    controls: dict[str, ControlInfo]


class ThreatsFile(Strict):
    """rules/ontology/threats.yaml."""

    threats: dict[str, ThreatInfo]


class DetectorsFile(Strict):
    """rules/detectors.yaml."""

    detectors: dict[str, Detector]
