"""What the manifests of script packages say of module names: aliases of `tsconfig.json`, packages of the workspace and what they export."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from threatline.facts import model as f
from threatline.program.units import Unit
from threatline.source.languages import is_script_manifest

CONDITIONS = ("source", "import", "module", "node", "require", "default", "types", "browser")
"""Which of a package's variants is meant, the likeliest to be its source first."""

BUILT = frozenset({"dist", "lib", "build", "out", "esm", "cjs", "es"})
"""Folders that builds write, which a repository does not hold; `src` is where they come from."""

T = TypeVar("T")

MOST_EXTENDED = 4
DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Aliases:
    """What a `tsconfig.json` or `jsconfig.json` says: `paths` by pattern, as paths from the root; `base` is "" where none is given."""

    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the workspace: its folder, its entry points, what it exports and what it imports by `#name`."""

    folder: str
    entries: tuple[str, ...] = ()
    exports: Any = None
    imports: Any = None


@dataclass(frozen=True, slots=True)
class Manifests:
    """All manifests of a workspace, by folder and by package name."""

    aliases: Mapping[str, Aliases] = field(default_factory=dict)
    packages: Mapping[str, Package] = field(default_factory=dict)
    by_folder: Mapping[str, Package] = field(default_factory=dict)

    def candidates(self, importer: str, module: str) -> Iterator[str]:
        """List the paths from the root, without a certain ending, that a module name which is no relative path may mean."""
        aliases = self._nearest(self.aliases, importer)
        if aliases is not None:
            yield from _aliased(aliases, module)
        if module.startswith("#"):
            package = self._nearest(self.by_folder, importer)
            yield from _exported(package.folder, package.imports, module) if package is not None else ()
            return
        parts = module.split("/")
        width = 2 if module.startswith("@") else 1
        package = self.packages.get("/".join(parts[:width]))
        if package is not None:
            yield from _of_package(package, "/".join(parts[width:]))

    @staticmethod
    def _nearest(by_folder: Mapping[str, T], file: str) -> T | None:
        folder = posixpath.dirname(file)
        while folder not in by_folder and folder:
            folder = posixpath.dirname(folder)
        return by_folder.get(folder)


def read_manifests(units: Mapping[tuple[str, str], Unit]) -> Manifests:
    """Read the manifests among a program's units. Whatever is not of the expected shape is passed over."""
    found = {file: said for (file, path), unit in units.items() if not path and is_script_manifest(file) and (said := _said(unit))}
    configured = {file: said for file, said in found.items() if not file.endswith("package.json")}
    aliases = {posixpath.dirname(file): _aliases(file, configured, 0) for file in configured if posixpath.basename(file).count(".") == 1}
    by_folder = {posixpath.dirname(file): _package(file, said) for file, said in found.items() if file.endswith("package.json")}
    named = {str(said["name"]): posixpath.dirname(file) for file, said in sorted(found.items(), reverse=True) if "name" in said}
    packages = {name: by_folder[folder] for name, folder in named.items() if folder in by_folder}
    return Manifests({folder: one for folder, one in aliases.items() if one.paths or one.base is not None}, packages, by_folder)


def _said(unit: Unit) -> dict[str, Any]:
    bound = unit.local.binds.get("document", ())
    value = _value(unit, unit.facts[bound[-1]].value, 0) if bound else None
    return value if isinstance(value, dict) else {}


def _value(unit: Unit, ordinal: int, depth: int) -> Any:
    fact = unit.facts[ordinal]
    if type(fact) is f.Literal:
        return fact.value
    if type(fact) is not f.Collection or depth > DEEPEST:
        return None
    if fact.shape != "dict":
        return [_value(unit, element.value, depth + 1) for element in fact.elements]
    keys = [unit.facts[element.key] if element.key >= 0 else None for element in fact.elements]
    return {str(k.value): _value(unit, e.value, depth + 1) for k, e in zip(keys, fact.elements, strict=True) if type(k) is f.Literal}


