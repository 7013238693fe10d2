"""Fingerprints and path shapes: what a finding is, without lines, locals or literals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import xxhash

from threatline.threats.finding import Finding


def fingerprint(*parts: str) -> str:
    """Hash the parts that make a finding the same finding."""
    return xxhash.xxh3_64_hexdigest("|".join(parts).encode())


def path_shape(definitions: Iterable[tuple[str, str]]) -> str:
    """Hash the definitions that a path goes through, in order, repeats left out."""
    listed: list[str] = []
    for file, path in definitions:
        text = f"{file}:{path}"
        if not listed or listed[-1] != text:
            listed.append(text)
    return xxhash.xxh3_64_hexdigest("|".join(listed).encode())


def number_equals(findings: Iterable[Finding]) -> list[Finding]:
    """Give each of several findings with one fingerprint its ordinal among them."""
    seen: Counter[str] = Counter()
    numbered: list[Finding] = []
    for finding in findings:
        seen[finding.fingerprint] += 1
        ordinal = seen[finding.fingerprint]
        mark = fingerprint(finding.fingerprint, str(ordinal)) if ordinal > 1 else finding.fingerprint
        numbered.append(replace(finding, fingerprint=mark))
    return numbered
