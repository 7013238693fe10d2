"""Lists of forbidden words: checks that look like a control and hold nobody who knows another word.

Found where a text, or a name taken out of it, is looked for in a list that is written down and holds words that do harm in the sink's
language, in the definitions of a path and in what the sink's definition calls. They never close a path; a finding shows them.
"""

from __future__ import annotations

from threatline.facts import model as f
from threatline.flows.paths import FlowPath
from threatline.program.units import Node, Unit
from threatline.system.build import Built

HARMFUL = {
    "code.source": frozenset(
        """
            eval exec execfile compile system popen subprocess os sys open __import__ __builtins__ __subclasses__ __class__ __globals__
            __bases__ importlib shutil globals getattr setattr socket pickle import
        """.split()
    ),
    "shell.command": frozenset("rm sudo mkfs dd shutdown reboot halt curl wget chmod chown kill mv su nc ; & | ` $( && ||".split()),
    "sql.query": frozenset("drop delete insert update truncate alter create grant revoke union replace merge attach -- ;".split()),
}
"""Words that forbid-lists name, by the port they guard. Two of one row make a list."""

LEAST_WORDS = 2
MOST_UNITS = 60


class Denials:
    """Finds lists of forbidden words around paths, memoized."""

    def __init__(self, built: Built) -> None:
        self.built = built
        self.reading = built.reading
        self._in_unit: dict[Unit, list[tuple[Node, frozenset[str]]]] = {}

    def around(self, path: FlowPath) -> list[Node]:
        """List the forbid-lists that are asked in the definitions of a path or below that of its sink."""
        harmful = HARMFUL.get(path.sink.name)
        if harmful is None:
            return []
        passed = [node[0] for node in path.steps]
        units = list(dict.fromkeys([*passed, *self.built.reach.closure(path.sink.match.node[0])]))[:MOST_UNITS]
        listed = [one for unit in units if unit.kind != "module" for one in self._lists(unit)]
        # A list in which harm is the exception lists what is allowed.
        return list(dict.fromkeys(node for node, words in listed if len(words & harmful) >= max(LEAST_WORDS, len(words) / 2)))

    def _lists(self, unit: Unit) -> list[tuple[Node, frozenset[str]]]:
        known = self._in_unit.get(unit)
        if known is None:
            known = self._in_unit[unit] = []
            for fact in unit.facts:
                if type(fact) is f.Operation and fact.operator in {"in", "not-in"}:
                    for operand in fact.operands:
                        known += self._written_down(unit, operand)
        return known

    def _written_down(self, unit: Unit, ordinal: int) -> list[tuple[Node, frozenset[str]]]:
        """Find the list that a value is, or is one of, with its words."""
        found: list[tuple[Node, frozenset[str]]] = []
        for node in ((unit, ordinal), *self._iterated(unit, ordinal)):
            for owner, collection in self.reading.program.resolver.collections(node):
                members = [self.reading.constants.of((owner, e.value)) for e in owner.facts[collection].elements]
                words = frozenset(_bare(member) for member in members if isinstance(member, str))
                if words:
                    found.append(((owner, collection), words))
        return found

    @staticmethod
    def _iterated(unit: Unit, ordinal: int) -> list[Node]:
        """Step from the name of a loop's member to what is looped over."""
        bound = unit.local.reads.get(ordinal, ()) if type(unit.facts[ordinal]) is f.Read else ()
        values = [unit.facts[fact.value] for o in bound if type(fact := unit.facts[o]) is f.Bind]
        return [(unit, value.value) for value in values if type(value) is f.Iterate]


def _bare(word: str) -> str:
    return word.strip(" ().'\"").lower() or word
