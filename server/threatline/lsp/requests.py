"""Requests of our own: the system map, explanations, and waiting until a version has been analyzed."""

from __future__ import annotations

from pathlib import Path

from pygls.exceptions import JsonRpcInvalidParams

from threatline.analysis.snapshot import Snapshot
from threatline.lsp.client import Json
from threatline.lsp.hover import Page
from threatline.lsp.paths import path_of
from threatline.lsp.protocol import plain
from threatline.lsp.session import Reading, Session
from threatline.report.explain import control_text, framework_entries, framework_text, rule_text
from threatline.report.json import map_object
from threatline.report.places import Places
from threatline.report.titles import titles_of


async def system_map(session: Session, params: Json) -> Json:
    """Return the map of a root, as `threatline map --format json` has it.

    `root` is a URI or path in it; without one the first root is meant.
    """
    _, reading = await reading_for(session, plain(params).get("root"))
    return map_object(reading.snapshot, Places(reading.snapshot), titles_of(session.knowledge))


async def explain(session: Session, params: Json) -> Json:
    """Explain a finding (`fingerprint`, or its beginning) or an `id` of a rule, control or framework; `{markdown}`, or `{text}` for ids."""
    given = plain(params)
    fingerprint, word = given.get("fingerprint"), given.get("id")
    if isinstance(fingerprint, str) and fingerprint:
        for root, reading in sorted(session.readings.items()):
            for finding in reading.snapshot.findings:
                if finding.fingerprint.startswith(fingerprint):
                    return {
                        "markdown": Page(reading.snapshot, session.knowledge, root, session.ranges).finding(finding),
                        "rule": finding.rule,
                    }
    elif isinstance(word, str) and word:
        snapshots = [reading.snapshot for _, reading in sorted(session.readings.items())]
        return explain_id(session, word, snapshots[0] if snapshots else None)
    raise _wrong("nothing goes by this fingerprint or id")


def explain_id(session: Session, word: str, snapshot: Snapshot | None) -> Json:
    """Explain an id of a rule, a control or a framework."""
    knowledge = session.knowledge
    rule = knowledge.rule(word)
    if rule is not None:
        page = knowledge.pages.get(word)
        text = Path(page).read_text(encoding="utf-8") if page else ""
        return {"markdown": text, "text": rule_text(rule, text, knowledge), "rule": word}
    if word in knowledge.controls:
        return {"text": control_text(word, knowledge)}
    texts = [framework_text(framework, name, knowledge, snapshot) for framework, name in framework_entries(word, knowledge)]
    if not texts:
        raise _wrong(f"unknown id {word!r}")
    return {"text": "\n".join(texts)}


async def synced(session: Session, params: Json) -> Json:
    """Answer once everything up to a document's `version` has been analyzed; without a version, up to now."""
    given = plain(params)
    uri, version = given.get("uri"), given.get("version")
    if not isinstance(uri, str) or not isinstance(version, int | None):
        raise _wrong("synced takes a uri, and a version that is a number")
    while version is not None and (document := session.documents.get(uri)) is not None and document.version < version:
        await session.arrival()
    await session.settled(uri)
    document = session.documents.get(uri)
    located = session.locate(uri)
    reading = None if located is None else session.readings.get(located.root.path)
    return {
        "uri": uri,
        "version": None if document is None else document.version,
        "revision": None if reading is None else reading.snapshot.revision,
    }


async def reading_for(session: Session, at: Json) -> tuple[Path, Reading]:
    """Find the reading that a URI or path belongs to, and wait for the first one."""
    path = (path_of(at) or Path(at)) if isinstance(at, str) and at else None
    root = (
        session.folders.root_of(path) if path is not None else next(iter(sorted(session.folders.roots(), key=lambda root: root.path)), None)
    )
    if root is None:
        raise _wrong("no workspace is open there")
    session.resume(root.path)
    while root.path not in session.readings:
        await session.news()
    return root.path, session.readings[root.path]


def _wrong(message: str) -> JsonRpcInvalidParams:
    return JsonRpcInvalidParams(message)


METHODS = {"threatline/systemMap": system_map, "threatline/explain": explain, "threatline/synced": synced}
