"""Facts written as short lines, so that a test's expectation can be read beside its source."""

from collections.abc import Callable

import msgspec
import pytest

from threatline.facts import extract
from threatline.facts.model import Argument, Definition, Element, Extraction, Fact
from threatline.source.file import SourceFile
from threatline.syntax import parse


def read(code: str | bytes, language: str = "python") -> Extraction:
    """Extract the facts of a piece of code."""
    text = code.encode() if isinstance(code, str) else code
    return extract(parse(SourceFile("sample", text, "", language)))


def dump(definition: Definition) -> list[str]:
    """Write a definition's facts: ordinal, kind, and each field that differs from its default."""
    return [f"{ordinal} {_line(fact)}" for ordinal, fact in enumerate(definition.facts)]


def _line(fact: Fact) -> str:
    words = [type(fact).__name__]
    for field in msgspec.structs.fields(fact):
        value = getattr(fact, field.name)
        if value != field.default:
            words.append(field.name if value is True and field.default is False else _value(value))
    return " ".join(words)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"({' '.join(_value(part) for part in value)})"
    if isinstance(value, Argument):
        return f"{value.name}={value.value}" if value.name else str(value.value)
    if isinstance(value, Element):
        key = f"{value.key}:" if value.key != -1 else ""
        return f"{'*' if value.spread else ''}{key}{value.value}"
    return value if isinstance(value, str) and value else repr(value)


def definition_of(extraction: Extraction, path: str) -> Definition:
    """Return the definition of a path."""
    return next(definition for definition in extraction.facts.definitions if definition.path == path)


@pytest.fixture
def facts_of() -> Callable[..., Extraction]:
    """Extract the facts of a piece of code."""
    return read


@pytest.fixture
def lines_of() -> Callable[..., str]:
    """Write the facts of one definition of a piece of code on one line, separated by `; `."""

    def lines(code: str | bytes, path: str = "", language: str = "python") -> str:
        return "; ".join(dump(definition_of(read(code, language), path)))

    return lines
