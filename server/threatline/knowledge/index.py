"""The catalog compiled for look-up: canonical names, and the entries that a name means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from threatline.knowledge.catalog import CatalogFile, Entry

MOST_BASES = 12

PREFIXES = {"typescript": "npm:"}
"""What the names of a language's packages begin with in the program; a catalog file writes them without."""


_PART = re.compile(r"\[([^\]]*)\]|[^.\[\]]+")


def path_of(key: str) -> tuple[str, ...]:
    """Split a path of keys at its dots; a key in brackets is whole."""
    return tuple(match[1] if match[1] is not None else match[0] for match in _PART.finditer(key))


class KeyEntry(NamedTuple):
    """An entry for a path of keys in a configuration format."""

    package: str
    path: tuple[str, ...]
    entry: Entry


class Catalog:
    """All catalog files of one language, indexed. Read-only; look-ups are memoized.

    `last_words` holds, by table, every last word of a name that can have an entry there: what rules out most names cheaply.
    """

    def __init__(self, files: Iterable[CatalogFile]) -> None:
        self.same_as: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.bases: dict[str, tuple[str, ...]] = {}
        self.injected: set[str] = set()
        self.closed_types: set[str] = set()
        self.roots: dict[str, tuple[str, ...]] = {}
        self.exports: list[Entry] = []
        self._tables: dict[str, dict[str, list[Entry]]] = {"call": {}, "base": {}, "decorator": {}, "read": {}, "assign": {}}
        self.documents: list[tuple[tuple[str, ...], tuple[KeyEntry, ...]]] = []
        self._canonical: dict[str, str] = {}
        self._found: dict[tuple[str, str], tuple[Entry, ...]] = {}
        for file in files:
            self._add(file)
        self.last_words = {table: self._words_of(names) for table, names in self._tables.items()}

    def _add(self, file: CatalogFile) -> None:
        if file.documents:
            keyed = [KeyEntry(file.package, path_of(path), entry) for entry in file.entries for path in entry.key]
            self.documents.append((file.documents, tuple(keyed)))
        begin = PREFIXES.get(file.language, "")
        self.same_as.update({begin + name: begin + target for name, target in file.same_as.items()})
        self.types.update({begin + name: begin + target for name, target in file.types.items()})
        self.bases.update({begin + name: tuple(begin + base for base in bases) for name, bases in file.bases.items()})
        self.injected.update(begin + name for name in file.injected)
        self.closed_types.update(begin + name for name in file.closed_types)
        self.roots[begin + file.package] = file.distribution or (file.package,)
        self.exports += [entry for entry in file.entries if entry.export]
        for entry in file.entries:
            named = {"call": entry.call, "base": entry.base, "decorator": entry.decorator, "read": entry.read, "assign": entry.assign}
            for table, names in named.items():
                for name in names:
                    self._tables[table].setdefault(begin + name, []).append(entry)

    def _words_of(self, names: Iterable[str]) -> frozenset[str]:
        renamed = {target.rpartition(".")[2] for target in self.same_as.values()}
        aliases = {name.rpartition(".")[2] for name in self.same_as}
        words = {name.rpartition(".")[2] for name in names}
        return frozenset(words | aliases | renamed | {name.rpartition(".")[2] for name in self.bases})

    def canonical(self, path: str) -> str:
        """Turn an access path (`sqlite3.connect().cursor().execute`) into the catalog's name (`sqlite3.Cursor.execute`)."""
        known = self._canonical.get(path)
        if known is None:
            known = self._canonical[path] = self._reduce(path)
        return known

    def _reduce(self, path: str) -> str:
        current = ""
        segments = path.split(".")
        for index, segment in enumerate(segments):
            bare = segment.rstrip("[]()")
            marks = segment[len(bare) :]
            current = self._renamed(f"{current}.{bare}" if current else bare)
            for start in range(0, len(marks), 2):
                mark = marks[start : start + 2]
                if mark == "[]" and marks[start + 2 : start + 4] == "()" and bare[:1].isupper():
                    continue  # a generic class given its type parameters, then called
                current = self._renamed(self._called(current) if mark == "()" else self._member(current))
            if not marks and 0 < index < len(segments) - 1:
                # An attribute in the middle may have a declared type; a class or module name is its own.
                current = self.types.get(current, current)
        return current

    def _called(self, name: str) -> str:
        typed = self._type(name)
        if typed is not None:
            return self._renamed(typed)
        return name if name.rpartition(".")[2][:1].isupper() else f"{name}()"

    @staticmethod
    def _member(name: str) -> str:
        return name[:-2] if name.endswith("[]") else f"{name}[]"

    def _renamed(self, name: str) -> str:
        for _ in range(6):
            target = self.same_as.get(name)
            if target is None:
                return name
            name = target
        return name

    def _type(self, name: str) -> str | None:
        return next((self.types[candidate] for candidate in self.inherited(name) if candidate in self.types), None)

    def inherited(self, name: str) -> Iterator[str]:
        """Give a name, then the same member of each class its owner derives from, nearest first."""
        yield name
        if name in self.bases:
            for base in self.ancestors(name):
                yield base
        owner, dot, member = name.rpartition(".")
        while dot:
            if owner in self.bases:
                for base in self.ancestors(owner):
                    yield f"{base}.{member}"
                return
            owner, dot, before = owner.rpartition(".")
            member = f"{before}.{member}"

    def ancestors(self, name: str) -> list[str]:
        """List the classes a library class derives from, nearest first."""
        found: list[str] = []
        queue = [self._renamed(base) for base in self.bases.get(name, ())]
        while queue and len(found) < MOST_BASES:
            base = queue.pop(0)
            if base not in found:
                found.append(base)
                queue += [self._renamed(above) for above in self.bases.get(base, ())]
        return found

    def entries(self, table: str, path: str) -> tuple[Entry, ...]:
        """List the entries of a table (call, base, decorator, read) for an access path; the nearest class that has any decides."""
        key = (table, path)
        known = self._found.get(key)
        if known is None:
            listed = self._tables[table]
            name = self.canonical(path)
            if table == "call" and path.endswith("()") and not name.endswith("()"):
                name = f"{name}.__call__"
            names = self.inherited(name)
            known = self._found[key] = next((tuple(listed[name]) for name in names if name in listed), ())
        return known

    def knows(self, root: str) -> bool:
        """Tell whether a catalog file speaks of this import root."""
        return root in self.roots

    def derives(self, name: str, wanted: Iterable[str]) -> bool:
        """Tell whether a name is one of `wanted` or derives from one of them."""
        begin = name[: name.find(":") + 1]
        goal = {begin + one for one in wanted}
        name = self.canonical(name)
        return name in goal or any(base in goal for base in self.ancestors(name))
