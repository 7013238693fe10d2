"""Functions that a framework runs by where they lie: exported under a known name, from a file in a known place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import splitext

from threatline.facts import model as f
from threatline.knowledge.catalog import Entry
from threatline.program.units import Unit
from threatline.system.calls import Reading

_GROUP = re.compile(r"/(?:\([^/]*\)|index(?=/|$))")


def exported_functions(reading: Reading, module: Unit, entry: Entry) -> Iterator[tuple[str, Unit]]:
    """Give what a file exports that an entry speaks of, each with the name it is exported under, in order."""
    if entry.files and not any(_pattern(place).fullmatch(splitext(module.file)[0]) for place in entry.files):
        return
    if entry.directive and not _says(module, entry.directive):
        return
    for fact in module.facts:
        if type(fact) is f.Export and (fact.name in entry.export or "*" in entry.export):
            for function in reading.program.functions_in((module, fact.value)):
                yield fact.name, function


def route_of(entry: Entry, file: str) -> str:
    """Name the route that a file stands for by its path: `src/app/api/chat/route.ts` is `/api/chat` for `**/app/**/route`."""
    path = splitext(file)[0]
    for place in entry.files:
        if _pattern(place).fullmatch(path):
            folders = [part for part in place.split("/") if "*" not in part]
            inside = f"/{path}/".partition(f"/{folders[0]}/")[2].strip("/") if folders else path
            last = place.rpartition("/")[2]
            inside = f"/{inside}" if "*" in last else f"/{inside}".removesuffix(f"/{last}")
            return _GROUP.sub("", inside) or "/"
    return ""


def _says(module: Unit, directive: str) -> bool:
    return any(type(fact) is f.Literal and fact.value == directive for fact in module.facts)


@lru_cache(maxsize=64)
def _pattern(place: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*)", place)
    return re.compile("".join({"**/": "(?:.*/)?", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))
