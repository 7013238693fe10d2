"""`threatline explain`: what a rule, a finding, a control or a framework's id means."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from threatline.cli import output
from threatline.cli.analyzing import analyze, load, target_of
from threatline.source.roots import DESIGN_FILE, MANIFESTS

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.knowledge.model import Knowledge

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{4,}")


@click.command("explain")
@click.argument("word", metavar="RULE|FINGERPRINT|CONTROL|FRAMEWORK-ID")
@click.argument("path", metavar="[PATH]", type=click.Path(exists=True), required=False)
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option(
    "--workspace", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="The root, where it cannot be found from PATH."
)
def command(word: str, path: str | None, no_cache: bool, workspace: str | None) -> None:
    """Explain a rule by its page, a finding (by the start of its fingerprint) by its whole proof, a framework's id by its meaning.

    Findings are looked for in the workspace that PATH (default: the current folder) belongs to.
    """
    from threatline.report import explain

    knowledge = load()
    look = output.look_of_stdout()._asdict()
    target = target_of((path,) if path else (), workspace)

    def snapshot() -> Snapshot:
        return analyze(target, knowledge, cache=not no_cache)

    rule = knowledge.rule(word)
    if rule is not None:
        page = Path(knowledge.pages.get(rule.id, ""))
        result = explain.rule_text(rule, page.read_text("utf-8") if page.is_file() else "", knowledge, **look)
    elif word in knowledge.controls:
        result = explain.control_text(word, knowledge, **look)
    elif entries := explain.framework_entries(word, knowledge):
        read = snapshot() if path or workspace or _is_project(target.root) else None
        result = "\n".join(explain.framework_text(*entry, knowledge, read, **look) for entry in entries)
    elif _FINGERPRINT.fullmatch(word):
        result = _proof(word, snapshot(), knowledge, look)
    else:
        raise click.BadParameter(_unknown(word, knowledge), param_hint="RULE|FINGERPRINT|CONTROL|FRAMEWORK-ID")
    output.write(result, None, target.root)


def _is_project(root: Path) -> bool:
    """Tell whether a folder says that it is a workspace: nobody wants a home folder analyzed to read what an id means."""
    return any((root / name).exists() for name in (".git", DESIGN_FILE, *MANIFESTS))


def _proof(start: str, snapshot: Snapshot, knowledge: Knowledge, look: dict[str, object]) -> str:
    from threatline.report import explain

    found = explain.by_fingerprint(snapshot, start)
    if not found:
        raise click.UsageError(f"no finding in this workspace has a fingerprint that starts with {start}")
    if len({finding.fingerprint for finding in found}) > 1:
        listed = ", ".join(sorted({finding.fingerprint for finding in found}))
        raise click.UsageError(f"several findings start with {start}: {listed}")
    return "\n".join(explain.finding_text(finding, snapshot, knowledge, **look) for finding in found)  # type: ignore[arg-type]


def _unknown(word: str, knowledge: Knowledge) -> str:
    words = [rule.id for rule in knowledge.rules] + list(knowledge.controls)
    words += [name for info in knowledge.frameworks.values() for name in info.entries]
    near = difflib.get_close_matches(word, words, n=1) or difflib.get_close_matches(word.upper(), words, n=1)
    return f"{word!r} is no rule, fingerprint, control or framework id" + (f"; did you mean {near[0]!r}?" if near else "")
