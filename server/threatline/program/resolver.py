"""The resolver: all that resolves values, put together, and the questions that other rooms ask."""

from __future__ import annotations

from collections.abc import Mapping

from threatline.facts import model as f
from threatline.program.annotations import Annotations
from threatline.program.attributes import Attributes
from threatline.program.bindings import Bindings
from threatline.program.callbacks import Callbacks
from threatline.program.callees import Callees
from threatline.program.calls import Calls
from threatline.program.classes import Classes
from threatline.program.members import Members, constant_key
from threatline.program.names import Names
from threatline.program.places import Places
from threatline.program.references import Reference, Values
from threatline.program.returns import Returns
from threatline.program.units import Modules, Node, Unit

EITHER = frozenset({"or", "and", "|", "/"})


class Resolver:
    """Resolves values of a linked set of units to references. Each part is one concern; `of` and the others below are their doors."""

    def __init__(self, units: dict[tuple[str, str], Unit], modules: Modules) -> None:
        self.values = values = Values(units, modules)
        self.names = Names(values)
        self.classes = Classes(values)
        self.annotations = Annotations(values, self.names)
        self.returns = Returns(values, self.annotations)
        self.places = Places(values, self.names, self.classes)
        self.names.places = self.places.assigned
        self.attributes = Attributes(values, self.names, self.classes, self.annotations, self.returns, self.places)
        self.callees_of = Callees(values, self.classes)
        self.parts = Members(values, self.names, self.classes, self.callees_of, self.attributes, self.returns, self.places)
        self.callbacks = Callbacks(values, self.returns, self.parts.members)
        self.calls = Calls(values, self.classes, self.annotations, self.returns, self.attributes, self.parts, self.callbacks)
        self.bindings = Bindings(values, self.classes, self.callees_of, self.annotations, self.returns, self.callbacks)
        values.handlers = {
            f.Import: self.names.of_import, f.Export: self.names.of_export, f.Read: self.names.of_read, f.Bind: self.bindings.of_bind,
            f.Parameter: self.bindings.of_parameter, f.Attribute: self.parts.of_attribute, f.Item: self.parts.of_item,
            f.Call: self.calls.of_call, f.Unpack: self.parts.of_unpack, f.Iterate: self.parts.of_iterate, f.Enter: self.calls.of_enter,
            f.Define: self._define, f.Operation: self._operation,
        }  # fmt: skip
        self.of = values.of
        self.lineage, self.descendants, self.method = self.classes.lineage, self.classes.descendants, self.classes.method
        self.is_static, self.is_property = self.classes.is_static, self.classes.is_property
        self.field_writes = self.classes.field_writes
        self.free, self.exported = self.names.free, self.names.exported
        self.members, self.collections, self.put_elsewhere = self.parts.members, self.parts.collections, self.parts.put_elsewhere
        self.callees, self.effective = self.callees_of.of_call, self.callees_of.effective
        self.constant_key = constant_key

    def tie_classes(self) -> None:
        """Record which classes derive from which, then forget what was resolved without that knowledge."""
        self.classes.tie()
        self._forget()
        self.places.find()
        self._forget()

    def _forget(self) -> None:
        self.values.forget()
        self.names.forget()
        self.attributes.forget()

    def learn_arguments(self, callers: Mapping[Unit, list[tuple[Node, int]]], callbacks: Mapping[Unit, list[Node]]) -> None:
        """Take the calls of each function into account: parameters that nothing else tells of are what is passed to them.

        What could be resolved without stands; only what could not is asked again.
        """
        self.bindings.arguments_of = self.parts.arguments_of = callers
        self.bindings.callbacks_of = {unit: list(calls) for unit, calls in callbacks.items()}
        self.values.forget_doubtful()
        self.places.find()
        self.places.follow_arguments(callers, self.callees_of)
        self.names.forget()
        self.values.forget_doubtful()

    def _define(self, unit: Unit, ordinal: int, fact: f.Define) -> list[Reference]:
        target = self.values.units.get((unit.file, fact.path))
        return [("def", target)] if target is not None else []

    def _operation(self, unit: Unit, ordinal: int, fact: f.Operation) -> list[Reference]:
        if fact.operator == "if-else":
            return self.values.union(unit, fact.operands[1:])
        return self.values.union(unit, fact.operands) if fact.operator in EITHER else []
