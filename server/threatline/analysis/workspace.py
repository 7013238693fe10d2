"""A workspace and what is known of it: the only mutable place.

Values are memoized by content: facts and local readings by a file's digest, everything behind them by the digests of all facts. A change
that leaves the facts equal (white space, comments) re-uses all conclusions; only spans are new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import xxhash

from threatline.analysis.cache import FactsCache
from threatline.analysis.distributions import own_roots, requirements
from threatline.analysis.pausing import collector_paused
from threatline.analysis.pipeline import Outcome, Surroundings, conclude, symbols_of
from threatline.analysis.silencing import accept, silence
from threatline.analysis.snapshot import Snapshot
from threatline.design.model import Design
from threatline.design.reading import is_design_file, load_design
from threatline.design.selectors import matches
from threatline.errors import DesignError
from threatline.facts import EXTRACTOR_VERSION, decode_parts, encode, encode_facts, extract_file
from threatline.facts.model import Extraction
from threatline.knowledge.index import Catalog
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.model import Knowledge
from threatline.program.units import FileUnits, read_file
from threatline.source.file import Problem, SourceFile
from threatline.source.languages import language_of
from threatline.source.listing import list_files
from threatline.source.reading import make_source, read
from threatline.source.roots import module_names

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


def never() -> bool:
    """Say that nobody has cancelled."""
    return False


@dataclass(frozen=True, slots=True)
class FileState:
    """One file as it was last read: its facts, their digest (white space and ordinary comments do not change it), its local readings."""

    source: SourceFile
    extraction: Extraction
    facts_digest: str
    units: FileUnits


class Workspace:
    """One root, its files and overlays (unsaved texts), and memoized conclusions. Not for several threads at once."""

    def __init__(self, root: Path, knowledge: Knowledge | None = None, *, cache: bool = True, today: date | None = None) -> None:
        self.root = root
        self.today = today or datetime.now(tz=UTC).date()
        self.design_error: DesignError | None = None
        self.knowledge = knowledge or load_knowledge()
        self.catalog = catalog_of(self.knowledge)
        self._cache = FactsCache(EXTRACTOR_VERSION, str(root.absolute()), enabled=cache)
        self._listed: tuple[str, ...] = ()
        self._chosen: frozenset[str] | None = None
        self._states: dict[str, FileState] = {}
        self._sources: dict[str, SourceFile] = {}
        self._problems: dict[str, Problem] = {}
        self._listing_problems: tuple[Problem, ...] = ()
        self._design_problems: tuple[Problem, ...] = ()
        self._overlays: dict[str, bytes] = {}
        self._around = Surroundings(root_name=root.absolute().name)
        self._concluded: tuple[str, Outcome] | None = None
        self._complete = True

    def refresh(self, paths: Sequence[Path] = (), *, progress: Progress | None = None, cancelled: Callable[[], bool] = never) -> Snapshot:
        """List the disk anew, read what changed, and analyze. `paths` limit what is reported, not what is read."""
        wanted = [_relative(self.root, path) for path in paths]
        listing = list_files(self.root, wanted or None)
        design = self._read_design()
        ignored = design.settings.ignore
        files = [file for file in listing.files if not (ignored and matches(ignored, file)) or (file in listing.chosen and wanted)]
        self._listed = tuple(sorted({*files, *self._overlays}))
        self._chosen = frozenset(listing.chosen) if wanted and "." not in wanted else None
        self._listing_problems = listing.problems
        asked = tuple(sorted(requirements(self.root, listing.files).items()))
        own = own_roots(self.root, listing.files, self.catalog.roots)
        self._around = Surroundings(self._listed, self.root.absolute().name, own, asked, design)
        with collector_paused():
            self._read_all(progress, cancelled)
        return self.analyze(cancelled=cancelled, progress=progress)

    def _read_design(self) -> Design:
        """Read what the team declares. A design that is wrong counts as none; what is wrong with it stands in `design_error`."""
        self._design_problems = ()
        self.design_error = None
        try:
            known = self.knowledge
            design, problems = load_design(self.root, threats=known.threats, controls=known.controls, unsaved=self._overlays)
        except DesignError as error:
            self.design_error = error
            self._design_problems = (Problem(error.file, "design", str(error)),)
            return Design()
        self._design_problems = problems
        return design

    def overlay(self, file: str, text: bytes | None) -> None:
        """Take an editor's text for a file (workspace-relative, with `/`); None goes back to the disk."""
        if text is None:
            self._overlays.pop(file, None)
            if (self.root / file).exists():
                self._load(file)
            else:
                # It was never saved, or is gone by now.
                self._drop(file)
                self._problems.pop(file, None)
                self._listed = tuple(listed for listed in self._listed if listed != file)
        else:
            self._overlays[file] = text
            self._take(file, make_source(file, text))
        if (file in self._sources or file in self._problems) and file not in self._listed:
            self._listed = tuple(sorted({*self._listed, file}))

        if is_design_file(file):
            self._around = replace(self._around, design=self._read_design())

    def analyze(self, *, cancelled: Callable[[], bool] = never, progress: Progress | None = None) -> Snapshot:
        """Conclude from what has been read. Cancelled, the snapshot is marked incomplete and holds no findings."""
        for file in sorted(self._sources):
            if cancelled():
                return self._snapshot(None)
            self._state(file)
        key = self._key()
        if self._concluded is None or self._concluded[0] != key:
            if progress:
                progress("analyzing", 0, 1)
            files = {file: state.units for file, state in sorted(self._states.items())}
            around = replace(self._around, listed=self._listed)
            with collector_paused():
                outcome = conclude(files, around, self.catalog, self.knowledge, cancelled)
            if outcome is None:
                return self._snapshot(None)
            self._concluded = (key, outcome)
        return self._snapshot(self._concluded[1])

    def close(self) -> None:
        """Write what the cache still holds back, and let it go."""
        self._cache.flush()
        self._cache.close()

    # reading

    def _read_all(self, progress: Progress | None, cancelled: Callable[[], bool]) -> None:
        code = [file for file in self._listed if language_of(file)]
        for gone in set(self._sources) - set(code):
            self._drop(gone)
        for gone in set(self._problems) - set(code):
            self._problems.pop(gone)
        self._complete = True
        for done, file in enumerate(code):
            if cancelled():
                self._complete = False
                return
            if file not in self._overlays:
                self._load(file)
            if progress and done % 50 == 0:
                progress("reading", done, len(code))
        self._extract_all(progress, cancelled)

    def _extract_all(self, progress: Progress | None, cancelled: Callable[[], bool]) -> None:
        missing = {s.digest: f for f, s in self._sources.items() if f not in self._states or self._states[f].source.digest != s.digest}
        kept = self._cache.get_many(_cache_key(self._sources[file]) for file in missing.values())
        for done, file in enumerate(sorted(self._sources)):
            if cancelled():
                self._complete = False
                return
            self._state(file, kept.get(_cache_key(self._sources[file])))
            if progress and done % 20 == 0:
                progress("extracting", done, len(self._sources))
        self._cache.flush()

    def _load(self, file: str) -> None:
        self._take(file, read(self.root, file)) if language_of(file) else None

    def _take(self, file: str, source: SourceFile | Problem) -> None:
        if isinstance(source, Problem):
            self._drop(file)
            self._problems[file] = source
            return
        self._problems.pop(file, None)
        if source.language:
            self._sources[file] = source

    def _drop(self, file: str) -> None:
        self._sources.pop(file, None)
        self._states.pop(file, None)

    def _state(self, file: str, kept: bytes | None = None) -> FileState:
        source = self._sources[file]
        known = self._states.get(file)
        if known is not None and known.source.digest == source.digest and known.source.language == source.language:
            return known
        extraction, said = (_decoded(kept) if kept is not None else None) or self._extracted(source)
        digest = xxhash.xxh3_128_hexdigest(said)
        if known is not None and known.facts_digest == digest:
            units = known.units
        else:
            units = read_file(file, extraction.facts, known.units if known is not None else None)
        state = self._states[file] = FileState(source, extraction, digest, units)
        return state

    def _extracted(self, source: SourceFile) -> tuple[Extraction, bytes]:
        extraction = extract_file(source)
        said = encode_facts(extraction.facts)
        if self._cache.enabled:
            self._cache.put(_cache_key(source), encode(extraction, said))
        return extraction, said

    # concluding

    def _key(self) -> str:
        hashed = xxhash.xxh3_128()
        for file in self._listed:
            hashed.update(file.encode("utf-8", "surrogateescape"))
            state = self._states.get(file)
            hashed.update(f"|{state.facts_digest if state else ''}\n".encode())
        hashed.update(self.knowledge.digest.encode())
        hashed.update(repr((sorted(self._around.own_roots), self._around.requirements, self._around.design.digest)).encode())
        return hashed.hexdigest()

    def _snapshot(self, outcome: Outcome | None) -> Snapshot:
        states = dict(sorted(self._states.items()))
        problems = [*self._design_problems, *self._listing_problems, *self._problems.values(), *_syntax_problems(states)]
        problems += outcome.problems if outcome else ()
        problems += [Problem(p.file, "knowledge", p.message) for p in self.knowledge.problems]
        snapshot = Snapshot(
            root=str(self.root), revision=self._key(), rules_digest=self.knowledge.digest,
            files={file: state.source for file, state in states.items()}, map=outcome.map if outcome else Snapshot("", "", "").map,
            listed=len(self._listed), analyzed=len(states), complete=self._complete and outcome is not None,
            spans={file: state.extraction.spans for file, state in states.items()},
            definitions={file: tuple(d.path for d in state.extraction.facts.definitions) for file, state in states.items()},
            entries=outcome.entries if outcome else {},
            problems=tuple(sorted(set(problems), key=lambda p: (p.file, p.kind, p.message))),
        )  # fmt: skip
        directives = {file: state.extraction.facts.directives for file, state in states.items()}
        silenced = silence(snapshot, outcome.findings if outcome else (), directives, self._chosen)
        if not self._around.design.accepted_risks:
            return silenced
        names = module_names(self._listed, self._around.root_name)
        return accept(silenced, self._around.design.accepted_risks, self.today, lambda value: symbols_of(names, value))


