"""docs/components.md: by what each kind of component is recognized, and openly which kinds are not recognized yet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from threatline.knowledge.catalog import CatalogFile
from threatline.knowledge.model import Knowledge
from threatline.knowledge.rule import Rule, Selector
from threatline.report.coverage import links_of, wrapped
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
configuration that names no library. What shows that it is: the examples in those files, and the applications in
`fixtures/` that have it in their map (`tests/fixtures/golden/`). And which rules speak of it by name; many more reach it
by its ports and capabilities. This page is generated (`make docs`), and a test holds it to them.
"""

_MARK = re.compile(r"component:\s*([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class KindStanding:
    """What there is for a kind: `makers` and `examples` are paths of catalog files, `maps` names of fixtures, `rules` ids. All ordered."""

    kind: str
    title: str
    makers: tuple[str, ...]
    examples: tuple[str, ...]
    maps: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def recognized(self) -> bool:
        """Tell whether anything makes it."""
        return bool(self.makers) or self.kind in WITHOUT_LIBRARY


def kinds_page(knowledge: Knowledge, files: Mapping[str, CatalogFile], maps: Mapping[str, set[str]]) -> str:
    """Write the page (Markdown). Arguments as of `standings_of`; its links are relative to docs/ of the repository."""
    standings = standings_of(knowledge, files, maps)
    lines = [_INTRODUCTION, *_summary(list(standings.values()))]
    for group in sorted({info.group for info in knowledge.components.values()}):
        lines += ["", f"## {group.replace('-', ' ').capitalize()}", ""]
        for kind, info in knowledge.components.items():
            if info.group == group:
                # A kind that nothing makes has no id that anyone could meet in a map.
                lines += wrapped(f"- **{kind}**: {info.title}" if standings[kind].recognized else f"- **{info.title}**")
                lines += _told(standings[kind])
    used = {rule for standing in standings.values() for rule in standing.rules}
    return "\n".join([*lines, "", *links_of([rule for rule in knowledge.rules if rule.id in used])]) + "\n"


def standings_of(knowledge: Knowledge, files: Mapping[str, CatalogFile], maps: Mapping[str, set[str]]) -> dict[str, KindStanding]:
    """Gather what there is for each kind, by kind.

    `files` are the catalog's, by their paths below the rules folder; `maps` tells the kinds in each fixture's map.
    """
    makers, examples = defaultdict(list), defaultdict(list)
    for path, file in sorted(files.items()):
        for made in {entry.component for entry in file.entries if entry.component}:
            makers[made].append(path)
        for marked in {word for example in file.examples for word in _MARK.findall(example)}:
            examples[marked].append(path)
    rules = defaultdict(list)
    for rule in knowledge.rules:
        for named in _kinds_named(rule):
            rules[named].append(rule.id)
    return {
        kind: KindStanding(
            kind,
            info.title,
            tuple(makers[kind]),
            tuple(examples[kind]),
            tuple(sorted(name for name, kinds in maps.items() if kind in kinds)),
            tuple(rules[kind]),
        )
        for kind, info in knowledge.components.items()
    }


def _kinds_named(rule: Rule) -> set[str]:
    return {kind for selector in (rule.from_, rule.to, rule.component) if selector for kind in _kinds_of(selector)}


def _kinds_of(selector: Selector) -> Iterator[str]:
    yield from selector.kind
    for other in (*selector.holds.values(), *selector.held_by.values(), selector.leads_to):
        if other is not None:
            yield from _kinds_of(other)


def _summary(standings: Sequence[KindStanding]) -> Iterator[str]:
    known = [one for one in standings if one.recognized]
    missing = [one for one in standings if not one.recognized]
    unshown = [one for one in known if not one.maps]
    untested = [one for one in unshown if not one.examples]
    yield f"Of {counted(len(standings), 'kind')}, {len(known)} are recognized, {len(known) - len(unshown)} of them in a fixture's map."
    yield from _listed("Not recognized yet", missing)
    yield from _listed("Not recognized yet, though rules speak of them", [one for one in missing if one.rules])
    yield from _listed("Recognized, but neither in an example nor in a fixture's map", untested)
    yield from _listed("Recognized and in an example, but in no fixture's map", [one for one in unshown if one.examples])


def _listed(title: str, standings: Sequence[KindStanding]) -> Iterator[str]:
    if standings:
        names = [one.kind if one.recognized else one.title for one in standings]
        yield from ("", f"{title} ({len(standings)}):", *wrapped(", ".join(names), ""))


def _told(standing: KindStanding) -> Iterator[str]:
    if standing.makers:
        shown = f"in examples of {len(standing.examples)}" if standing.examples else "in no example"
        yield from wrapped(f"  - {counted(len(standing.makers), 'catalog file')}, {shown}: {_by_language(standing.makers)}", "    ")
    if standing.kind in WITHOUT_LIBRARY:
        yield from wrapped(f"  - without a library: {WITHOUT_LIBRARY[standing.kind]}", "    ")
    if not standing.recognized:
        yield "  - not recognized yet"
    if standing.maps:
        yield from wrapped(f"  - in the map of {', '.join(standing.maps)}", "    ")
    if standing.rules:
        yield from wrapped(f"  - {counted(len(standing.rules), 'rule')}: {', '.join(f'[{rule}]' for rule in standing.rules)}", "    ")


def _by_language(paths: Sequence[str]) -> str:
    names = defaultdict(list)
    for path in paths:
        _, language, file = path.split("/")
        names[language].append(file.removesuffix(".yaml"))
    return "; ".join(f"{language}: {', '.join(stems)}" for language, stems in sorted(names.items()))
