"""All knowledge of one run: what the rules folders say, checked and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field

from threatline.knowledge.catalog import CatalogFile
from threatline.knowledge.ontology import ControlInfo, Detector, FrameworkInfo, KindInfo, ThreatInfo
from threatline.knowledge.rule import Rule


@dataclass(frozen=True, slots=True)
class KnowledgeProblem:
    """A file, or one reference in it, that could not be used. `line` from 1, 0 where there is none."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that rules folders say.

    `catalog_files` and `rules` are ordered by name. `controls`, `threats`, `frameworks`, `components` and `detectors` go by id.
    `digest` is the xxh3-128 of all the files, in hex. `pages` tells where a rule's page lies, by rule id. `problems` are files left out.
    """

    catalog_files: tuple[CatalogFile, ...] = ()
    rules: tuple[Rule, ...] = ()
    controls: dict[str, ControlInfo] = field(default_factory=dict)
    threats: dict[str, ThreatInfo] = field(default_factory=dict)
    frameworks: dict[str, FrameworkInfo] = field(default_factory=dict)
    components: dict[str, KindInfo] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    problems: tuple[KnowledgeProblem, ...] = ()

    def rule(self, rule_id: str) -> Rule | None:
        """Find a rule by its id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
