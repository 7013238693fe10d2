"""docs/components.md: by what each kind of component is recognized, and openly which kinds are not recognized yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from threatline.knowledge.catalog import CatalogFile
from threatline.knowledge.model import Knowledge
from threatline.report.coverage import wrapped
from threatline.report.titles import counted

WITHOUT_LIBRARY = {
    "auth-provider": "a credential whose mere presence is tested",
    "function-tool": "a function in a list of tools, a tool described by a schema, a description that is replaced",
    "response-cache": "a table that keeps answers of a model by question",
    "secret-source": "a secret that stands in the code, a credential kept in records",
    "system-prompt": "a text at the place of a model's or an agent's instructions",
}
"""Kinds that the system room makes without an entry of the catalog, and of what."""

_INTRODUCTION = """\
# Component kinds

By what each kind of `rules/components.yaml` is recognized: files of `rules/catalog/` (by language and name), or code and
configuration that names no library; and which of the applications in `fixtures/` shows it in its map
(`tests/fixtures/golden/`). This page is generated (`make docs`), and a test holds it to them.
"""


def kinds_page(knowledge: Knowledge, files: Mapping[str, CatalogFile], maps: Mapping[str, set[str]]) -> str:
    """Write the page (Markdown).

    `files` are the catalog's, by their paths below the rules folder; `maps` tells the kinds in each fixture's map.
    """
    known = makers_of(files)
    shown = {kind: sorted(name for name, kinds in maps.items() if kind in kinds) for kind in knowledge.components}
    missing = [kind for kind in knowledge.components if kind not in known and kind not in WITHOUT_LIBRARY]
    unshown = [kind for kind in knowledge.components if kind not in missing and not shown[kind]]
    lines = [_INTRODUCTION, *_summary(knowledge, missing, unshown)]
    groups = sorted({info.group for info in knowledge.components.values()})
    for group in groups:
        lines += ["", f"## {group.replace('-', ' ').capitalize()}", ""]
        for kind in (kind for kind, info in knowledge.components.items() if info.group == group):
            lines += wrapped(f"- **{kind}**: {knowledge.components[kind].title}")
            lines += _recognized(kind, known.get(kind, []))
            lines += wrapped(f"  - in the map of {', '.join(shown[kind])}", "    ") if shown[kind] else []
    return "\n".join(lines) + "\n"


def makers_of(files: Mapping[str, CatalogFile]) -> dict[str, list[str]]:
    """List the catalog files that make each kind of component: their paths, ordered."""
    makers = defaultdict(list)
    for path, file in sorted(files.items()):
        for kind in {entry.component for entry in file.entries if entry.component}:
            makers[kind].append(path)
    return dict(makers)


def _summary(knowledge: Knowledge, missing: list[str], unshown: list[str]) -> Iterator[str]:
    total = len(knowledge.components)
    known = total - len(missing)
    yield f"Of {counted(total, 'kind')}, {known} are recognized, {known - len(unshown)} of them in a fixture's map."
    yield from ("", f"Not recognized yet ({len(missing)}):", *wrapped(", ".join(missing), ""))
    yield from ("", f"Recognized, but in no fixture's map ({len(unshown)}):", *wrapped(", ".join(unshown), ""))


def _recognized(kind: str, paths: list[str]) -> Iterator[str]:
    names = defaultdict(list)
    for path in paths:
        _, language, file = path.split("/")
        names[language].append(file.removesuffix(".yaml"))
    if paths:
        listed = "; ".join(f"{language}: {', '.join(stems)}" for language, stems in sorted(names.items()))
        yield from wrapped(f"  - {counted(len(paths), 'catalog file')}: {listed}", "    ")
    if kind in WITHOUT_LIBRARY:
        yield from wrapped(f"  - without a library: {WITHOUT_LIBRARY[kind]}", "    ")
    elif not paths:
        yield "  - not recognized yet"
