"""Definitions as the program sees them, and the modules they stand in."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from threatline.facts.model import Definition, FileFacts
from threatline.program.scopes import LocalFlow, read_locally


class Unit:
    """One definition of one file, with its local reading. Compared by identity; `key` is (file, path), `name` the path's last part.

    `base` places its values among the program's numbers (see `Numbers`).
    """

    __slots__ = (
        "base",
        "children",
        "decorators",
        "definition",
        "facts",
        "file",
        "key",
        "kind",
        "language",
        "local",
        "module",
        "name",
        "parent",
        "path",
    )

    def __init__(self, file: str, language: str, definition: Definition, local: LocalFlow) -> None:
        self.file = file
        self.language = language
        self.definition = definition
        # Readers look at a fact's type before its fields; narrowing a union of forty structs at every place would say no more.
        self.facts: tuple[Any, ...] = definition.facts
        self.local = local
        self.path = definition.path
        self.name = definition.path.rpartition(".")[2].partition("#")[0]
        self.kind = definition.kind
        self.key = (file, definition.path)
        self.parent: Unit | None = None
        self.children: dict[str, Unit] = {}
        self.decorators: set[int] = set()
        self.module: Unit = self
        self.base = 0

    def __repr__(self) -> str:
        return f"<{self.file}:{self.path}>"


MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
SCRIPT_SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"})
SCRIPT_ENDINGS = (
    "", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts",
    *(f"/index{suffix}" for suffix in (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts")),
)  # fmt: skip
"""How a script's import may go on, the likeliest first; `./x.js` may also mean the `./x.ts` that it is made from."""

SOURCE_FOLDERS = frozenset({"src", "lib", "python"})

Node = tuple[Unit, int]
"""A value: the fact of that ordinal in that unit."""


@dataclass(frozen=True, slots=True)
class FileUnits:
    """The units of one file: local readings included, nothing linked. `module` is the first."""

    file: str
    facts: FileFacts
    locals: tuple[LocalFlow, ...]


def read_file(file: str, facts: FileFacts, before: FileUnits | None = None) -> FileUnits:
    """Read each definition of a file locally. A definition that says what it said `before` is not read again."""
    known = {} if before is None else {d.path: (d, flow) for d, flow in zip(before.facts.definitions, before.locals, strict=True)}
    flows: list[LocalFlow] = []
    for definition in facts.definitions:
        old, flow = known.get(definition.path, (None, None))
        flows.append(flow if flow is not None and old == definition else read_locally(definition))
    return FileUnits(file, facts, tuple(flows))


def make_units(file: FileUnits) -> list[Unit]:
    """Make the units of a file and tie them to their parents."""
    units = [Unit(file.file, file.facts.language, d, flow) for d, flow in zip(file.facts.definitions, file.locals, strict=True)]
    by_path = {unit.path: unit for unit in units}
    for unit in units:
        parent = unit.definition.parent
        unit.module = units[0]
        if parent is not None and parent in by_path and by_path[parent] is not unit:
            unit.parent = by_path[parent]
            unit.parent.children[unit.path] = unit
            unit.parent.decorators.update(unit.definition.decorators)
    return units


