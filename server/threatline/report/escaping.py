"""Text of a workspace made safe for where it is printed. Each place has its own rules, and one function here."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}\u200b\u2028\u2029\ufeff\ud800-\udfff\U000e0000-\U000e007f]")
_MERMAID = re.compile(r"""[^\w .,/()\-+*@]""")
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_SPACE = re.compile(r"\s+")


def for_terminal(text: str) -> str:
    """Write control, direction-changing and invisible characters as visible escapes, so that text cannot steer a terminal or hide in it."""
    return _CONTROL.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def on_one_line(text: str) -> str:
    """Escape for a terminal, with each run of white space as one space."""
    return for_terminal(_SPACE.sub(" ", text).strip())


def for_workflow(text: str) -> str:
    """Escape the message of a workflow command: it cannot end its line, so it cannot start another command."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _CONTROL.sub(_visible, escaped)


def for_workflow_property(text: str) -> str:
    """Escape the value of a workflow command's property: it can end neither the value nor the list of properties."""
    return for_workflow(text).replace(":", "%3A").replace(",", "%2C")


def for_message(text: str) -> str:
    """Escape a message for viewers that know links and placeholders (SARIF): `[text](target)` and `{0}` stay as they are read."""
    return _PLACEHOLDER.sub(r"{{\1}}", for_terminal(_SPACE.sub(" ", text).strip()).replace("](", "] ("))


def for_mermaid(text: str) -> str:
    """Escape a label that stands in double quotes in a Mermaid diagram: whatever could be syntax or markup becomes an entity code."""
    return _MERMAID.sub(lambda match: f"#{ord(match[0])};", on_one_line(text))


def for_script(value: Any) -> str:
    """Write a value as JSON that may stand inside a `<script>` element: nothing in it can close the element or start a comment."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def as_bytes(text: str) -> bytes:
    """Encode as UTF-8. A file name that is no text (a lone surrogate) becomes its escape, which JSON reads back as the same name."""
    return text.encode("utf-8", "backslashreplace")
