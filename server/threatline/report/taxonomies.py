"""The frameworks that findings name, as SARIF's taxonomies: each once, with the entries that are used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from threatline.knowledge.model import Knowledge
from threatline.threats.finding import Finding

Object = dict[str, Any]
Mapped = tuple[tuple[str, tuple[str, ...]], ...]


class Taxonomies:
    """Indexes of frameworks and of their entries in one log. Ordered by name, whatever the order of the findings."""

    def __init__(self, findings: Iterable[Finding], knowledge: Knowledge) -> None:
        used: dict[str, set[str]] = {}
        for finding in findings:
            for framework, ids in finding.maps_to:
                used.setdefault(framework, set()).update(ids)
        self._knowledge = knowledge
        self._used = {framework: sorted(used[framework]) for framework in sorted(used) if used[framework]}
        self._numbers = {framework: number for number, framework in enumerate(self._used)}

    def listed(self) -> list[Object]:
        """Write the taxonomies with their entries."""
        return [self._taxonomy(framework, ids) for framework, ids in self._used.items()]

    def references(self) -> list[Object]:
        """Name the taxonomies, for the tool that supports them."""
        return [{"name": framework, "index": number} for framework, number in self._numbers.items()]

    def targets(self, mapped: Mapped) -> list[Object]:
        """Refer to the entries that a finding or rule maps to."""
        return [
            {
                "id": name,
                "index": self._used[framework].index(name),
                "toolComponent": {"name": framework, "index": self._numbers[framework]},
            }
            for framework, ids in mapped
            for name in ids
        ]

    def _taxonomy(self, framework: str, ids: list[str]) -> Object:
        info = self._knowledge.frameworks.get(framework)
        about = {"fullName": info.title, "version": info.edition, "informationUri": info.link} if info else {}
        return {"name": framework, **about, "isComprehensive": False, "taxa": [self._entry(framework, name) for name in ids]}

    def _entry(self, framework: str, name: str) -> Object:
        info = self._knowledge.frameworks.get(framework)
        entry = info.entries.get(name) if info else None
        if entry is None:
            return {"id": name}
        return {
            "id": name,
            "name": entry.name,
            "shortDescription": {"text": entry.text or entry.name},
            **({"helpUri": entry.link} if entry.link else {}),
        }
