"""Lines and paragraphs written for a terminal or a file: styled or plain, wrapped to a width, with every text escaped on its way in."""

from __future__ import annotations

import re
from io import StringIO
from typing import Final

from rich.console import Console
from rich.text import Text

from threatline.report.escaping import for_terminal, on_one_line
from threatline.report.frames import FrameLine
from threatline.vocabulary import Severity

SEVERITY_STYLES: Final[dict[Severity, str]] = {
    "critical": "bold white on red",
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold cyan",
    "info": "bold",
}
SEVERITY_INK: Final[dict[Severity, str]] = SEVERITY_STYLES | {"critical": "bold red"}
"""Styles without a background, for words in a line and for carets."""

PLAIN_WIDTH: Final = 100
"""Width where there is no terminal to ask."""

WIDEST: Final = 120

Part = str | tuple[str, str]
"""A text, or a text and its style."""


_TRAILING: Final = re.compile(r"(?m) +$")


class Ink:
    """Gathers what is written. `width` in cells; `color` adds ANSI styles."""

    def __init__(self, *, width: int = PLAIN_WIDTH, color: bool = False) -> None:
        self.width = max(40, min(width, WIDEST))
        self._out = StringIO()
        self._console = Console(
            file=self._out,
            width=self.width,
            force_terminal=color,
            no_color=not color,
            color_system="standard" if color else None,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def blank(self) -> None:
        """Leave a line empty."""
        self._out.write("\n")

    def line(self, *parts: Part, indent: int = 0) -> None:
        """Write one line, wrapped under its indent where it is too long."""
        self._print(_text(parts), indent)

    def paragraph(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Write a text, wrapped; its own line ends start new lines."""
        for part in text.splitlines() or [""]:
            self._print(_text([(part, style)]), indent)

    def labelled(self, label: str, *parts: Part, indent: int = 0, column: int = 12) -> None:
        """Write a label in a column of its own and the text beside it, wrapped beside it too."""
        room = max(20, self.width - indent - column)
        for number, text in enumerate(_text(parts).wrap(self._console, room)):
            head = Text(" " * indent) + Text((label if number == 0 else "").ljust(column), style="bold")
            self._raw(head + text)

    def rule(self, *parts: Part, style: str = "dim") -> None:
        """Write a heading with a line across the page."""
        text = _text(parts)
        text.truncate(self.width - 4, overflow="ellipsis")
        rest = self.width - text.cell_len - 4
        self._console.print(Text.assemble(("── ", style), text, (" " + "─" * max(0, rest), style)), soft_wrap=True)

    def frame(self, lines: list[FrameLine], *, indent: int = 0, style: str = "red") -> None:
        """Write a code frame: line numbers, source, and carets under the place, or a bar beside a place of several lines."""
        gutter = max((len(str(line.number)) for line in lines), default=1)
        for line in lines:
            number = str(line.number) if line.number else "…"
            bar = ("┃", style) if line.inside else ("│", "dim")
            self._raw(Text.assemble(" " * indent, (f"{number:>{gutter}} ", "dim"), bar, " ", line.text))
            if line.under:
                start, end = line.under
                self._raw(Text.assemble(" " * indent, (" " * gutter + " │ ", "dim"), " " * start, ("^" * max(1, end - start), style)))

    def code(self, text: str, *, indent: int = 0) -> None:
        """Write one line of source, quietly, cut at the width."""
        shown = Text.assemble(" " * indent, ("│ ", "dim"), (on_one_line(text), "dim"))
        shown.truncate(self.width, overflow="ellipsis")
        self._raw(shown)

    def markdown(self, text: str) -> None:
        """Write Markdown. Colors, headings and code as a terminal has them."""
        from rich.markdown import Markdown

        lines = (for_terminal(line) for line in text.splitlines())
        with self._console.capture() as written:
            self._console.print(Markdown("\n".join(lines), hyperlinks=False, code_theme="ansi_dark"))
        self._out.write(_TRAILING.sub("", written.get()))

    def written(self) -> str:
        """Give all that was written."""
        return self._out.getvalue()

    def _print(self, text: Text, indent: int) -> None:
        for line in text.wrap(self._console, self.width - indent) or [Text()]:
            self._raw(Text(" " * indent) + line)

    def _raw(self, text: Text) -> None:
        text.rstrip()
        self._console.print(text, soft_wrap=True)


def _text(parts: tuple[Part, ...] | list[Part]) -> Text:
    text = Text(overflow="fold")
    for part in parts:
        words, style = (part, "") if isinstance(part, str) else part
        text.append(_escaped(words), style=style)
    return text


def _escaped(words: str) -> str:
    """Escape, keeping the spaces at both ends that stand between parts."""
    inner = on_one_line(words)
    if not inner:
        return " " * len(words) if words.isspace() else ""
    head = len(words) - len(words.lstrip(" "))
    tail = len(words) - len(words.rstrip(" "))
    return " " * head + inner + " " * tail
