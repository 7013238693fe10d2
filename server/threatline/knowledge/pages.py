"""Rule pages: Markdown → title, summary, sections, and examples that are tests.

Each `##` section with a code fence is one workspace; a fence's info may name its file (```python title="app.py"). A comment `finding: RULE`
at the end of a line says that the rule reports that line, `todo finding: RULE` that it should and does not yet. A `diff` fence behind
the code is the fix that is offered. A section without such comments must stay silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

FILES = {
    "python": "app.py", "py": "app.py", "typescript": "app.ts", "ts": "app.ts", "tsx": "app.tsx", "javascript": "app.js", "js": "app.js",
    "json": "mcp.json", "yaml": "compose.yaml", "toml": ".codex/config.toml", "dockerfile": "Dockerfile", "env": ".env",
    "markdown": "AGENTS.md",
}  # fmt: skip
"""Languages whose fences are code to analyze, and what the file is called where the fence does not say."""

_TITLE = re.compile(r'\btitle="([^"]+)"')
_MARK = re.compile(r"(?:#|//)\s*(todo\s+)?finding:\s*([a-z0-9, -]+?)\s*$")


def unmarked(line: str) -> str:
    """Return a line of an example without the comment that says what is found there."""
    return _MARK.sub("", line)


class Expected(NamedTuple):
    """A finding that an example's comment asks for: file, line from 1, rule id."""

    file: str
    line: int
    rule: str


@dataclass(frozen=True, slots=True)
class Example:
    """One section's workspace: files by name, the findings expected in it, those known to be missed, and the fix ("" for none)."""

    title: str
    files: dict[str, str]
    expected: tuple[Expected, ...]
    todo: tuple[Expected, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` section as it stands, without its heading."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's page. `summary` is the text between its title and the first section."""

    title: str
    summary: str
    sections: tuple[Section, ...]
    examples: tuple[Example, ...]


def parse_page(text: str) -> Page:
    """Parse a rule's page; what is missing is empty."""
    lines = text.splitlines()
    tokens = MarkdownIt("commonmark").parse(text)
    headings = list(_headings(tokens))
    title = next((words for level, words, _, _ in headings if level == 1), "")
    starts = [(words, first, after) for level, words, first, after in headings if level == 2]
    bounds = [*starts, ("", len(lines), len(lines))]
    summary_from = next((after for level, _, _, after in headings if level == 1), 0)
    return Page(
        title=title,
        summary=_joined(lines[summary_from : bounds[0][1]]),
        sections=tuple(Section(words, _joined(lines[after:end])) for (words, _, after), (_, end, _) in pairwise(bounds)),
        examples=tuple(_examples(tokens, bounds)),
    )


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[int, str, int, int]]:
    """Give each heading's level, words, first line and the line after it."""
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map:
            yield int(token.tag[1]), inline.content, token.map[0], token.map[1]


def _examples(tokens: Sequence[Token], bounds: Sequence[tuple[str, int, int]]) -> Iterator[Example]:
    fences = [token for token in tokens if token.type == "fence" and token.map]
    for (title, first, _), (_, end, _) in pairwise(bounds):
        inside = [fence for fence in fences if fence.map and first <= fence.map[0] < end]
        files = {_file_name(fence): fence.content for fence in inside if _language(fence) in FILES}
        if files:
            marks = [mark for name, code in files.items() for mark in _marks(name, code)]
            yield Example(
                title=title,
                files=files,
                expected=tuple(expected for todo, expected in marks if not todo),
                todo=tuple(expected for todo, expected in marks if todo),
                diff="".join(fence.content for fence in inside if fence.info.strip() == "diff"),
            )


def _language(fence: Token) -> str:
    return fence.info.partition(" ")[0]


def _file_name(fence: Token) -> str:
    named = _TITLE.search(fence.info)
    return named.group(1) if named else FILES[_language(fence)]


def _marks(name: str, code: str) -> Iterator[tuple[bool, Expected]]:
    for number, line in enumerate(code.splitlines(), 1):
        if found := _MARK.search(line):
            for rule in found.group(2).split(","):
                yield bool(found.group(1)), Expected(name, number, rule.strip())
