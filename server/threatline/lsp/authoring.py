"""Design files and rule files as they are written: completion, hover, and rule files checked. Design files are checked by the analysis."""

from __future__ import annotations

import asyncio
import re
from typing import NamedTuple

from lsprotocol import types

from threatline.design.reading import is_design_file
from threatline.knowledge.checking import check_file, name_in_rules
from threatline.knowledge.schema import Form, about, keys_at, words_at
from threatline.lsp.capabilities import SOURCE
from threatline.lsp.client import Json
from threatline.lsp.configuration import LEVELS
from threatline.lsp.convert import escaped, marked_up, position_of, range_of
from threatline.lsp.diagnostics import FileReport
from threatline.lsp.documents import Document
from threatline.lsp.paths import path_of
from threatline.lsp.session import Session
from threatline.lsp.yaml_cursor import Cursor, cursor_at
from threatline.source.file import Span

_PROPERTY, _WORD = 10, 20
_TOKEN = re.compile(r"[A-Za-z0-9_.:/-]+")


class _Written(NamedTuple):
    document: Document
    form: Form
    lines: list[str]


class Authoring:
    """Helps with the files that people write for Threatline, and says what is wrong with those that are no part of a workspace's design."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._checks: dict[str, asyncio.Task[None]] = {}

    async def completion(self, params: types.CompletionParams) -> Json:
        """List the keys or words that may stand at a position; null in any other file."""
        written = self._written(params.text_document.uri)
        if written is None:
            return None
        document, form, lines = written
        offset = document.index.offset(params.position.line, params.position.character, self._session.client.units)
        cursor, start = _cursor(document, lines, offset)
        end = position_of(document.index, offset, self._session.client.units)
        place = {"start": position_of(document.index, start, self._session.client.units), "end": end}
        items: list[Json] = []
        if cursor.key:
            items += [
                _item(key, said, place, f"{key}: ", _PROPERTY) for key, said in keys_at(form, cursor.path, self._session.knowledge).items()
            ]
        if not cursor.key or cursor.item:
            items += [_item(word, said, place, word, _WORD) for word, said in words_at(form, cursor.path, self._session.knowledge).items()]
        return items

    async def hover(self, params: types.HoverParams) -> Json:
        """Tell what the word at a position means; null where nothing is known, and in any other file."""
        written = self._written(params.text_document.uri)
        if written is None:
            return None
        document, form, lines = written
        at = document.index.offset(params.position.line, params.position.character, self._session.client.units)
        line = document.index.line_of(at)
        start, _ = document.index.line(line)
        column = len(document.text[start:at].decode("utf-8", "replace"))
        token = next((one for one in _TOKEN.finditer(lines[line]) if one.start() <= column <= one.end()), None)
        if token is None:
            return None
        word = token[0].rstrip(":")
        cursor = cursor_at(lines, line, token.start() + len(word))
        path = (*cursor.path, word) if cursor.key else cursor.path
        said = about(form, path, word, self._session.knowledge)
        if not said:
            return None
        begin = start + len(lines[line][: token.start()].encode())
        span = Span(begin, begin + len(word.encode()))
        shown = range_of(document.index, span, self._session.client.units)
        text = f"**{escaped(word)}** · {escaped(said)}"
        return {"contents": marked_up(text, markdown=self._session.client.markdown), "range": shown}

    def is_ours(self, uri: str) -> bool:
        """Tell whether a document is such a file."""
        return self._written(uri) is not None

    def changed(self, document: Document) -> None:
        """Check a rule file anew, once it has been quiet for a moment."""
        path = path_of(document.uri)
        if path is None or name_in_rules(path) is None:
            return
        before = self._checks.get(document.uri)
        if before is not None:
            before.cancel()
        self._checks[document.uri] = asyncio.get_running_loop().create_task(self._check(document))

    def closed(self, uri: str) -> None:
        """Forget what was wrong with a file."""
        check = self._checks.pop(uri, None)
        if check is not None:
            check.cancel()
        if self._session.authored.pop(uri, None) is not None:
            self._session.tell_again(uri)

    async def checked(self, uri: str) -> None:
        """Wait until a rule file, as it is now, has been checked."""
        while (check := self._checks.get(uri)) is not None and not check.done():
            await asyncio.wait({check})

    async def _check(self, document: Document) -> None:
        path = path_of(document.uri)
        assert path is not None
        await asyncio.sleep(_QUIET)
        problems = await asyncio.to_thread(check_file, path, document.text, self._session.knowledge)
        items: list[Json] = [
            {
                "range": range_of(document.index, _line(document, problem.line), self._session.client.units),
                "severity": LEVELS["error"],
                "code": "rule-file",
                "source": SOURCE,
                "message": problem.message,
            }
            for problem in problems
        ]
        self._session.authored[document.uri] = FileReport.of(items)
        self._session.tell_again(document.uri)

    def _written(self, uri: str) -> _Written | None:
        document, located, path = self._session.documents.get(uri), self._session.locate(uri), path_of(uri)
        form: Form | None = None
        if located is not None and is_design_file(located.file):
            form = "design"
        elif path is not None and (name := name_in_rules(path)) is not None:
            form = "rule" if name.startswith("threats/") else "catalog" if name.startswith("catalog/") else None
        if document is None or form is None:
            return None
        return _Written(document, form, re.split(r"\r\n|\r|\n", document.text.decode("utf-8", "replace")))


_QUIET = 0.1
"""Seconds without a key before a rule file is checked."""


def _cursor(document: Document, lines: list[str], offset: int) -> tuple[Cursor, int]:
    """Find what is written at an offset, and the offset where its word begins."""
    line = document.index.line_of(offset)
    start, _ = document.index.line(line)
    cursor = cursor_at(lines, line, len(document.text[start:offset].decode("utf-8", "replace")))
    return cursor, offset - len(cursor.typed.encode())


def _line(document: Document, line: int) -> Span:
    found = document.index.line(min(max(line - 1, 0), document.index.count - 1))
    text = document.text[found.start : found.end]
    return Span(found.start + len(text) - len(text.lstrip()), found.end)


def _item(label: str, said: str, place: Json, text: str, kind: int) -> Json:
    item: Json = {"label": label, "kind": kind, "textEdit": {"range": place, "newText": text}}
    return {**item, "documentation": said} if said else item
