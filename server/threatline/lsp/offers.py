"""What can be done about a finding: its fixes, a silence, an acceptance, and ways to understand it. Edits are made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from threatline.fixes.edit import Fix, TextEdit
from threatline.fixes.offers import fixes_for
from threatline.fixes.silence import silence
from threatline.lsp.client import Json
from threatline.lsp.convert import workspace_edit
from threatline.lsp.session import Current, Session
from threatline.report.json import silenced
from threatline.threats.finding import Finding

QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.threatline"

_COMMANDS = (
    ("threatline.acceptRisk", "Accept the risk of {rule} in threatmodel.yaml"),
    ("threatline.showFlow", "Show the flow of {rule}"),
    ("threatline.explain", "Explain {rule}"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be done: by an edit, or by a command. `key` names it among those of its finding; `rank` puts them in order."""

    title: str
    key: str
    rank: int = 0
    kind: str = QUICK_FIX
    fingerprint: str = ""
    edit: Callable[[], Json] | None = None
    command: Json = None
    preferred: bool = False


def of_finding(session: Session, current: Current, finding: Finding) -> Iterator[Offer]:
    """List what can be done about a finding, fixes first."""
    print_ = finding.fingerprint
    for place, fix in enumerate(fixes_for(current.snapshot, finding, session.knowledge)):
        edit = partial(_edit, session, current, fix.edits)
        yield Offer(fix.title, f"fix {place} {fix.control}", fingerprint=print_, edit=edit, preferred=place == 0 and fix.safe)
    source = current.snapshot.files[current.file]
    comment = silence(source, current.snapshot.place(finding.value).span, finding.rule)
    if comment is not None:
        title = f"Silence {finding.rule} here (give a reason)"
        yield Offer(title, "silence", 1, fingerprint=print_, edit=partial(_silencing, session, current, comment))
    for rank, (command, title) in enumerate(_COMMANDS, 2):
        named = title.format(rule=finding.rule)
        if command != "threatline.showFlow" or len(finding.evidence) > 1:
            arguments = [{"uri": current.document.uri, "fingerprint": print_}]
            yield Offer(named, command, rank, fingerprint=print_, command={"title": named, "command": command, "arguments": arguments})


def of_file(session: Session, current: Current) -> Iterator[Offer]:
    """Offer the safe fixes of a file in one, where there are any."""
    open_ = [finding for finding in current.snapshot.findings_in(current.file) if not silenced(finding)]
    may_fix = any(offer.verb and offer.apply == "safe" for finding in open_ for offer in finding.mitigations)
    if may_fix and (session.client.resolves_edits or _safe_edits(session, current, open_)):
        edit = partial(_fix_all, session, current, open_)
        yield Offer("Apply all safe fixes of Threatline", "all", kind=FIX_ALL, edit=edit)


def _fix_all(session: Session, current: Current, findings: Sequence[Finding]) -> Json:
    return _edit(session, current, _safe_edits(session, current, findings))


def _safe_edits(session: Session, current: Current, findings: Sequence[Finding]) -> list[TextEdit]:
    """Put together the safe fixes of a file; of two that touch the same text the first one counts."""
    taken: list[TextEdit] = []
    for finding in findings:
        fix = next((fix for fix in fixes_for(current.snapshot, finding, session.knowledge) if fix.safe), None)
        if fix is not None and _fits(fix, taken):
            taken += [edit for edit in fix.edits if edit not in taken]
    return taken


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
