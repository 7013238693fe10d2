"""Document links: official ids in any open text lead to their page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lsprotocol import types

from threatline.knowledge.model import Knowledge
from threatline.lsp.client import Json
from threatline.lsp.convert import range_of
from threatline.lsp.session import Session
from threatline.source.file import Span

_ID = re.compile(rb"(?<![\w./-])(?:[A-Z]{2,}[0-9]*(?:[-.:][A-Z]{0,2}[0-9]+)+)(?![\w-])")
"""What looks like an id that cannot be a mere word: CWE-78, AML.T0051.000, LLM10:2026, ASI05:2026, CAAS-1."""

_MOST = 1000


class FrameworkIds:
    """The ids of a knowledge, with where they lead and what they are called; made once."""

    def __init__(self) -> None:
        self._of: Knowledge | None = None
        self._links: dict[str, tuple[str, str]] = {}

    def of(self, knowledge: Knowledge) -> Mapping[str, tuple[str, str]]:
        """Return address and name by id."""
        if self._of is not knowledge:
            self._of = knowledge
            self._links = {
                name: (entry.link or info.link, f"{entry.name} ({info.title}, {info.edition})")
                for info in knowledge.frameworks.values()
                for name, entry in info.entries.items()
                if entry.link or info.link
            }
        return self._links


_IDS = FrameworkIds()


async def document_links(session: Session, params: types.DocumentLinkParams) -> Json:
    """List the links of an open document."""
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return []
    known = _IDS.of(session.knowledge)
    found: list[Json] = []
    for match in _ID.finditer(document.text):
        link = known.get(match[0].decode())
        if link is not None and len(found) < _MOST:
            place = range_of(document.index, Span(match.start(), match.end()), session.client.units)
            found.append({"range": place, "target": link[0], "tooltip": link[1]})
    return found
