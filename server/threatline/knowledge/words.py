"""Words checked against the vocabulary: the types that catalog and rule models share."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from threatline import vocabulary


class Strict(BaseModel):
    """A frozen model that refuses unknown keys. Its validator is built at first use, which a start from the cache never comes to."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)


def known(word: str, words: Iterable[str], what: str) -> str:
    """Return `word` if it is one of `words`.

    Raises ValueError that names the nearest valid word.
    """
    listed = list(words)
    if word in listed:
        return word
    near = difflib.get_close_matches(word, listed, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"unknown {what} {word!r}{hint}")


def as_list(value: Any) -> Any:
    """Let a single word stand for a list of one."""
    return value if isinstance(value, (list, tuple)) or value is None else [value]


Kind = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.COMPONENT_KINDS, "component kind"))]
Port = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.PORTS, "port"))]
Capability = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.CAPABILITIES, "capability"))]
DataKind = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.DATA_KINDS, "kind of data"))]
Zone = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.ZONES, "zone"))]
Relation = Annotated[str, AfterValidator(lambda word: known(word, vocabulary.RELATIONS, "relation"))]

Words = Annotated[tuple[str, ...], BeforeValidator(as_list)]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(as_list)]
Ports = Annotated[tuple[Port, ...], BeforeValidator(as_list)]
Capabilities = Annotated[tuple[Capability, ...], BeforeValidator(as_list)]
DataKinds = Annotated[tuple[DataKind, ...], BeforeValidator(as_list)]
Zones = Annotated[tuple[Zone, ...], BeforeValidator(as_list)]
