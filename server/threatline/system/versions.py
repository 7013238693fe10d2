"""Which versions of a library a workspace may run with, as its requirements tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Most entries hold for any version; only the others pay for what compares them.
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Versions:
    """Specifiers by normalized distribution name (as required; "" for any version), and the distributions of each import root."""

    required: Mapping[str, str] = field(default_factory=dict)
    distributions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def allows_only(self, root: str, versions: str, *, published: bool = False) -> bool:
        """Tell whether only versions in a range can be meant.

        A library that nobody pins is its latest version; one with a lower bound below the range may be older. What is `published` for
        others to install runs with whatever they have, so there only a lower bound of its own counts.
        """
        if not versions:
            return True
        lowest = _lowest(self._specifier(root))
        return not published if lowest is None else lowest in _range(versions)

    def may_be(self, root: str, versions: str) -> bool:
        """Tell whether a version in a range can be meant."""
        if not versions:
            return True
        exact = _exact(self._specifier(root))
        return exact is None or exact in _range(versions)

    def _specifier(self, root: str) -> SpecifierSet:
        from packaging.specifiers import InvalidSpecifier

        for name in self.distributions.get(root, (root,)):
            text = self.required.get(name.lower().replace("_", "-").replace(".", "-"))
            if text:
                try:
                    return _range(text)
                except InvalidSpecifier:
                    break
        return _range("")


def _range(text: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(text)


def _lowest(specifier: SpecifierSet) -> Version | None:
    found = [v for one in specifier if one.operator in {">=", "==", "~=", ">", "==="} and (v := _version(one.version)) is not None]
    return max(found) if found else None


def _exact(specifier: SpecifierSet) -> Version | None:
    return next((v for one in specifier if one.operator in {"==", "==="} and (v := _version(one.version)) is not None), None)


def _version(text: str) -> Version | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text.removesuffix(".*"))
    except InvalidVersion:
        return None
