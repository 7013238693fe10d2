"""Code actions: which of what can be done about findings an editor asks for, and when their edits are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified

from threatline.lsp.client import Json
from threatline.lsp.folders import Root
from threatline.lsp.offers import FIX_ALL, QUICK_FIX, Offer, of_file, of_finding
from threatline.lsp.protocol import plain
from threatline.lsp.session import Current, Located, Session
from threatline.report.json import silenced
from threatline.threats.finding import Finding
from threatline.vocabulary import SEVERITIES


async def code_action(session: Session, params: types.CodeActionParams) -> Json:
    """List what can be done about the findings in a range. What the editor sends as its diagnostics does not matter: some send none.

    Edits are left out where the editor asks for the one that was chosen (`resolve`).
    """
    current = await session.current(params.text_document.uri)
    if current is None or not current.exact:
        return []
    wanted = [str(kind) for kind in params.context.only or ()]
    offers: list[Offer] = []
    if _asked(wanted, QUICK_FIX):
        # Fixes first, whichever finding they belong to.
        found = [offer for finding in _findings_in(session, current, params.range) for offer in of_finding(session, current, finding)]
        offers += sorted(found, key=lambda offer: offer.rank)
    if any(kind == FIX_ALL or FIX_ALL.startswith(f"{kind}.") for kind in wanted):
        offers += of_file(session, current)
    return [_action(session, current, offer) for offer in offers]


async def resolve(session: Session, action: Json) -> Json:
    """Add the edit to an action that was listed without one, made for the text as it is now."""
    given = plain(plain(action).get("data"))
    current = await session.current(str(given.get("uri") or ""))
    if current is not None and current.exact:
        for offer in _offers_again(session, current, str(given.get("fingerprint") or "")):
            if offer.key == given.get("key") and offer.edit is not None:
                return {**action, "edit": offer.edit()}
    raise JsonRpcContentModified("the text has changed since this was offered")


def _offers_again(session: Session, current: Current, fingerprint: str) -> Iterator[Offer]:
    if not fingerprint:
        yield from of_file(session, current)
    for finding in current.snapshot.findings_in(current.file):
        if finding.fingerprint == fingerprint and not silenced(finding):
            yield from of_finding(session, current, finding)


def _action(session: Session, current: Current, offer: Offer) -> Json:
    action: Json = {"title": offer.title, "kind": offer.kind}
    if offer.fingerprint:
        action["diagnostics"] = _shown(session, current, offer.fingerprint)
    if offer.preferred:
        action["isPreferred"] = True
    if offer.command is not None:
        action["command"] = offer.command
    if offer.edit is not None and session.client.resolves_edits:
        action["data"] = {"uri": current.document.uri, "fingerprint": offer.fingerprint, "key": offer.key}
    elif offer.edit is not None:
        action["edit"] = offer.edit()
    return action


def _shown(session: Session, current: Current, fingerprint: str) -> list[Json]:
    report = session.report(Located(Root(current.root, loose=False), current.file))
    return [item for item in report.items if item.get("data", {}).get("fingerprint") == fingerprint]


def _asked(wanted: Sequence[str], kind: str) -> bool:
    return not wanted or any(kind == word or kind.startswith(f"{word}.") or not word for word in wanted)


def _findings_in(session: Session, current: Current, asked: types.Range) -> list[Finding]:
    """List the findings that a range touches, the worst first; one on the cursor's line counts, wherever on it the cursor is."""
    index, units = current.document.index, session.client.units
    start = index.offset(asked.start.line, asked.start.character, units)
    end = index.offset(asked.end.line, asked.end.character, units)
    if start == end:
        start, end = index.line(min(asked.start.line, index.count - 1))
    found = []
    for finding in current.snapshot.findings_in(current.file):
        place = current.snapshot.place(finding.value)
        if not silenced(finding) and place.file == current.file and place.span.start <= end and start <= place.span.end:
            found.append(finding)
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
