"""Code actions: the fixes of the findings in a range, and the ways to silence or accept them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types

from threatline.fixes.edit import Fix, TextEdit
from threatline.fixes.offers import fixes_for
from threatline.fixes.silence import silence
from threatline.lsp.client import Json
from threatline.lsp.convert import workspace_edit
from threatline.lsp.folders import Root
from threatline.lsp.session import Current, Located, Session
from threatline.report.json import silenced
from threatline.threats.finding import Finding

FIX_ALL = "source.fixAll.threatline"


async def code_action(session: Session, params: types.CodeActionParams) -> Json:
    """List what can be done about the findings in a range. What the editor sends as its diagnostics does not matter: some send none."""
    current = await session.current(params.text_document.uri)
    if current is None or not current.exact:
        return []
    wanted = [str(kind) for kind in params.context.only or ()]
    findings = _findings_in(session, current, params.range)
    actions: list[Json] = []
    if _asked(wanted, "quickfix"):
        actions += [action for finding in findings for action in _of_finding(session, current, finding)]
    if any(kind == FIX_ALL or FIX_ALL.startswith(f"{kind}.") for kind in wanted):
        actions += _fix_all(session, current)
    return actions


def _asked(wanted: Sequence[str], kind: str) -> bool:
    return not wanted or any(kind == word or kind.startswith(f"{word}.") or not word for word in wanted)


def _findings_in(session: Session, current: Current, asked: types.Range) -> list[Finding]:
    """List the findings that a range touches; one that stands on the cursor's line counts, wherever on it the cursor is."""
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
    return found


def _of_finding(session: Session, current: Current, finding: Finding) -> Iterable[Json]:
    report = session.report(Located(Root(current.root, loose=False), current.file))
    shown = [item for item in report.items if item.get("data", {}).get("fingerprint") == finding.fingerprint]
    fixes = fixes_for(current.snapshot, finding, session.knowledge)
    for place, fix in enumerate(fixes):
        yield {
            "title": fix.title,
            "kind": "quickfix",
            "diagnostics": shown,
            "isPreferred": place == 0 and fix.safe,
            "edit": _edit(session, current, fix.edits),
        }
    source = current.snapshot.files[current.file]
    comment = silence(source, current.snapshot.place(finding.value).span, finding.rule)
    if comment is not None:
        title = f"Silence {finding.rule} here (give a reason)"
        yield {"title": title, "kind": "quickfix", "diagnostics": shown, "edit": _silencing(session, current, comment)}
    yield {
        "title": f"Accept the risk of {finding.rule} in threatmodel.yaml",
        "kind": "quickfix",
        "diagnostics": shown,
        "command": {
            "title": "Accept the risk",
            "command": "threatline.acceptRisk",
            "arguments": [{"uri": current.document.uri, "fingerprint": finding.fingerprint}],
        },
    }


def _fix_all(session: Session, current: Current) -> list[Json]:
    """Put together the safe fixes of a file; of two that touch the same text the first one counts."""
    taken: list[TextEdit] = []
    for finding in current.snapshot.findings_in(current.file):
        if silenced(finding):
            continue
        fix = next((fix for fix in fixes_for(current.snapshot, finding, session.knowledge) if fix.safe), None)
        if fix is not None and _fits(fix, taken):
            taken += [edit for edit in fix.edits if edit not in taken]
    if not taken:
        return []
    return [{"title": "Apply all safe fixes of Threatline", "kind": FIX_ALL, "edit": _edit(session, current, taken)}]


def _fits(fix: Fix, taken: Sequence[TextEdit]) -> bool:
    """Tell whether a fix stands clear of others; the same edit twice, such as an import, is one."""
    others = [(edit, other) for edit in fix.edits for other in taken if edit != other and edit.file == other.file]
    return all(edit.span.end < other.span.start or other.span.end < edit.span.start for edit, other in others)


def _edit(session: Session, current: Current, edits: Iterable[TextEdit]) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in edits:
        changes.setdefault(session.uri(current.root, edit.file), []).append(session.ranges.text_edit(current.snapshot, edit))
    documents = {uri: session.documents.get(uri) for uri in changes}
    versions = {uri: None if document is None else document.version for uri, document in documents.items()}
    return workspace_edit(changes, versions, document_changes=session.client.document_changes)


def _silencing(session: Session, current: Current, comment: TextEdit) -> Json:
    """Write the comment, with a place for the reason to be typed at once where the editor can."""
    written = session.ranges.text_edit(current.snapshot, comment)
    if not (session.client.snippet_edits and session.client.document_changes):
        return _edit(session, current, [comment])
    line = comment.text.rstrip("\r\n")
    escaped = line.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
    snippet = f"{escaped} ${{1:reason}}{comment.text[len(line) :]}"
    target = {"uri": current.document.uri, "version": current.document.version}
    return {
        "documentChanges": [
            {"textDocument": target, "edits": [{"range": written["range"], "snippet": {"kind": "snippet", "value": snippet}}]}
        ]
    }
