"""`threatline check`: findings, in a form for people, programs or a code host; the exit status says whether they matter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import click

from threatline import __version__
from threatline.cli import main, output
from threatline.cli.analyzing import Target, analyzed, load, target_of
from threatline.vocabulary import SEVERITIES

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.knowledge.model import Knowledge
    from threatline.threats.finding import Finding

NOT_READ: Final = frozenset({"unreadable", "rule-failed", "timeout"})
"""Kinds of problems after which the analysis is not complete, wherever they are."""

NOT_READ_BY_NAME: Final = frozenset({"too-large", "binary", "minified", "outside", "missing"})
"""Kinds that matter as much for a file that was asked for by its own name."""


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[PATH …]", type=click.Path(exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="Form of the result.",
)
@click.option("--output", "file", metavar="FILE", help="Write the result there instead of to standard output.")
@click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, "never"]),
    default="high",
    show_default=True,
    help="Least severity that makes the status 1.",
)
@click.option("--since", metavar="REV", help="Only findings that are new since this git revision.")
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only findings of this rule; may be repeated.")
@click.option("--fix", is_flag=True, help="Apply the fixes that are safe, and report what is left.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option(
    "--workspace", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="The root, where it cannot be found from PATH."
)
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ctx: click.Context,
    paths: tuple[str, ...],
    form: str,
    file: str | None,
    fail_on: str,
    since: str | None,
    rules: tuple[str, ...],
    fix: bool,
    no_cache: bool,
    workspace: str | None,
) -> None:
    """List threats and missing controls in PATH (default: the current folder).

    The root is --workspace, else the nearest folder above PATH with a threatmodel.yaml, else the git top level, else the nearest
    manifest, else PATH.
    """
    target = target_of(paths, workspace)
    knowledge = load()
    for rule in rules:
        _known_rule(rule, knowledge)

    def wanted(finding: Finding) -> bool:
        return target.inside(finding.value.file) and (not rules or finding.rule in rules)

    with analyzed(target, knowledge, cache=not no_cache) as (place, found):
        snapshot = found
        if fix:
            from threatline.cli.fixing import apply_safe_fixes

            snapshot = apply_safe_fixes(snapshot, place, knowledge, wanted)
        if since is not None:
            from threatline.cli.since import only_new

            snapshot = only_new(snapshot, place, since)
    snapshot = replace(snapshot, root=target.shown, findings=tuple(filter(wanted, snapshot.findings)))
    output.write(_written(snapshot, knowledge, form, to_file=file not in (None, "-")), file, target.root)
    ctx.exit(_status(snapshot, target, knowledge, fail_on))


def _known_rule(rule: str, knowledge: Knowledge) -> None:
    from threatline.knowledge.words import known

    try:
        known(rule, (each.id for each in knowledge.rules), "rule")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--rule") from None


def _written(snapshot: Snapshot, knowledge: Knowledge, form: str, *, to_file: bool) -> str | bytes:
    if form == "json":
        from threatline.report.json import check_json

        return check_json(snapshot, version=__version__)
    if form == "sarif":
        from threatline.report.sarif import check_sarif

        return check_sarif(snapshot, knowledge, version=__version__)
    if form == "github":
        from threatline.report.github import check_github

        return check_github(snapshot)
    from threatline.report.text import check_text
    from threatline.report.titles import titles_of

    look = output.PLAIN if to_file else output.look_of_stdout()
    return check_text(snapshot, titles=titles_of(knowledge), width=look.width, color=look.color)


def _status(snapshot: Snapshot, target: Target, knowledge: Knowledge, fail_on: str) -> int:
    """Tell the exit status: what is wrong in the call or the design comes before what is not complete, and that before findings."""
    from threatline.report.json import silenced

    if knowledge.problems or any(problem.kind == "design" for problem in snapshot.problems):
        return main.WRONG
    named = {path for path in target.paths if path.is_file()}
    unread = any(
        problem.kind in NOT_READ or (problem.kind in NOT_READ_BY_NAME and target.root / problem.file in named)
        for problem in snapshot.problems
    )
    if not snapshot.complete or unread:
        return main.INCOMPLETE
    if fail_on == "never":
        return 0
    least = SEVERITIES.index(fail_on)
    told = (finding for finding in snapshot.findings if not silenced(finding))
    return main.FOUND if any(SEVERITIES.index(finding.severity) <= least for finding in told) else 0
