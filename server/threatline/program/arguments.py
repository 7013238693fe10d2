"""Arguments: which of a call's values fills which parameter."""

from __future__ import annotations

from threatline.facts import model as f


def match_argument(arguments: tuple[f.Argument, ...], parameter: f.Parameter, index: int) -> list[int]:
    """List the argument values that fill a parameter; `index` is its place among those filled by arguments."""
    if parameter.kind == "options":
        return [a.value for a in arguments if a.name not in {"", "*"}]
    named = [a.value for a in arguments if a.name == parameter.name]
    if named:
        return named
    spread = [a.value for a in arguments if a.name == "**"]
    if parameter.kind == "rest":
        return [a.value for a in arguments if a.name in {"", "*"}][max(index, 0) :]
    if parameter.kind == "keyword" or index < 0:
        return spread if parameter.kind == "keyword" else []  # A bound receiver is filled by no argument.
    place = 0
    for argument in arguments:
        if argument.name == "*":
            return [argument.value, *spread]
        if argument.name == "" and place == index:
            return [argument.value]
        place += argument.name == ""
    return spread