@dataclass(slots=True)
class Modules:
    """Which file a module name means.

    Python names come from the import roots, the best name of a file first. A name that several files claim means the one whose import
    root lies nearest above the importing file; a root that neither lies above it, nor holds a manifest, nor is a source folder is not on
    its path. Script-language imports are relative paths, and names of which `candidates` gives the
    paths that they may mean (see `Manifests`); `scripts` remembers what was found, by folder and name.
    """

    by_name: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    installed: frozenset[str] = frozenset()
    candidates: Callable[[str, str], Iterable[str]] = lambda _importer, _module: ()
    scripts: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _found: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def best(self, file: str) -> str:
        """Give the qualified name of a file's module."""
        names = self.names.get(file)
        return names[0] if names else posixpath.splitext(file)[0].replace("/", ".")

    def find(self, name: str, importer: str = "") -> str | None:
        """Find the file that an absolute module name means in a file."""
        key = (name, importer)
        if key not in self._found:
            self._found[key] = self._find(name, importer)
        return self._found[key]

    def _find(self, name: str, importer: str) -> str | None:
        best: tuple[int, str] | None = None
        for file in self.by_name.get(name, ()):
            root = _root_of(file, name)
            above = root == "" or importer.startswith(f"{root}/")
            if file != importer and (above or root in self.installed or posixpath.basename(root) in SOURCE_FOLDERS):
                depth = len(root) if above else -1
                if best is None or depth > best[0]:
                    best = (depth, file)
        return best[1] if best else self._beside(name, importer)

    def _beside(self, name: str, importer: str) -> str | None:
        """Find `part.module` under a folder above the importer, package or not: programs are also started from inside a package."""
        if "." not in name or not importer.endswith(".py"):
            return None
        folder = posixpath.dirname(importer)
        while folder:
            stem = f"{folder}/{name.replace('.', '/')}"
            for file in (f"{stem}.py", f"{stem}/__init__.py"):
                if file in self.files and file != importer:
                    return file
            folder = posixpath.dirname(folder)
        return None

    def relative(self, file: str, module: str, language: str) -> tuple[str | None, str]:
        """Resolve an import as written in `file`: the first-party file if there is one, and the absolute name."""
        if language != "python":
            return self._script(file, module)
        if not module.startswith("."):
            return self.find(module, file), module
        depth = len(module) - len(module.lstrip("."))
        rest = module[depth:]
        is_package = posixpath.basename(file).startswith("__init__.")
        for name in self.names.get(file, ()):
            parts = name.split(".")
            base = parts if is_package else parts[:-1]
            if depth - 1 > len(base):
                continue
            base = base[: len(base) - (depth - 1)]
            absolute = ".".join([*base, *([rest] if rest else [])])
            found = self.find(absolute, file)
            if found:
                return found, absolute
        return None, module.lstrip(".")

    def _script(self, file: str, module: str) -> tuple[str | None, str]:
        folder = posixpath.dirname(file)
        found = self.scripts.get((folder, module), "")
        if found == "":
            stems = [posixpath.join(folder, module)] if module.startswith(".") else self.candidates(file, module)
            found = next((there for stem in stems if (there := self._script_at(posixpath.normpath(stem)))), None)
            self.scripts[folder, module] = found
        return (found, found) if found else (None, module)

    def _script_at(self, stem: str) -> str | None:
        bare, suffix = posixpath.splitext(stem)
        for base in (stem, bare) if suffix in SCRIPT_SUFFIXES else (stem,):
            for ending in SCRIPT_ENDINGS:
                if base + ending in self.files:
                    return base + ending
        return None


def link_modules(
    names: Mapping[str, tuple[str, ...]],
    files: Iterable[str],
    candidates: Callable[[str, str], Iterable[str]] = lambda _importer, _module: (),
) -> Modules:
    """Build the module table from each file's possible names, best first; `candidates` gives paths for names that scripts import."""
    listed = sorted(files)
    by_name: dict[str, dict[str, None]] = {}
    for best_only in (True, False):
        for file in listed:
            for name in names.get(file, ())[: 1 if best_only else None]:
                by_name.setdefault(name, {})[file] = None
    installed = {posixpath.dirname(file) for file in listed if posixpath.basename(file) in MANIFESTS}
    return Modules(
        {name: tuple(found) for name, found in by_name.items()}, {file: names[file] for file in listed if file in names}, frozenset(listed),
        frozenset(installed), candidates,
    )  # fmt: skip


def _root_of(file: str, name: str) -> str:
    """Give the import root under which a file has a name."""
    stem = posixpath.splitext(file)[0].removesuffix("/__init__")
    return stem[: -len(name)].rstrip("/") if stem.replace("/", ".").endswith(name) else ""
