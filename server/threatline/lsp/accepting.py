"""The entry of a design file that accepts a finding's risk, and where in the file it goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pygls.exceptions import JsonRpcInvalidParams

from threatline.threats.finding import Finding

LASTS = timedelta(days=90)
"""How long an acceptance holds unless its owner says otherwise."""

_KEY = re.compile(rb"^accepted_risks:[ \t]*(#[^\r\n]*)?(?=\r?\n|\Z)", re.MULTILINE)
_INLINE = re.compile(rb"^accepted_risks:", re.MULTILINE)
_ITEM = re.compile(rb"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*([ \t]*)- ")


def acceptance(text: bytes, finding: Finding, system: str, words: Mapping[str, str]) -> tuple[int, str]:
    """Return the offset and the text to insert into a design file (empty if there is none yet).

    What `words` does not say (`reason`, `owner`) is left empty: the file is refused until a person has written it.
    """
    newline = "\r\n" if b"\r\n" in text else "\n"
    key = _KEY.search(text)
    if key is None and _INLINE.search(text):
        raise JsonRpcInvalidParams("accepted_risks is written on one line here; write it as a list of lines first")
    if key is not None:
        item = _ITEM.match(text, key.end())
        indent = item[1].decode() if item else "  "
        return key.end(), newline + newline.join(indent + line for line in _entry(finding, words))
    head = [] if text.strip() else ["version: 1", f"system: {{name: {json.dumps(system)}, owner: {json.dumps(words.get('owner', ''))}}}"]
    gap = "" if not text or text.endswith((b"\n", b"\r")) else newline
    return len(text), gap + newline.join([*head, "accepted_risks:", *(f"  {line}" for line in _entry(finding, words)), ""])


def _entry(finding: Finding, words: Mapping[str, str]) -> list[str]:
    expires = words.get("expires") or (datetime.now(UTC) + LASTS).date().isoformat()
    lines = [
        f"- threat: {finding.threat}",
        f"  at: [{json.dumps('path:' + finding.value.file, ensure_ascii=False)}]",
        f"  owner: {json.dumps(words.get('owner', ''), ensure_ascii=False)}",
        f"  expires: {expires if re.fullmatch(r'[0-9]{4}-[0-9]{2}-[0-9]{2}', expires) else json.dumps(expires)}",
        f"  justification: {json.dumps(words.get('reason', ''), ensure_ascii=False)}",
        f"  fingerprint: {json.dumps(finding.path_shape)}",
    ]
    return lines if finding.severity == "info" else [*lines, f"  max_severity: {finding.severity}"]
