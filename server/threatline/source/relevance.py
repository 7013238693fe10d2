"""Which files may matter: one pass over the bytes tells which words a file holds and what it imports, long before anything is parsed."""

from __future__ import annotations

import re
import string
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Final, Literal, Protocol

Engine = Literal["hyperscan", "re2"]

_IMPORT: Final = rb"^[ \t]*(?:import|from|export)\b|\bimport[ \t]*\(|\brequire[ \t]*\(|^[ \t]*\}[ \t]*from\b"
_LETTERS: Final = frozenset(string.ascii_letters.encode() + string.digits.encode() + b"_")
_MAX_STATEMENT: Final = 2_000
_RE2_MEMORY: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen in a file: whole words, and the statements that import, in order, each over all its lines."""

    words: frozenset[str]
    imports: tuple[bytes, ...]


class _Matcher(Protocol):
    """Finds which words may stand in a text and where imports start."""

    def scan(self, text: bytes) -> tuple[Iterable[int], Iterable[int]]: ...


class Gate:
    """A set of words, looked for all at once. Made lazily, in some hundredths of a second; safe to use from several threads.

    A word is found only whole: `chroma` is not in `chromatic`, but is in `x.chroma`. `engine` is chosen by what is installed.
    """

    def __init__(self, words: Iterable[str], engine: Engine | None = None) -> None:
        self._words = tuple(sorted({word for word in words if word}))
        self._engine: Engine = engine or ("hyperscan" if find_spec("hyperscan") else "re2")

    def hits(self, text: bytes) -> frozenset[str]:
        """Give the words that a text holds."""
        return self._whole(text, self._matcher.scan(text)[0])

    def scan(self, text: bytes) -> Sighting:
        """Give the words that a text holds, and its imports."""
        candidates, places = self._matcher.scan(text)
        return Sighting(self._whole(text, candidates), tuple(_statements(text, places)))

    @cached_property
    def _matcher(self) -> _Matcher:
        words = [word.encode() for word in self._words]
        return _Hyperscan(words) if self._engine == "hyperscan" else _Re2(words)

    def _whole(self, text: bytes, candidates: Iterable[int]) -> frozenset[str]:
        """Drop what stands inside a longer word. Checked here, for hyperscan needs seconds to compile a thousand word boundaries."""
        return frozenset(self._words[index] for index in candidates if _holds(text, self._words[index].encode()))


class _Hyperscan:
    """All words and the imports in one database."""

    def __init__(self, words: list[bytes]) -> None:
        import hyperscan

        self._imports = len(words)
        self._lock = threading.Lock()
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=[*(re.escape(word) for word in words), _IMPORT],
            ids=list(range(len(words) + 1)),
            elements=len(words) + 1,
            flags=[*(hyperscan.HS_FLAG_SINGLEMATCH for _ in words), hyperscan.HS_FLAG_MULTILINE],
        )

    def scan(self, text: bytes) -> tuple[Iterable[int], Iterable[int]]:
        found: list[int] = []
        ends: list[int] = []

        def on_match(identity: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if identity == self._imports:
                ends.append(end)
            else:
                found.append(identity)

        # The database's working memory serves one scan at a time.
        with self._lock:
            self._database.scan(text, match_event_handler=on_match)
        return found, ends


class _Re2:
    """The fallback: the words in an RE2 set, the imports by the standard library."""

    def __init__(self, words: list[bytes]) -> None:
        import re2

        options = re2.Options()
        options.max_mem = _RE2_MEMORY
        options.encoding = re2.Options.Encoding.LATIN1
        self._set = re2.Set.SearchSet(options) if words else None
        if self._set is not None:
            for word in words:
                self._set.Add(re2.escape(word))
            self._set.Compile()
        self._imports = re.compile(_IMPORT, re.MULTILINE)

    def scan(self, text: bytes) -> tuple[Iterable[int], Iterable[int]]:
        found = self._set.Match(text) if self._set is not None else None
        return found or (), (match.end() for match in self._imports.finditer(text))


def _holds(text: bytes, word: bytes) -> bool:
    """Tell whether a word stands somewhere whole: no letter goes on where it begins or ends with one."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        longer_before = at > 0 and word[0] in _LETTERS and text[at - 1] in _LETTERS
        longer_after = end < len(text) and word[-1] in _LETTERS and text[end] in _LETTERS
        if not longer_before and not longer_after:
            return True
        at = text.find(word, at + 1)
    return False


def _statements(text: bytes, places: Iterable[int]) -> Iterable[bytes]:
    """Give the lines that hold these places, each on to its closing parenthesis or brace."""
    last = -1
    for place in sorted(places):
        start = max(text.rfind(b"\n", 0, place), text.rfind(b"\r", 0, place)) + 1
        if start <= last:
            continue
        last = end = _line_end(text, start)
        for opening, closing in ((b"(", b")"), (b"{", b"}")):
            if opening in text[start:end] and closing not in text[start:end]:
                close = text.find(closing, end, start + _MAX_STATEMENT)
                last = end = _line_end(text, close) if close >= 0 else end
        yield text[start : min(end, start + _MAX_STATEMENT)].strip()


def _line_end(text: bytes, start: int) -> int:
    end = text.find(b"\n", start)
    return end if end >= 0 else len(text)
