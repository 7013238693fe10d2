"""Programs of a few lines. What is asked about stands as the argument of a call to `probe`."""

from __future__ import annotations

from collections import deque

import pytest

from threatline.facts import extract_file
from threatline.facts import model as f
from threatline.program.graph import ValueGraph
from threatline.program.program import link
from threatline.program.units import read_file
from threatline.source.reading import make_source
from threatline.source.roots import module_names

MOST = 2000


class Linked:
    """A linked program and questions about its probes."""

    def __init__(self, files):
        sources = [make_source(file, text.encode()) for file, text in files.items()]
        facts = {source.id: extract_file(source).facts for source in sources if source.language}
        self.program = link({file: read_file(file, found) for file, found in facts.items()}, module_names(files), files)
        self.graph = ValueGraph(self.program)

    def probes(self):
        """List the arguments of all calls to `probe`."""
        found = []
        for unit, ordinal in self.program.calls():
            fact = unit.facts[ordinal]
            if getattr(unit.facts[fact.callee], "name", "") == "probe":
                found += [(unit, argument.value) for argument in fact.arguments]
        return found

    def names(self):
        """List the names of what is probed, sorted."""
        return sorted({name for node in self.probes() for name in self.program.names(node)})

    def leaves(self):
        """List where the probed values come from: constants, and `name of function` for parameters that nobody fills."""
        queue = deque((node, ()) for node in self.probes())
        seen = set(queue)
        found = set()
        while queue and len(seen) < MOST:
            node, fields = queue.popleft()
            unit, ordinal = node
            fact = unit.facts[ordinal]
            if type(fact) is f.Literal:
                found.add(fact.value)
            following = [(step.node, step.fields) for step in self.graph.before(node, fields)]
            if type(fact) is f.Parameter:
                following = [(value, fields if how == "parameter" else ()) for value, _, how in self.graph.passed(node)]
                if not following:
                    found.add(f"{fact.name} of {unit.path}")
            for state in following:
                if state not in seen:
                    seen.add(state)
                    queue.append(state)
        return found

    def conditions(self):
        """List the conditions that the one probe stands under, innermost first, as `+test` or `-test`."""
        ((unit, ordinal),) = self.probes()
        return [("+" if held else "-") + self._said(unit, test) for test, held in unit.local.conditions(ordinal)]

    def _said(self, unit, ordinal):
        fact = unit.facts[ordinal]
        if type(fact) is f.Operation:
            said = [self._said(unit, operand) for operand in fact.operands]
            return f"{fact.operator} {said[0]}" if len(said) == 1 else f" {fact.operator} ".join(said)
        if type(fact) is f.Call:
            return f"{self._said(unit, fact.callee)}()"
        return str(getattr(fact, "name", getattr(fact, "value", "?")))


@pytest.fixture
def linked():
    """Link files by name, or the text of one."""

    def link_texts(files):
        return Linked({"app.py": files} if isinstance(files, str) else files)

    return link_texts