def _aliases(file: str, configured: Mapping[str, dict[str, Any]], depth: int) -> Aliases:
    said = configured.get(file, {})
    options = said.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    folder = posixpath.dirname(file)
    base, paths = options.get("baseUrl"), options.get("paths")
    written = _path(folder, base) if isinstance(base, str) else None
    inherited = _extended(said.get("extends"), folder, configured, depth)
    if not isinstance(paths, dict):
        return Aliases(inherited.paths, inherited.base if written is None else written)
    from_here = folder if written is None else written
    targets = {k: [t for t in v if isinstance(t, str)] for k, v in paths.items() if isinstance(v, list)}
    found = tuple([(pattern, tuple([_path(from_here, t) for t in listed])) for pattern, listed in sorted(targets.items())])
    return Aliases(found, inherited.base if written is None else written)


def _extended(extends: Any, folder: str, configured: Mapping[str, dict[str, Any]], depth: int) -> Aliases:
    for one in reversed(extends if isinstance(extends, list) else [extends]):
        if isinstance(one, str) and one.startswith(".") and depth < MOST_EXTENDED:
            stem = _path(folder, one)
            for file in (stem, f"{stem}.json", f"{stem}/tsconfig.json"):
                if file in configured:
                    return _aliases(file, configured, depth + 1)
    return Aliases()


def _package(file: str, said: dict[str, Any]) -> Package:
    entries = tuple([said[key] for key in ("source", "module", "main", "types") if isinstance(said.get(key), str)])
    return Package(posixpath.dirname(file), entries, said.get("exports"), said.get("imports"))


def _aliased(aliases: Aliases, module: str) -> Iterator[str]:
    best: tuple[int, str, tuple[str, ...]] | None = None
    for pattern, targets in aliases.paths:
        rest = _matched(pattern, module)
        if rest is not None and (best is None or len(pattern) > best[0]):
            best = (len(pattern), rest, targets)
    for target in best[2] if best is not None else ():
        yield target.replace("*", best[1] if best is not None else "", 1)
    if aliases.base is not None:
        yield _path(aliases.base, module)


def _matched(pattern: str, name: str) -> str | None:
    """Give what stands in the place of a pattern's `*`, "" where it has none and is the name; None where it does not fit."""
    head, star, tail = pattern.partition("*")
    if not star:
        return "" if name == pattern else None
    fits = name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail)
    return name[len(head) : len(name) - len(tail)] if fits else None


def _of_package(package: Package, inside: str) -> Iterator[str]:
    yield from _exported(package.folder, package.exports, f"./{inside}" if inside else ".")
    for entry in package.entries if not inside else ():
        yield from _sources(_path(package.folder, entry))
    for folder in ("", "src"):
        yield _path(package.folder, posixpath.join(folder, inside or "index"))


def _exported(folder: str, said: Any, name: str) -> Iterator[str]:
    if not isinstance(said, dict) or not any(key.startswith((".", "#")) for key in said):
        said = {".": said}
    fitting = sorted((-len(pattern), rest, pattern) for pattern in said if (rest := _matched(pattern, name)) is not None)
    for _, rest, pattern in fitting[:1]:
        for target in _variants(said[pattern], 0):
            yield from _sources(_path(folder, target.replace("*", rest)))


def _variants(target: Any, depth: int) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, list):
        for one in target:
            yield from _variants(one, depth + 1)
    elif isinstance(target, dict) and depth < DEEPEST:
        for condition in sorted(target, key=lambda word: CONDITIONS.index(word) if word in CONDITIONS else len(CONDITIONS)):
            yield from _variants(target[condition], depth + 1)


def _sources(path: str) -> Iterator[str]:
    """Give a path, and where it is built into a folder of its own, the paths that it may be built from."""
    yield path
    parts = path.split("/")
    for index, part in enumerate(parts[:-1]):
        if part in BUILT:
            yield "/".join([*parts[:index], "src", *parts[index + 1 :]])
            yield "/".join([*parts[:index], *parts[index + 1 :]])
            break


def _path(folder: str, inside: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, inside))
    return "" if joined == "." else joined