def _cache_key(source: SourceFile) -> str:
    return f"{source.language}-{source.digest}"


def _decoded(kept: bytes) -> tuple[Extraction, bytes] | None:
    try:
        return decode_parts(kept)
    except Exception:  # noqa: BLE001 - a damaged entry is made again
        return None


def _syntax_problems(states: Mapping[str, FileState]) -> list[Problem]:
    found: list[Problem] = []
    for file, state in states.items():
        facts = state.extraction.facts
        if facts.errors:
            found.append(Problem(file, "syntax", f"{facts.errors} syntax error{'s' if facts.errors > 1 else ''}; the rest was analyzed"))
        if facts.truncated:
            found.append(Problem(file, "too-deep", f"not read whole: {facts.truncated}"))
        cut = next((flow.cut for flow in state.units.locals if flow.cut), "")
        if cut:
            found.append(Problem(file, "too-many", f"read up to a bound: {cut}"))
    return found


def _relative(root: Path, path: Path) -> str:
    absolute = path.absolute()
    try:
        return absolute.relative_to(root.absolute()).as_posix()
    except ValueError:
        return path.as_posix()


_CATALOGS: dict[str, Catalog] = {}


def catalog_of(knowledge: Knowledge) -> Catalog:
    """Compile the catalog of a knowledge, once for each digest."""
    known = _CATALOGS.get(knowledge.digest) if knowledge.digest else None
    if known is None:
        known = Catalog(knowledge.catalog_files)
        if knowledge.digest:
            _CATALOGS[knowledge.digest] = known
    return known


def analyze_texts(files: Mapping[str, str | bytes], *, knowledge: Knowledge | None = None) -> Snapshot:
    """Analyze a workspace that is only in memory: files by workspace-relative path."""
    workspace = Workspace(Path("/threatline-memory"), knowledge, cache=False)
    workspace._listed = tuple(sorted(files))
    for file, text in sorted(files.items()):
        if language_of(file):
            workspace.overlay(file, text.encode() if isinstance(text, str) else text)
    return workspace.analyze()
