"""The lines of source around a place, as a terminal shows them: numbered, masked, tabs widened, the place underlined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

from threatline.report.escaping import for_terminal
from threatline.report.places import Places, Range

_BEFORE: Final = 2
_AFTER: Final = 1
_TALLEST: Final = 7
_TAB: Final = "    "


@dataclass(frozen=True, slots=True)
class FrameLine:
    """One line of a frame. `number` 0 stands for lines left out.

    `under` is the cells (from, to) to underline, for a place on one line; `inside` marks the lines of a place that goes over several.
    """

    number: int
    text: str
    under: tuple[int, int] | None = None
    inside: bool = False


def frame(places: Places, found: Range, *, width: int) -> list[FrameLine]:
    """Cut out the lines around a range, each at most `width` cells wide, without the indentation that they share."""
    first, last = found.start.line, _last_line(found)
    inside = _shortened(first, last)
    before = list(range(max(1, first - _BEFORE), first))
    after = list(range(last + 1, min(places.line_count(found.file), last + _AFTER) + 1))
    numbers = _without_blank_ends([*before, *inside, *after], first, last, places, found.file)
    shared = _shared_indent([places.line(found.file, number) for number in numbers if number])
    return [
        _line(places.line(found.file, number), number, found, shared, width) if number else FrameLine(0, "", inside=True)
        for number in numbers
    ]


def _last_line(found: Range) -> int:
    """Give the last line on which a range shows: not one before whose first column it ends."""
    return found.end.line - 1 if found.end.column == 1 and found.end.line > found.start.line else found.end.line


def _shortened(first: int, last: int) -> list[int]:
    if last - first < _TALLEST:
        return list(range(first, last + 1))
    return [*range(first, first + _TALLEST - 2), 0, last]


def _without_blank_ends(numbers: list[int], first: int, last: int, places: Places, file: str) -> list[int]:
    def blank(number: int) -> bool:
        return (number < first or number > last) and number != 0 and not places.line(file, number).strip()

    while numbers and blank(numbers[0]):
        numbers = numbers[1:]
    while numbers and blank(numbers[-1]):
        numbers = numbers[:-1]
    return numbers


def _shared_indent(lines: list[str]) -> str:
    starts = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    if not starts:
        return ""
    low, high = min(starts), max(starts)
    length = next((index for index, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), min(len(low), len(high)))
    return low[:length]


def _line(text: str, number: int, found: Range, shared: str, width: int) -> FrameLine:
    cut = len(shared) if text.startswith(shared) else 0
    shown = [_shown(character) for character in text[cut:]]
    if found.start.line != _last_line(found):
        return FrameLine(number, _cropped("".join(shown), width), inside=found.start.line <= number <= _last_line(found))
    if number != found.start.line:
        return FrameLine(number, _cropped("".join(shown), width))
    cells = [cell_len(part) for part in shown]
    start = found.start.column - 1 - cut
    end = found.end.column - 1 - cut if found.end.line == number else len(cells)
    under = sum(cells[:start]), sum(cells[: max(end, start + 1)])
    if under[1] > width:
        skipped, under = _scrolled(cells, under, width)
        shown = ["…", *shown[skipped:]]
    return FrameLine(number, _cropped("".join(shown), width), (under[0], min(under[1], width)))


def _scrolled(cells: list[int], under: tuple[int, int], width: int) -> tuple[int, tuple[int, int]]:
    """Leave out the start of a long line so that what is underlined can be seen."""
    wanted = max(0, min(under[0] - 8, under[1] - width + 4))
    skipped = passed = 0
    while skipped < len(cells) and passed < wanted:
        passed += cells[skipped]
        skipped += 1
    if not skipped:
        return 0, (under[0] + 1, under[1] + 1)
    return skipped, (under[0] - passed + 1, under[1] - passed + 1)


def _shown(character: str) -> str:
    return _TAB if character == "\t" else for_terminal(character)


def _cropped(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[: min(len(text) - 1, max(0, width - 1))]
    return text + "…"
