"""What is written to a named store and read back elsewhere: files, variables of the environment, tables, collections, memories, children.

Two ends are joined where they are the same object (back through names, fields, returns and parameters), or bear the same constant name:
a path, a key, a table, a collection. What is named by an unknown value is joined by the very value alone. It gives up stores that are
named by what callers pass, tables behind an object mapper, and which row, line or passage is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from threatline.facts import model as f
from threatline.flows.statements import bound_columns, read_tables, selected_columns, written_tables
from threatline.knowledge.catalog import Place
from threatline.program.constants import Unknown
from threatline.program.units import Node, Unit
from threatline.source.tests import is_test
from threatline.system.build import Built
from threatline.system.calls import argument, places_of, receiver
from threatline.system.origins import origins
from threatline.system.placing import PlacedPort

WRITTEN_BY = {
    "retrieval.result": ("vector.write",),
    "memory.content": ("memory.write",),
    "database.rows": ("sql.parameters", "database.write"),
    "file.content": ("file.data",),
}
"""By the port that reads back, the ports that write."""

ENVIRONMENT = frozenset({"operator.value", "secret.value"})
SERIALIZED = frozenset({"pickle", "joblib", "dill", "cloudpickle", "torch", "keras", "tensorflow", "safetensors", "numpy", "transformers"})
"""Packages whose files hold objects that the program itself has written: reading those gives what it had, and runs nothing of its text."""

JOINING = frozenset({"Path", "PurePath", "join", "str", "fspath", "abspath", "realpath"})
RESOLVING = frozenset({"joinpath", "resolve", "absolute", "expanduser"})
"""Calls whose result names the file that their arguments, or their receiver, name."""

MOST_WRITES = 8
MOST_PARTS = 12
MOST_MAKERS = 2
"""A store that may be more objects than these is as good as unknown: a base class's field, a parameter that everybody fills."""

DEEPEST_MAKER = 3

Key = tuple[Any, ...]


class Stored:
    """Joins what is read back with what was written; found when first asked for.

    `behind` lists the values written to a file of a constant name, a variable of the environment, or as the code of a child process, by
    the call or read that gives them back: a walk goes on there.
    """

    def __init__(self, built: Built) -> None:
        self.built = built
        self.reading = built.reading
        self.ports: dict[Node, list[PlacedPort]] = {}
        by_name: dict[str, list[PlacedPort]] = {}
        for port in built.placement.ports:
            by_name.setdefault(port.name, []).append(port)
            if port.name in {"file.read-path", "file.write-path", "sql.query"}:
                self.ports.setdefault(port.match.node, []).append(port)
        self.by_name = by_name
        self._written: dict[str, dict[Key, list[PlacedPort]]] = {}
        self._writes: dict[Node, tuple[PlacedPort, ...]] = {}
        self.behind: dict[Node, tuple[Node, ...]] = {}
        self._find_environment()
        self._find_children()
        self._find_files()

    def writes(self, read: PlacedPort) -> tuple[PlacedPort, ...]:
        """List the ports that write what a port reads back."""
        if read.name not in WRITTEN_BY:
            return ()
        known = self._writes.get(read.node)
        if known is None:
            known = self._writes[read.node] = tuple(self._find_writes(read))[:MOST_WRITES]
        return known

    def is_read_back(self, written: Node, read: Node) -> bool:
        """Tell of two steps of a path, one after the other, whether the second gives what the first put into a store."""
        return written in self.behind.get(read, ()) or (read in self._writes and any(port.node == written for port in self._writes[read]))

    def _find_writes(self, read: PlacedPort) -> Iterator[PlacedPort]:
        seen: set[Node] = set()
        for name in WRITTEN_BY[read.name]:
            if name not in self.by_name:
                continue
            table = self._written.get(name)
            if table is None:
                table = self._written[name] = {}
                for port in self.by_name[name]:
                    if port.match.entry.serializes:
                        continue
                    for key in self._keys(port):
                        table.setdefault(key, []).append(port)
            for key in self._keys(read) if table else ():
                for port in table.get(key, ()):
                    if not _may_meet(port.match.node[0], read.match.node[0]):
                        continue
                    for written in self._narrowed(port, read):
                        if written.node not in seen and written.node != read.node:
                            seen.add(written.node)
                            yield written

    def _keys(self, port: PlacedPort) -> list[Key]:
        if port.name in {"file.data", "file.content"}:
            return self._files_of(port)
        if port.name in {"sql.parameters", "database.rows", "database.write"}:
            return [(*store, what) for store in self._stores_of(port.match.node) for what in self._parts_of(port)]
        return self._stores_of(port.match.node)

    # stores: by the object, or by the constant that names it

    def _stores_of(self, call: Node, depth: int = 0) -> list[Key]:
        unit, ordinal = call
        base = receiver(unit, ordinal)
        if base < 0:
            return []
        found: list[Key] = []
        makers = origins(self.reading, (unit, base))
        for maker in makers if len(makers) <= MOST_MAKERS else ():
            for key in self._named(maker, depth):
                if key not in found:
                    found.append(key)
        return found

    def _named(self, maker: Node, depth: int) -> list[Key]:
        """Name a store by the call that makes it: its constant name, what its place comes from, its own receiver's name, or itself."""
        unit, ordinal = maker
        if type(unit.facts[ordinal]) is not f.Call:
            return [("object", maker)]
        for match in self.built.placement.matches_at.get(maker, ()):
            entry = match.entry
            package = match.name.partition(".")[0]
            collection = entry.attributes.get("collection")
            places = [collection] if isinstance(collection, (dict, Place)) else [*entry.target, *entry.name]
            for where in places:
                place = where if isinstance(where, Place) else Place.model_validate(where)
                for value in places_of(self.reading, maker, place):
                    constant = self.reading.constants.of(value)
                    if isinstance(constant, str) and constant:
                        return [("named", package, constant)]
                    if isinstance(constant, Unknown) and entry.target:
                        named = origins(self.reading, value)
                        return [("at", package, node) for node in named] if len(named) <= MOST_MAKERS else []
            if entry.of == "receiver" and depth < DEEPEST_MAKER:
                return self._stores_of(maker, depth + 1) or [("object", maker)]
        return [("object", maker)]

    # files: by their path

    def _files_of(self, port: PlacedPort) -> list[Key]:
        if port.name == "file.data" and port.match.name.partition(".")[0] in SERIALIZED:
            return []
        wanted = "file.write-path" if port.name == "file.data" else "file.read-path"
        unit, ordinal = port.match.node
        calls = [port.match.node]
        if not self._paths(port.match.node, wanted):
            fact = unit.facts[ordinal]
            handles = [receiver(unit, ordinal), *(a.value for a in getattr(fact, "arguments", ()) if (unit, a.value) != port.node)]
            calls = [node for handle in handles if handle >= 0 for node in origins(self.reading, (unit, handle), self.ports)]
        return [("file", *name) for call in calls for path in self._paths(call, wanted) if (name := self._path_name(path, 0))]

    def _paths(self, call: Node, wanted: str) -> list[Node]:
        return [port.node for port in self.ports.get(call, ()) if port.name == wanted]

    def _path_name(self, node: Node, depth: int) -> tuple[Any, ...]:
        """Name a path by its constant parts and the values of which nothing is known; () where that says nothing."""
        constant = self.reading.constants.of(node)
        if isinstance(constant, str):
            return (constant.removeprefix("./"),) if constant else ()
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if depth > MOST_PARTS:
            return ()
        if kind is f.Call:
            word = getattr(unit.facts[fact.callee], "name", "")
            parts = [(unit, a.value) for a in fact.arguments if a.name == ""]
            base = receiver(unit, ordinal)
            if word in RESOLVING and base >= 0 and (not parts or word == "joinpath"):
                return self._joined([(unit, base), *parts], depth)
            if word in JOINING:
                return self._joined(parts, depth)
            return ()
        if kind is f.Operation and fact.operator == "/":
            return self._joined([(unit, operand) for operand in fact.operands], depth)
        if kind in {f.Template, f.Operation}:
            return ()
        return self._same_path(node, depth)

    def _same_path(self, node: Node, depth: int) -> tuple[Any, ...]:
        """Go on to where the path is made: through one binding; a field or a global that is written elsewhere names itself."""
        steps = self.reading.graph.before(node, ())
        if len(steps) == 1 and steps[0].how in {"same", "heap"} and not steps[0].fields:
            after = steps[0].node
            found = self._path_name(after, depth + 1)
            if found or steps[0].how == "same":
                return found
            fact = after[0].facts[after[1]]
            while type(fact) in {f.Bind, f.Export}:
                after = (after[0], fact.value)
                fact = after[0].facts[after[1]]
            return (("value", after),)
        return ()

    def _joined(self, parts: list[Node], depth: int) -> tuple[Any, ...]:
        names = [self._path_name(part, depth + 1) for part in parts]
        if not names or not all(names):
            return ()
        flat = [piece for name in names for piece in name]
        texts = "/".join(piece.strip("/") if isinstance(piece, str) and at else str(piece) for at, piece in enumerate(flat))
        return (texts.removeprefix("./"),) if all(isinstance(piece, str) for piece in flat) else tuple(flat)

    def _find_files(self) -> None:
        """Join reads of files with writes of the same path; who chooses the path is asked elsewhere."""
        for port in self.by_name.get("file.content", ()) if "file.data" in self.by_name else ():
            if written := self.writes(port):
                self.behind[port.node] = tuple(one.node for one in written)

    # the environment: by the variable

    def _find_environment(self) -> None:
        variables: dict[str, list[Node]] = {}
        for unit in self.reading.program.units.values():
            for name, value in self._set_in(unit):
                variables.setdefault(name, []).append(value)
        for port in (port for name in sorted(ENVIRONMENT) for port in self.by_name.get(name, ()) if variables):
            unit, ordinal = port.match.node
            if not port.match.name.startswith("os."):
                continue
            key = argument(unit, ordinal, "key", 0)
            constant = self.reading.constants.of((unit, key)) if key >= 0 else None
            written = variables.get(constant, []) if isinstance(constant, str) else []
            own = [node for node in written if _may_meet(node[0], unit)]
            if own:
                self.behind[port.node] = tuple(own[:MOST_WRITES])

    def _set_in(self, unit: Unit) -> Iterator[tuple[str, Node]]:
        """List the variables that a definition sets, with their values."""
        for ordinal in unit.local.puts:
            fact = unit.facts[ordinal]
            if type(fact) is f.BindItem and self._is_environment(unit, fact.base):
                key = self.reading.constants.of((unit, fact.key)) if fact.key >= 0 else None
                if isinstance(key, str):
                    yield key, (unit, fact.value)

    def _is_environment(self, unit: Unit, ordinal: int) -> bool:
        return getattr(unit.facts[ordinal], "name", "") == "environ" and "os.environ" in self.reading.program.names((unit, ordinal))

    # children: what they print is what their code says

    def _find_children(self) -> None:
        children: dict[Node, list[Node]] = {}
        for port in self.by_name.get("code.source", ()):
            if "runs-commands" in port.match.entry.capabilities:
                children.setdefault(port.match.node, []).append(port.node)
        self.behind.update((call, tuple(nodes[:MOST_WRITES])) for call, nodes in children.items())

    # tables and keys

    def _parts_of(self, port: PlacedPort) -> Iterable[Key]:
        """Name the tables that a call speaks of, or the key of an entry."""
        unit, ordinal = port.match.node
        text = self._statement(port)
        if text is not None:
            return [("table", name) for name in (written_tables(text) if port.name == "sql.parameters" else read_tables(text))]
        key = argument(unit, ordinal, "name", 0) if type(unit.facts[ordinal]) is f.Call else -1
        constant = self.reading.constants.of((unit, key)) if key >= 0 else None
        return [("key", constant)] if isinstance(constant, str) and constant else []

    def _statement(self, port: PlacedPort) -> str | None:
        """Give the constant text of the statement behind a call: its own, or the one run last before rows are fetched."""
        unit, ordinal = port.match.node
        own = self._texts((unit, ordinal))
        if own is None and port.name == "database.rows":
            before = [node for node in self.ports if node[0] is unit and node[1] < ordinal and self._texts(node) is not None]
            drafts = self.built.placement.by_node
            mine = [node for node in before if drafts.get(node) is port.draft or drafts.get(node) is None]
            return self._texts(max(mine, key=lambda node: node[1])) if mine else None
        return own

    def _texts(self, call: Node) -> str | None:
        found = [port.node for port in self.ports.get(call, ()) if port.name == "sql.query"]
        return self.reading.constants.known_text(found[0]) if found else None

    def _narrowed(self, write: PlacedPort, read: PlacedPort) -> list[PlacedPort]:
        """Keep the bound values that go into columns which are read, where both statements name them."""
        if write.name != "sql.parameters":
            return [write]
        columns = bound_columns(self._statement(write) or "")
        wanted = selected_columns(self._statement(read) or "")
        unit, ordinal = write.node
        fact = unit.facts[ordinal]
        values = [element.value for element in fact.elements] if type(fact) is f.Collection and fact.shape in {"tuple", "list"} else []
        if not columns or not wanted or len(values) < len(columns):
            return [write] if not columns or not wanted or wanted & set(columns) else []
        kept = [value for name, value in zip(columns, values, strict=False) if name in wanted]
        return [PlacedPort(write.name, write.draft, (unit, value), write.match) for value in kept]


def _may_meet(writer: Unit, reader: Unit) -> bool:
    """Tell whether two definitions may meet in a store: a test's writes are its own."""
    return writer.file == reader.file or not (is_test(writer.file) or is_test(reader.file))
