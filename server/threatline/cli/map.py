"""`threatline map`: the system map, for people, programs, or a page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from threatline.cli import main, output
from threatline.cli.analyzing import analyze, load, target_of

if TYPE_CHECKING:
    from threatline.analysis.snapshot import Snapshot
    from threatline.knowledge.model import Knowledge


@click.command("map")
@click.argument("path", metavar="[PATH]", type=click.Path(exists=True), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "mermaid", "html", "otm"]),
    default="text",
    show_default=True,
    help="Form of the result.",
)
@click.option("--output", "file", metavar="FILE", help="Write the result there instead of to standard output.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option(
    "--workspace", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="The root, where it cannot be found from PATH."
)
@click.pass_context
def command(ctx: click.Context, path: str | None, form: str, file: str | None, no_cache: bool, workspace: str | None) -> None:
    """Show the system map of the workspace that PATH (default: the current folder) belongs to."""
    target = target_of((path,) if path else (), workspace)
    knowledge = load()
    snapshot = analyze(target, knowledge, cache=not no_cache)
    output.write(_written(snapshot, knowledge, form, to_file=file not in (None, "-")), file, target.root)
    ctx.exit(0 if snapshot.complete else main.INCOMPLETE)


def _written(snapshot: Snapshot, knowledge: Knowledge, form: str, *, to_file: bool) -> str | bytes:
    from threatline.report.titles import titles_of

    titles = titles_of(knowledge)
    if form == "json":
        from threatline.report.json import map_json

        return map_json(snapshot, titles=titles)
    if form == "mermaid":
        from threatline.report.mermaid import map_mermaid

        return map_mermaid(snapshot, titles=titles)
    if form == "html":
        from threatline.report.html import map_html

        return map_html(snapshot, titles=titles)
    if form == "otm":
        from threatline.report.otm import map_otm

        return map_otm(snapshot, titles=titles)
    from threatline.report.map_text import map_text

    look = output.PLAIN if to_file else output.look_of_stdout()
    return map_text(snapshot, titles=titles, width=look.width, color=look.color)
