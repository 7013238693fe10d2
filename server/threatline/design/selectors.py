"""The words by which a design points at code, such as `symbol:app.rag.answer`, `path:pipelines/**` or `route:POST /api/chat`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from threatline.source.globs import compile_globs

if TYPE_CHECKING:
    import pathspec

SELECTOR_KINDS: Final = frozenset({"symbol", "path", "route", "config", "image", "outside", "kind"})


class Selector(NamedTuple):
    """What is pointed at: `kind` is one of `SELECTOR_KINDS`, `text` the rest; a bare word is an id and has kind ""."""

    kind: str
    text: str


def parse_selector(text: str) -> Selector:
    """Split a selector at its first colon. Any text gives a selector; whether its kind is known is for the reader of files to check."""
    kind, colon, rest = text.partition(":")
    return Selector(kind.strip(), rest.strip()) if colon else Selector("", text.strip())


def selects(selectors: Iterable[str], *, symbols: Iterable[str] = (), path: str = "") -> bool:
    """Tell whether one of the selectors points at a definition, by any of its dotted names, or at a file, by its id.

    A symbol covers what is defined in it; `features.*` covers everything under `features`. Paths are globs as in `.gitignore`; a
    `config:` selector counts as the path before its `#`.
    """
    names = tuple(symbols)
    for selector in map(parse_selector, selectors):
        if selector.kind == "symbol" and any(_covers(selector.text, name) for name in names):
            return True
        if path and selector.kind in {"path", "config"} and matches([selector.text.partition("#")[0]], path):
            return True
    return False


def matches(globs: Iterable[str], path: str) -> bool:
    """Tell whether a file is named by these globs, which read as a `.gitignore` does (`!` takes back)."""
    return bool(_compiled(tuple(globs)).match_file(path))


def _covers(symbol: str, name: str) -> bool:
    whole = symbol.removesuffix(".*")
    return name == whole or name.startswith(f"{whole}.")


@lru_cache(maxsize=256)
def _compiled(globs: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return compile_globs(globs)
