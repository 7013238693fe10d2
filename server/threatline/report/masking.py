"""Secrets found in a workspace, kept out of everything that is printed.

Two nets: whatever has the shape of a secret is masked wherever it is printed; and on the lines of a finding about a written-down secret
every string is masked, whatever its shape. A masked character is one `*`, so that columns stay true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from threatline.threats.finding import Finding

MASK: Final = "*"

_SHAPES: Final = re.compile(
    r"""
      (?P<keep1>\b(?:sk|pk|rk|gsk|pplx|xai|tvly|nvapi|r8|hf|lsv2_pt|lsv2_sk|dop_v1|npm|pypi|glpat|shpat|whsec|fw|jina|co|pcsk|sntrys)[-_])
          (?=[\w-]*\d)[\w-]{16,}
    | (?P<keep2>\bgh[pousr]_|\bgithub_pat_|\bxox[abeoprs]-|\bya29\.|\bAIza|\bSG\.)[\w.-]{16,}
    | (?P<keep3>\b(?:AKIA|ASIA|AGPA|AROA))[0-9A-Z]{16}\b
    | \beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?
    | (?P<keep4>\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@"']{0,64}:)[^\s/@"'{}<>$]{3,}(?=@)
    | (?P<keep5>\b[Bb]earer\ )[\w.~+/-]{16,}=*
    | (?P<keep6>-----BEGIN\ [A-Z ]{0,30}PRIVATE\ KEY-----).*
    | (?<=["'`])(?=[^"'`]*[0-9])(?=[^"'`]*[a-z])(?=[^"'`]*[A-Z])(?:\w{32,}|[A-Za-z0-9+/]{30,}={1,2})(?=["'`])
    """,
    re.VERBOSE,
)
_NAMED: Final = re.compile(
    r"""(?ix) \b [\w-]{0,40} (?:api_?-?key|secret|passwd|password|passphrase|auth_?-?token|access_?-?token|access_?-?key|private_?-?key)
        [\w-]{0,20} ["'`]? \s{0,4} (?: : \s{0,2} \w{1,20} \s{0,2} )? [:=] \s{0,4} (?P<value> (["'`]) [^"'`\s]{6,} \2 )"""
)
_SECRET_NAME: Final = re.compile(r"(?i)api_?key|secret|passw|passphrase|auth_?token|access_?(?:key|token)|private_?key|bearer|credential")
_LITERAL: Final = re.compile(r"""(?P<quote>"{3}|'{3}|["'`])(?P<text>(?:\\.|(?!(?P=quote)).)+)(?P=quote)""", re.DOTALL)
_ASSIGNED: Final = re.compile(r"(?m)[=:]\s*(?P<text>\S[^\n]*)")
_BASE64_LINE: Final = re.compile(r"^\s*[\"']?[A-Za-z0-9+/=]{40,}(?:\\n)?[\"']?\s*$")
_SECRET_CWES: Final = frozenset({"CWE-798", "CWE-259", "CWE-321", "CWE-312", "CWE-540"})
_SECRET_THREATS: Final = frozenset(
    {"api-key-hardcoded", "api-key-in-browser", "mcp-secret-in-config", "notebook-secret-output", "system-prompt-secret"}
)
_LEAST: Final = 6
"""Characters of a secret that is worth looking for elsewhere; a shorter one would be found inside ordinary words."""

_LONGEST: Final = 4000


def mask(text: str) -> str:
    """Mask whatever has the shape of a secret. Keeps the length of the text."""
    if len(text) > _LONGEST:
        return mask(text[:_LONGEST]) + MASK * (len(text) - _LONGEST)
    spans = [*_shaped(text), *((match.start("value") + 1, match.end("value") - 1) for match in _NAMED.finditer(text))]
    return blank(text, spans)


def mask_literals(text: str) -> str:
    """Mask every string of a piece of source, or, where it has none (an environment file), all that is assigned. Keeps the length."""
    spans = [match.span("text") for match in _LITERAL.finditer(text)] or [match.span("text") for match in _ASSIGNED.finditer(text)]
    return blank(text, spans or [(0, len(text))])


def mask_line(line: str) -> str:
    """Mask one line of source: shapes of secrets, and a line that is nothing but a part of a key."""
    return MASK * len(line) if _BASE64_LINE.match(line) else mask(line)


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Replace these spans of a text by mask characters; line ends stay."""
    if not spans:
        return text
    characters = list(text)
    for start, end in spans:
        characters[start:end] = [character if character in "\r\n" else MASK for character in characters[start:end]]
    return "".join(characters)


def _shaped(text: str) -> Iterator[tuple[int, int]]:
    for match in _SHAPES.finditer(text):
        kept = max((match.end(name) for name, text in match.groupdict().items() if text), default=match.start())
        yield kept, match.end()


def names_secret(name: str) -> bool:
    """Tell whether a name says that its value is a secret."""
    return _SECRET_NAME.search(name) is not None


def written_secrets(text: str) -> list[str]:
    """List the secrets in the piece of source that a finding about a secret shows.

    That is the piece itself, where it is one string; else the strings that are named secrets; else, in a file without strings (of
    environment variables), what is assigned.
    """
    whole = _LITERAL.fullmatch(text.strip().lstrip("rRbBfFuU"))
    literals = [whole["text"]] if whole else [match["value"][1:-1] for match in _NAMED.finditer(text)]
    found = literals or ([] if _LITERAL.search(text) else [match["text"].split()[0] for match in _ASSIGNED.finditer(text)])
    return [secret for secret in found if len(secret) >= _LEAST]


def tells_of_secret(finding: Finding) -> bool:
    """Tell whether a finding is about a secret that is written down in the workspace."""
    weaknesses = {name for framework, ids in finding.maps_to if framework == "cwe" for name in ids}
    return bool(weaknesses & _SECRET_CWES) or finding.threat in _SECRET_THREATS
