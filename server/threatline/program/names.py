"""Names: what stands behind a name in its scope, in a module, behind an import."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence

from threatline.facts import model as f
from threatline.program.references import FIRST_PARTY, SCRIPTS, Reference, References, Values
from threatline.program.units import Node, Unit

BUILTINS = frozenset(dir(builtins))
OWN = frozenset({"this", "super"})
"""Names that script languages give an object and what its class derives from."""

MODULE = f.Read("module")

_BOUND = frozenset({f.Bind, f.Parameter})


def enclosing_class(unit: Unit) -> Unit | None:
    """Find the class that a definition stands in; of a class, the class itself."""
    scope: Unit | None = unit
    while scope is not None and scope.kind != "class":
        scope = scope.parent
    return scope


class Names:
    """Resolves names by Python's scoping: local, then around it without classes, then the module, its star imports, the built-ins.

    A name of a first-party module that is bound nowhere there goes by its access path behind `FIRST_PARTY`.
    """

    def __init__(self, values: Values) -> None:
        self.values = values
        self.modules = values.modules
        self.places: Mapping[tuple[Unit, str], list[Node]] = {}
        self._stars_followed: set[Node] = set()
        self._absent: set[tuple[str, str]] = set()

    def of_import(self, unit: Unit, ordinal: int, fact: f.Import) -> list[Reference]:
        """Resolve an imported module or member."""
        file, absolute = self.modules.relative(unit.file, fact.module, unit.language)
        if unit.language != "python" and not file:
            absolute = f"{SCRIPTS}{absolute.removeprefix('node:')}"
        if not fact.name or fact.name == "*":
            return [("module", file), *self._whole(file, unit)] if file else [("ext", absolute)]
        if file:
            return self.member(file, fact.name) or [("ext", f"{FIRST_PARTY}{absolute}.{fact.name}")]
        inner = self.modules.find(f"{absolute}.{fact.name}", unit.file) if absolute else None
        if inner:
            return [("module", inner)]
        return [("ext", f"{absolute}.{fact.name}" if absolute else fact.name)]

    def _whole(self, file: str, importer: Unit) -> list[Reference]:
        """Resolve what a script module is when taken whole: what it assigns to `module.exports`, where that is no mere list of names."""
        module = self.values.units.get((file, ""))
        if module is None or module.language == "python" or importer.language == "python":
            return []
        assigned = [module.facts[o] for o in module.local.attribute_binds if module.facts[o].name == "exports"]
        return [r for fact in assigned if module.facts[fact.base] == MODULE for r in self.values.of((module, fact.value))]

    def of_export(self, unit: Unit, ordinal: int, fact: f.Export) -> References:
        """Resolve an exported value."""
        return self.values.of((unit, fact.value))

    def of_read(self, unit: Unit, ordinal: int, fact: f.Read) -> Sequence[Reference]:
        """Resolve a name where it is read: every binding that reaches it counts."""
        if unit.language != "python" and fact.name in OWN:
            return self._of_own(unit, fact.name)
        local = unit.local.reads.get(ordinal)
        if local is not None and fact.name not in unit.local.declared:
            if len(local) == 1:
                return self.values.of((unit, local[0]))
            return [r for o in local if type(unit.facts[o]) in _BOUND for r in self.values.of((unit, o))]
        found: list[Reference] = []
        scopes = self.free(unit, fact.name)
        for scope, ordinals in scopes:
            found += self.values.union(scope, ordinals)
            found += self._assigned(scope, fact.name)
        # A global of a script goes by any name, so one that is bound is none.
        return found if found or (scopes and unit.language != "python") else self._global(unit, fact.name)

    def _of_own(self, unit: Unit, name: str) -> list[Reference]:
        """Resolve `this`, and `super` as what the class derives from. A plain function's `this` is that of the class around it."""
        cls = enclosing_class(unit)
        if cls is None or cls.parent is None:
            return []
        if name == "this":
            return [("sub", cls)]
        return [r for base in cls.definition.bases for r in self.values.of((cls.parent, base)) if r[1] is not cls]

    def free(self, unit: Unit, name: str) -> list[tuple[Unit, tuple[int, ...]]]:
        """Find the bindings of a name that is free in `unit`: around it, then in its module. Class scopes are skipped, as Python does."""
        scope = unit.parent
        while scope is not None:
            if scope.kind != "class" and name in scope.local.binds:
                ordinals = scope.local.final.get(name) if scope.kind == "module" else None
                return [(scope, tuple(ordinals or scope.local.binds[name]))]
            scope = scope.parent
        if unit.kind == "class" and name in unit.module.local.final:
            return [(unit.module, unit.module.local.final[name])]
        if unit.language != "python" and unit.kind != "class" and name in unit.local.binds:
            # Types may be named before they are declared, and functions exist before what stands above them.
            return [(unit, tuple(unit.local.binds[name]))]
        return []

    def _global(self, unit: Unit, name: str) -> list[Reference]:
        if unit.module.local.stars and unit.language == "python":
            found = [r for star in unit.module.local.stars for r in self._through_star(unit.module, star, name)]
            if found:
                return found
        if unit.language != "python":
            return [("ext", f"{SCRIPTS}js.{name}")]
        return [("ext", f"builtins.{name}")] if name in BUILTINS else []

    def _through_star(self, module: Unit, star: int, name: str) -> list[Reference]:
        fact = module.facts[star]
        file, absolute = self.modules.relative(module.file, fact.module, module.language)
        if file:
            return self.member(file, name) if file != module.file else []
        return [("ext", f"{absolute}.{name}")] if name[:1].isupper() and name not in BUILTINS else []

    # modules

    def member(self, file: str, name: str) -> list[Reference]:
        """Resolve a name exported by a first-party module: its bindings, star imports, submodules."""
        module = self.values.units.get((file, ""))
        if module is None or (file, name) in self._absent:
            return []
        doubts = self.values.doubts
        found = self.values.union(module, self.exported(module, name)) + self._assigned(module, name)
        found = found or self._starred(module, name) or self._submodule(file, name)
        if not found and self.values.doubts == doubts:
            # Star imports of star imports ask the same modules for the same names again and again.
            self._absent.add((file, name))
        return found

    def forget(self) -> None:
        """Forget which names were not found."""
        self._absent.clear()

    def _assigned(self, scope: Unit, name: str) -> list[Reference]:
        """Resolve what other definitions assign to a name."""
        return [r for node in self.places.get((scope, name), ()) for r in self.values.of(node)]

    def exported(self, module: Unit, name: str) -> tuple[int, ...]:
        """List the bindings (or exports) of a module-level name as they are at the end of the module."""
        final = module.local.final.get(name, ())
        if module.language == "python":
            return final
        exported = tuple(i for i, fact in enumerate(module.facts) if type(fact) is f.Export and fact.name == name)
        return exported or final

    def _starred(self, module: Unit, name: str) -> list[Reference]:
        outside: list[Reference] = []
        for star in module.local.stars:
            target, _ = self.modules.relative(module.file, module.facts[star].module, module.language)
            if not target and module.language != "python":
                outside.append(("ext", f"{SCRIPTS}{module.facts[star].module.removeprefix('node:')}.{name}"))
            if not target or target == module.file:
                continue
            if (module, star) in self._stars_followed:
                self.values.doubts += 1
                continue
            self._stars_followed.add((module, star))
            found = self.member(target, name)
            self._stars_followed.discard((module, star))
            if found:
                return found
        return outside

    def _submodule(self, file: str, name: str) -> list[Reference]:
        for own in self.modules.names.get(file, ()):
            inner = self.modules.find(f"{own}.{name}", file)
            if inner:
                return [("module", inner)]
        return []
