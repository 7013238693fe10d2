"""The `threatline` command: words on the command line to a command, and its outcome to an exit status."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import Final, NoReturn

import click

from threatline import __version__
from threatline.errors import ThreatlineError

FOUND: Final = 1
WRONG: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "check": ("check", "List threats and missing controls, with their evidence."),
    "map": ("map", "Show the system map: components, relations, data flows, trust boundaries."),
    "explain": ("explain", "Explain a rule, a finding, a control or a framework's id."),
    "rules": ("rules", "List the rules, run their pages as tests, start a new one."),
    "serve": ("serve", "Run the language server."),
    "cache": ("cache", "Show or clear the cache."),
}
"""Commands by name: the module they stand in and a line about them. Only the one that is asked for is imported, so help stays fast."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        found = importlib.import_module(f"threatline.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = found.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Click would make it status 1, which means findings here.
            ctx.exit(_broken_pipe())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="threatline")
def threatline() -> None:
    """Keep a live threat model of an AI system, read from its code.

    Nothing of the workspace is run or imported, and nothing leaves this machine.

    Exit status: 0 nothing at or above --fail-on, 1 something, 2 the call, a rule or the design file is wrong, 3 the analysis could not
    be completed.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status."""
    # What an analysis makes lives until the process ends: looking for garbage in it, and freeing it, is a fifth of the whole time.
    gc.disable()
    status = run(arguments)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = _broken_pipe()
    if threading.active_count() == 1:
        os._exit(status)
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit status."""
    try:
        status = threatline.main(args=arguments, prog_name="threatline", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return WRONG
    except ThreatlineError as error:
        _say(f"threatline: {error}")
        return WRONG
    except (KeyboardInterrupt, click.Abort):
        _say("threatline: stopped")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a fault of ours must not look like "findings"
        _say(traceback.format_exc())
        _say(f"threatline: this is a fault of threatline ({type(error).__name__}); please report it")
        return INCOMPLETE
    return status if isinstance(status, int) else 0


def _say(text: str) -> None:
    # What went wrong may quote the workspace.
    from threatline.report.escaping import for_terminal

    click.echo("\n".join(for_terminal(line) for line in text.splitlines()), err=True)


def _broken_pipe() -> int:
    # Python flushes standard output once more at exit, which would complain again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE
