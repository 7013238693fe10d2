"""Code that takes the way through a file: what is written to a file that is then imported or run.

The text that is written becomes a `code.source` of the call that runs it. Told by values alone: in one function both calls use the same
name, and the file is a Python file, is run by its place, or is given to an interpreter; between functions both write the same file name
down. A file in a container is given up.
"""

from __future__ import annotations

import posixpath

from threatline.facts import model as f
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, receiver
from threatline.system.placing import PlacedPort, Placement

RUNNING = frozenset({"import.name", "process.arguments", "shell.command"})
BY_PLACE = frozenset({"runpy.run_path", "importlib.util.spec_from_file_location"})
INTERPRETERS = frozenset("python python3 pypy node deno bun bash sh zsh perl ruby Rscript julia".split())
ELSEWHERE = frozenset("docker podman nsjail bwrap firejail ssh kubectl".split())
CODE_FILES = frozenset({".py", ".sh", ".js", ".mjs", ".rb", ".pl", ".ps1", ".bat"})
MOST_VALUES = 80


def place_written_code(reading: Reading, placement: Placement) -> None:
    """Place the port `code.source` on what is written to a file that the same function runs."""
    written: dict[Unit, list[PlacedPort]] = {}
    run: dict[Unit, list[PlacedPort]] = {}
    for port in placement.ports:
        if port.node[0] is not port.match.node[0]:
            continue
        if port.name == "file.data":
            written.setdefault(port.match.node[0], []).append(port)
        elif port.name in RUNNING:
            run.setdefault(port.match.node[0], []).append(port)
    for unit, ports in written.items():
        for data in ports:
            for runner in run.get(unit, ()):
                if data.match.node[1] < runner.match.node[1] and _runs(reading, data, runner):
                    placement.add_port(PlacedPort("code.source", runner.draft, data.node, runner.match))
    _place_by_name(reading, placement, written, run)


def _place_by_name(
    reading: Reading, placement: Placement, written: dict[Unit, list[PlacedPort]], run: dict[Unit, list[PlacedPort]]
) -> None:
    """Place the port where the file's name is written down at both calls, wherever they stand."""
    runners: dict[str, list[PlacedPort]] = {}
    for ports in run.values():
        for runner in ports:
            for word in _run_names(reading, placement, runner):
                runners.setdefault(word, []).append(runner)
    for unit, ports in written.items():
        for data in ports if runners else ():
            file = _behind(reading, unit, receiver(*data.match.node))
            for text in _texts(unit, file):
                if posixpath.splitext(text)[1] in CODE_FILES:
                    for runner in runners.get(posixpath.basename(text), ()):
                        placement.add_port(PlacedPort("code.source", runner.draft, data.node, runner.match))


def _run_names(reading: Reading, placement: Placement, runner: PlacedPort) -> set[str]:
    """List the names of files that a call runs as they are written down there: the module's, or the script's behind an interpreter."""
    unit, what = runner.node
    texts = _texts(unit, _behind(reading, unit, what, placement))
    if runner.name == "import.name":
        by_place = runner.match.name in BY_PLACE
        return {posixpath.basename(text) if by_place else f"{text.rpartition('.')[2]}.py" for text in texts}
    words = [word.rpartition("/")[2] for text in texts for word in text.split()]
    if ELSEWHERE.intersection(words):
        return set()
    return {word for word in words if posixpath.splitext(word)[1] in CODE_FILES}


def _runs(reading: Reading, data: PlacedPort, runner: PlacedPort) -> bool:
    """Tell whether a call runs the file that another one writes."""
    unit, call = data.match.node
    if runner.node[0] is not unit:
        return False
    file = _behind(reading, unit, receiver(unit, call))
    what = _behind(reading, unit, runner.node[1])
    if not _named(unit, file) & _named(unit, what):
        return False
    if runner.name == "import.name":
        return runner.match.name in BY_PLACE or any(text.endswith(".py") for text in _texts(unit, file))
    words = {word.rpartition("/")[2] for text in _texts(unit, what) for word in text.split()}
    called = {name for o in what if type(unit.facts[o]) is f.Attribute for name in reading.program.names((unit, o))}
    return bool(words & INTERPRETERS or "sys.executable" in called) and not words & ELSEWHERE


def _behind(reading: Reading, unit: Unit, ordinal: int, placement: Placement | None = None) -> frozenset[int]:
    """Collect the values of this definition that a value is made of; given the placement, what a file holds is not made of its name."""
    if ordinal < 0:
        return frozenset()
    found: set[int] = {ordinal}
    queue: list[Node] = [(unit, ordinal)]
    while queue and len(found) < MOST_VALUES:
        node = queue.pop()
        if placement is not None and any(port.name == "file.content" for port in placement.ports_at.get(node, ())):
            continue
        bound = unit.local.reads.get(node[1], ()) if type(unit.facts[node[1]]) is f.Read else ()
        found.update(bound)
        for step in reading.graph.before(node, ()):
            if step.node[0] is unit and step.node[1] not in found:
                found.add(step.node[1])
                queue.append(step.node)
    return frozenset(found)


def _named(unit: Unit, values: frozenset[int]) -> frozenset[int]:
    """Keep the bindings of names to what is not written down here."""
    written_down = (f.Literal, f.Import, f.Collection)
    return frozenset(o for o in values if type(fact := unit.facts[o]) is f.Bind and not isinstance(unit.facts[fact.value], written_down))


def _texts(unit: Unit, values: frozenset[int]) -> list[str]:
    return [fact.value for o in values if type(fact := unit.facts[o]) is f.Literal and isinstance(fact.value, str)]
