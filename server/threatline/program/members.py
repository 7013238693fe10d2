"""Collections: which literals a value may be, and what their members are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from threatline.facts import model as f
from threatline.program.arguments import match_argument
from threatline.program.attributes import Attributes
from threatline.program.callees import Callees
from threatline.program.classes import Classes
from threatline.program.names import Names
from threatline.program.places import Place, Places
from threatline.program.references import FIRST_PARTY, MOST, Reference, Values, member
from threatline.program.returns import Returns
from threatline.program.units import Node, Unit

DEEPEST_LITERAL = 6
MOST_ASKED = 300
JOINING = frozenset({"or", "and", "|", "+"})
VIEWS = frozenset({"values", "copy"})
SHOWN = {"Object": frozenset({"values", "freeze", "seal"}), "Promise": frozenset({"all", "resolve"}), "Array": frozenset({"from"})}
"""Functions of script languages that give a collection with the members of their argument."""

OBJECT = f.Read("Object")
COPIES = frozenset({"list", "tuple", "set", "sorted", "reversed", "dict", "frozenset", "iter"})


def constant_key(unit: Unit, ordinal: int) -> str | None:
    """Give a constant key as text; None where it is not constant."""
    fact = unit.facts[ordinal] if ordinal >= 0 else None
    return str(fact.value) if type(fact) is f.Literal else None


class Members:
    """Finds members of lists, dictionaries and tuples that are written down, through names, fields, first-party returns and joins.

    What is put into a collection later counts where the collection is reached by its name or field.
    """

    def __init__(
        self,
        values: Values,
        names: Names,
        classes: Classes,
        callees: Callees,
        attributes: Attributes,
        returns: Returns,
        places: Places,
    ) -> None:
        self.places = places
        self.arguments_of: Mapping[Unit, list[tuple[Node, int]]] | None = None
        self._asked: set[Node] = set()
        self._left = 0
        self.values = values
        self.names = names
        self.classes = classes
        self.callees = callees
        self.attributes = attributes
        self.returns = returns

    def members(self, node: Node, key: str | None) -> list[Node]:
        """List the values that a collection behind `node` holds under a key (all of them where the key is None): those written down with
        it, and those that are put into it where its name or field is known.
        """
        found: dict[Node, None] = {}
        for name, value in self._entries(node, 0):
            if key is None or name is None or name == key:
                found[value] = None
        return list(found)[:MOST]

    def put_elsewhere(self, node: Node) -> list[Node]:
        """List what is put into the collection behind a name or field by whoever reaches it by that name or field."""
        found = [
            value
            for place in self._places(node)
            for (writer, put), between in self.places.put.get(place, ())
            if not between
            for _, value in self._put(writer, put, 0)
        ]
        return list(dict.fromkeys(found))[:MOST]

    def _entries(self, node: Node, depth: int) -> list[tuple[str | None, Node]]:
        """List what a collection holds, by key. Each value is looked at once on the way, and only so many on all ways together."""
        if node in self._asked:
            return []
        if not self._asked:
            self._left = MOST_ASKED
        if depth > DEEPEST_LITERAL or not self._left:
            return []
        self._left -= 1
        self._asked.add(node)
        try:
            return self._found(node, depth)
        finally:
            self._asked.discard(node)

    def _found(self, node: Node, depth: int) -> list[tuple[str | None, Node]]:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Collection:
            return self._written(unit, fact, depth)
        if kind is f.BindItem:
            return [(constant_key(unit, fact.key), (unit, fact.value))]
        found: list[tuple[str | None, Node]] = []
        for place in self._places(node):
            for (writer, put), between in self.places.put.get(place, ()):
                if not between:
                    found += self._put(writer, put, depth)
            for assigned in self.places.assigned.get(place, ()):
                found += self._entries(assigned, depth + 1)
        for behind in self._behind(node)[:MOST]:
            target, place_ = behind
            is_put = kind is f.Read and type(target.facts[place_]) is f.Call
            found += self._put(target, place_, depth) if is_put else self._entries(behind, depth + 1)
        return found

    def _written(self, unit: Unit, fact: f.Collection, depth: int) -> list[tuple[str | None, Node]]:
        found: list[tuple[str | None, Node]] = []
        for index, element in enumerate(fact.elements):
            value = (unit, element.value)
            inner = self._entries(value, depth + 1) if element.spread else []
            name = constant_key(unit, element.key) if element.key >= 0 else None if element.spread else str(index)
            found += inner or [(name, value)]
        return found

    def _put(self, unit: Unit, ordinal: int, depth: int) -> list[tuple[str | None, Node]]:
        """List what one mutation puts into a collection, by key."""
        fact = unit.facts[ordinal]
        if type(fact) is f.BindItem:
            return [(constant_key(unit, fact.key), (unit, fact.value))]
        given = [argument.value for argument in fact.arguments]
        method = unit.facts[fact.callee].name
        if method in {"update", "extend"}:
            return [entry for value in given for entry in self._entries((unit, value), depth + 1)]
        if method in {"setdefault", "set"} and len(given) > 1:
            return [(constant_key(unit, given[0]), (unit, given[1]))]
        return [(None, (unit, value)) for value in given]

    def _places(self, node: Node) -> list[Place]:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        if type(fact) is f.Read:
            return list(self.places.of_name(unit, ordinal))
        if type(fact) is f.Import and fact.name:
            module = self.places.imported(unit, fact)
            return [(module, fact.name)] if module is not None else []
        if type(fact) is not f.Attribute:
            return []
        found: list[Place] = []
        for kind, what in self.values.of((unit, fact.base)):
            if kind in {"inst", "sub", "def"} and what.kind == "class":
                found += [(owner, fact.name) for owner in self.classes.lineage(what)[0]]
            elif kind == "module" and (what, "") in self.values.units:
                found.append((self.values.units[what, ""], fact.name))
        return found

    def collections(self, node: Node, depth: int = 0) -> list[Node]:
        """Find the collection literals a value may be, through names and first-party returns."""
        if type(node[0].facts[node[1]]) is f.Collection:
            return [node]
        if depth > DEEPEST_LITERAL:
            return []
        return [found for target in self._behind(node)[:MOST] for found in self.collections(target, depth + 1)]

    def _behind(self, node: Node) -> list[Node]:
        unit, ordinal = node
        fact = unit.facts[ordinal]
        kind = type(fact)
        if kind is f.Read:
            local = unit.local.reads.get(ordinal)
            if local is not None:
                return [(unit, o) for o in local]
            return [(scope, o) for scope, ordinals in self.names.free(unit, fact.name) for o in ordinals]
        if kind is f.Bind or kind is f.Export:
            return [(unit, fact.value)]
        if kind is f.Unpack:
            return self._unpacked(unit, fact)
        if kind is f.Iterate:
            return self.members((unit, fact.value), None)
        if kind is f.Item:
            return self.members((unit, fact.base), constant_key(unit, fact.key))
        if kind is f.Import and fact.name:
            module = self.places.imported(unit, fact)
            return [(module, o) for o in self.names.exported(module, fact.name)] if module is not None else []
        if kind is f.Call:
            viewed = self.viewed(unit, fact)
            if viewed >= 0:
                return [(unit, viewed)]
            targets = [target for target, _ in self.callees.of_call(node)]
            return [(target, target.facts[r].value) for target in targets for r in target.local.returns if target.facts[r].value >= 0]
        if kind is f.Attribute:
            found = self._behind_attribute(unit, fact)
            return found if found or unit.language == "python" else self.members((unit, fact.base), fact.name)
        if kind is f.Parameter and unit.language != "python":
            return self._passed(unit, ordinal, fact)
        if kind is f.Operation and fact.operator in JOINING:
            return [(unit, o) for o in fact.operands]
        return []

    def _passed(self, unit: Unit, ordinal: int, fact: f.Parameter) -> list[Node]:
        """List the objects that callers pass: script languages pass options as one."""
        if self.arguments_of is None:
            self.values.doubts += 1
            return []
        return [
            (caller, value)
            for (caller, call), skip in self.arguments_of.get(unit, ())
            for value in match_argument(self.callees.effective((caller, call)).arguments, fact, ordinal - skip)
        ]

    @staticmethod
    def viewed(unit: Unit, fact: f.Call) -> int:
        """Give the collection that a call shows the members of (`d.values()`, `list(d)`); -1 where it is none."""
        callee = unit.facts[fact.callee]
        if type(callee) is f.Attribute and callee.name in VIEWS and not fact.arguments:
            return int(callee.base)
        if type(callee) is f.Read and callee.name in COPIES and len(fact.arguments) == 1:
            return int(fact.arguments[0].value)
        owner = unit.facts[callee.base] if type(callee) is f.Attribute and unit.language != "python" else None
        if type(owner) is f.Read and callee.name in SHOWN.get(owner.name, ()) and len(fact.arguments) == 1:
            return int(fact.arguments[0].value)
        return -1

    def _unpacked(self, unit: Unit, fact: f.Unpack) -> list[Node]:
        pairs = self._pairs(unit, fact.value)
        if pairs is not None:
            return self.members(pairs, None) if fact.index == 1 else []
        return self.members((unit, fact.value), _part(fact))

    @staticmethod
    def _pairs(unit: Unit, value: int) -> Node | None:
        """Find the dictionary whose pairs are iterated over (`for key, value in d.items()`)."""
        each = unit.facts[value]
        call = unit.facts[each.value] if type(each) is f.Iterate else None
        callee = unit.facts[call.callee] if type(call) is f.Call else None
        if type(call) is f.Call and type(callee) is f.Attribute and callee.name == "items" and not call.arguments:
            return (unit, callee.base)
        if type(call) is f.Call and type(callee) is f.Attribute and callee.name == "entries" and len(call.arguments) == 1:
            return (unit, call.arguments[0].value) if unit.facts[callee.base] == OBJECT else None
        return None

    def _behind_attribute(self, unit: Unit, fact: f.Attribute) -> list[Node]:
        found: list[Node] = []
        for kind, what in self.values.of((unit, fact.base)):
            if kind in {"inst", "sub", "def"} and what.kind == "class":
                found += self.classes.field_writes(what).get(fact.name, [])
                found += [(what, o) for o in what.local.final.get(fact.name, ())]
            elif kind == "module":
                module = self.values.units.get((what, ""))
                found += [(module, o) for o in self.names.exported(module, fact.name)] if module else []
        return found

    # what members refer to

    def _each(self, nodes: Iterable[Node]) -> list[Reference]:
        return [r for node in nodes for r in self.values.of(node)]

    def of_item(self, unit: Unit, ordinal: int, fact: f.Item) -> list[Reference]:
        """Resolve `base[key]`."""
        base = (unit, fact.base)
        return self._each(self.members(base, constant_key(unit, fact.key))) or [r for b in self.values.of(base) for r in member(b)]

    def of_attribute(self, unit: Unit, ordinal: int, fact: f.Attribute) -> Sequence[Reference]:
        """Resolve `base.name`; an object that a script writes down is asked for what it holds under the name."""
        found = self.attributes.of_attribute(unit, ordinal, fact)
        if unit.language == "python" or any(kind != "ext" or not what.startswith(FIRST_PARTY) for kind, what in found):
            return found
        return self._each(self.members((unit, fact.base), fact.name)) or found

    def of_unpack(self, unit: Unit, ordinal: int, fact: f.Unpack) -> list[Reference]:
        """Resolve a part of an unpacked value."""
        base = (unit, fact.value)
        members = self._unpacked(unit, fact)
        if members:
            return self._each(members)
        if fact.key:
            return [r for b in self.values.of(base) for r in self.attributes.attribute(b, fact.key)]
        return [r for b in self.values.of(base) for r in member(b)]

    def of_iterate(self, unit: Unit, ordinal: int, fact: f.Iterate) -> list[Reference]:
        """Resolve an element of an iterated value."""
        base = (unit, fact.value)
        found = self._each(self.members(base, None))
        if found:
            return found
        for reference in self.values.of(base):
            found += self.returns.yielded(reference[1]) if reference[0] == "gen" else member(reference)
        return found


def _part(fact: f.Unpack) -> str | None:
    return fact.key or (str(fact.index) if fact.index >= 0 else None)
