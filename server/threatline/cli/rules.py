"""`threatline rules`: the rules there are, their pages run as tests, and a new pair to start from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from threatline.cli import main, output
from threatline.cli.analyzing import load
from threatline.errors import ThreatlineError

if TYPE_CHECKING:
    from threatline.knowledge.model import Knowledge
    from threatline.knowledge.rule import Rule

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){1,5}")
_NO_PAGE: Final = "there is no page beside the rule"
_THEME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.group("rules")
def command() -> None:
    """List the rules, run their pages as tests, start a new one."""


@command.command("list")
@click.option("--theme", help="Only rules of this theme.")
@click.pass_context
def list_rules(ctx: click.Context, theme: str | None) -> None:
    """List the rules: severity, id and title, by theme."""
    from threatline.report.explain import rules_text

    knowledge = load()
    themes = {rule.theme for rule in knowledge.rules}
    if theme is not None and theme not in themes:
        raise click.BadParameter(f"there are rules on {', '.join(sorted(themes))}", param_hint="--theme")
    look = output.look_of_stdout()
    output.write(rules_text([rule for rule in knowledge.rules if theme in (None, rule.theme)], **look._asdict()), None, Path())
    ctx.exit(main.WRONG if knowledge.problems else 0)


@command.command("test")
@click.argument("rules", nargs=-1, metavar="[RULE …]")
@click.option(
    "--folder", "folders", multiple=True, metavar="DIR", type=click.Path(exists=True, file_okay=False), help="A further folder of rules."
)
@click.pass_context
def test_rules(ctx: click.Context, rules: tuple[str, ...], folders: tuple[str, ...]) -> None:
    """Run the pages of the rules as tests: marked lines must be found, all others must stay silent."""
    from threatline.analysis.page_run import page_of, run_page
    from threatline.cli.interrupt import stoppable
    from threatline.knowledge.loading import load_knowledge

    knowledge = load_knowledge([Path(folder) for folder in folders]) if folders else load()
    failed = 0
    chosen = [_rule(word, knowledge) for word in rules] or list(knowledge.rules)
    with stoppable() as stopped:
        for rule in chosen:
            if stopped():
                break
            page = page_of(rule.id, knowledge)
            faults = run_page(page, rule.id, knowledge).faults if page else (_NO_PAGE,)
            failed += bool(faults)
            click.echo(f"{'FAILED' if faults else 'ok':<7} {rule.id}")
            for fault in faults:
                click.echo(f"        {fault}")
    click.echo(f"{len(chosen)} page{'' if len(chosen) == 1 else 's'}, {failed} failed")
    ctx.exit(main.FOUND if failed else 0)


@command.command("new")
@click.argument("name", metavar="ID")
@click.option("--theme", required=True, help="The folder it goes to, such as tools or retrieval.")
@click.option("--sentence", type=click.Choice(["flow", "component", "system"]), required=True, help="The kind of sentence it says.")
@click.option("--folder", metavar="DIR", type=click.Path(file_okay=False), default="rules", show_default=True, help="The folder of rules.")
def new_rule(name: str, theme: str, sentence: str, folder: str) -> None:
    """Write a new rule and its page. ID names the fault in two to five words, such as model-output-to-shell."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("use two to five words in small letters, joined by hyphens", param_hint="ID")
    if not _THEME.fullmatch(theme):
        raise click.BadParameter("use small letters, words joined by hyphens", param_hint="--theme")
    place = Path(folder) / "threats" / theme
    pair = {place / f"{name}.yaml": _template(f"rule-{sentence}.yaml"), place / f"{name}.md": _template("page.md")}
    for path in pair:
        if path.exists():
            raise ThreatlineError(f"{path}: is there already")
    place.mkdir(parents=True, exist_ok=True)
    for path, text in pair.items():
        path.write_text(text.replace("RULE-ID", name), "utf-8", newline="\n")
        click.echo(f"wrote {path}")
    click.echo(f"now: threatline rules test {name} --folder {folder}")


def _rule(word: str, knowledge: Knowledge) -> Rule:
    from threatline.knowledge.words import known

    try:
        known(word, (rule.id for rule in knowledge.rules), "rule")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="RULE") from None
    found = knowledge.rule(word)
    assert found is not None
    return found


def _template(name: str) -> str:
    from importlib.resources import files

    return (files("threatline.cli") / "templates" / name).read_text("utf-8")
