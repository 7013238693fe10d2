"""Controls seen at components, with their state, and controls that names of the catalog give to others."""

from __future__ import annotations

from threatline.facts import model as f
from threatline.knowledge.catalog import ControlAt, Provided
from threatline.program.constants import Unknown
from threatline.program.units import Node, Unit
from threatline.system.calls import Reading, dotted_argument, has_options, holds, is_named, is_one_of, members_of, places_of, receiver
from threatline.system.handlers import handlers_of
from threatline.system.matching import Match
from threatline.system.model import Control
from threatline.system.openings import OPEN_NOTE, Openings
from threatline.system.origins import origins
from threatline.system.placing import Draft, Placement
from threatline.system.reach import Reach, deciding
from threatline.system.values import value_of
from threatline.vocabulary import ControlState

PASSING_THROUGH = ("request", "send", "__getattribute__", "__getattr__")
"""Methods through which a derived client sees every request."""

RANK: tuple[ControlState, ...] = ("present", "declared", "weak", "fails-open", "off", "absent")


class Controls:
    """Judges which controls stand at which component."""

    def __init__(self, reading: Reading, placement: Placement, reach: Reach, declared: dict[Unit, tuple[str, ...]]) -> None:
        self.reading = reading
        self.placement = placement
        self.reach = reach
        self.declared = declared
        self.openings = Openings(reading, placement)
        self.applications: dict[Node, list[Control]] = {}
        self.mounted_at: dict[Node, list[Node]] = {}
        self.everywhere: list[Control] = []
        self._known_around: dict[Unit, list[Control]] = {}
        self._deciding: dict[Unit, frozenset[int]] = {}
        for match in placement.matches:
            self._collect(match)

    def _collect(self, match: Match) -> None:
        for provided in self._provided(match, "workspace"):
            self.everywhere.append(self._given(provided, match, "for the workspace"))
        for provided in self._provided(match, "application"):
            for node in self._applications(match, provided):
                self.applications.setdefault(node, []).append(self._given(provided, match, "in the application"))
        if match.entry.covers == "application":
            self._cover(match)
        if match.entry.mounts is not None:
            for value in places_of(self.reading, match.node, match.entry.mounts):
                for router in origins(self.reading, value, self.placement.by_node):
                    self.mounted_at.setdefault(router, []).append(match.node)

    def _provided(self, match: Match, to: str) -> list[Provided]:
        return [p for p in match.entry.provides if p.to == to and all(holds(self.reading, match.node, c) for c in p.when)]

    def _cover(self, match: Match) -> None:
        """Let what a hook before every request provides hold for the application it is put on."""
        base = receiver(*match.node)
        on = origins(self.reading, (match.node[0], base), self.placement.by_node) if base >= 0 else []
        covering = [[*self.reach.around(handler), *self.reach.matches_from(handler)] for handler in handlers_of(self.reading, match)]
        fact = match.node[0].facts[match.node[1]] if match.handler is None else None
        # A library's own hook (`app.use(limiter)`) is no handler of ours, but what it is made by says what it does.
        covering += [self.reach.depending((match.node[0], argument.value)) for argument in getattr(fact, "arguments", ())]
        for entries in covering:
            given = [self._given(p, inner, "in the application") for inner in entries for p in self._provided(inner, "function")]
            for node in on:
                self.applications.setdefault(node, []).extend(given)
            if not on:
                self.everywhere += given

    def _applications(self, match: Match, provided: Provided) -> list[Node]:
        values = places_of(self.reading, match.node, provided.place) if provided.place else []
        base = receiver(*match.node)
        if not values and base >= 0:
            values = [(match.node[0], base)]
        found = [node for value in values for node in origins(self.reading, value, self.placement.by_node)]
        return found or [match.node]

    def of(self, draft: Draft) -> tuple[Control, ...]:
        """List the controls of a component: one entry for each control that shows somewhere, and one for each place that lacks it."""
        found: list[Control] = []
        for match in draft.matches:
            for control, spec in match.entry.controls.items():
                state, note = self.at(match, spec, control)
                if note == "given as an argument" and match.node == draft.node and draft.match.entry.of != "target":
                    # What is given where a component is made holds for all that is done with it.
                    note = "given here as an argument"
                found.append(Control(control, state, value_of(match.node), note))
            found += [
                Control(p.control, "weak" if p.weak else "present", value_of(match.node), "given here")
                for p in match.entry.provides
                if p.to == "component" and all(holds(self.reading, match.node, c) for c in p.when)
            ]
        for handler in self._functions(draft):
            found += self._around(handler)
        for match in draft.matches:
            if match.entry.handler is not None and draft.kind == "web-endpoint":
                # What stands beside the handler where a route is registered runs before it.
                found += self._application_arguments(match.node)
            route = self._route_around(draft, match)
            found += self.of(route) if route is not None else ()
        for application in self._mounted(draft):
            found += self.applications.get(application, ())
            found += self._application_arguments(application)
        found += self.everywhere
        return tuple(dict.fromkeys(found))

    def _route_around(self, draft: Draft, match: Match) -> Draft | None:
        """Find the route in whose handler a server is connected: it is guarded as the route is."""
        scope: Unit | None = match.node[0] if draft.kind == "mcp-server" else None
        while scope is not None:
            route = self.placement.by_handler.get(scope)
            if route is not None and route.kind == "web-endpoint":
                return route
            scope = scope.parent
        return None

    def _functions(self, draft: Draft) -> list[Unit]:
        if draft.handlers:
            return draft.handlers
        unit = draft.node[0]
        return [unit] if unit.kind in {"function", "lambda"} else []

    def _around(self, unit: Unit) -> list[Control]:
        known = self._known_around.get(unit)
        if known is None:
            known = self._known_around[unit] = self._find_around(unit)
        return known

    def _decides(self, call: Node) -> bool:
        """Tell whether a condition in the same definition hangs on what a call gives."""
        unit, ordinal = call
        known = self._deciding.get(unit)
        if known is None:
            known = self._deciding[unit] = deciding(unit)
        return ordinal in known

    def _find_around(self, unit: Unit) -> list[Control]:
        found = [
            self._given(provided, match, "around its function")
            for match in (*self.reach.around(unit), *self.reach.matches_from(unit))
            if match.entry.provides
            for provided in (*self._provided(match, "function"), *(self._provided(match, "decided") if self._decides(match.node) else ()))
        ]
        for inner in self.reach.closure(unit) if self.declared else ():
            here = value_of((inner, -1))
            found += [Control(control, "declared", here, "declared in a comment") for control in self.declared.get(inner, ())]
        return found

    def _given(self, provided: Provided, match: Match, note: str) -> Control:
        if provided.to == "function" and self.openings.fails_open(match.node):
            return Control(provided.control, "fails-open", value_of(match.node), OPEN_NOTE)
        return Control(provided.control, "weak" if provided.weak else "present", value_of(match.node), note)

    def _mounted(self, draft: Draft) -> list[Node]:
        """List the applications and routers that a component is registered in, and the calls that mount those."""
        found: list[Node] = []
        for match in draft.matches:
            base = receiver(*match.node)
            if base >= 0:
                found += origins(self.reading, (match.node[0], base), self.placement.by_node)
        for node in found:
            for call in self.mounted_at.get(node, ()):
                base = receiver(*call)
                outer = origins(self.reading, (call[0], base), self.placement.by_node) if base >= 0 else []
                found += [one for one in (call, *outer) if one not in found]
        return found

    def _application_arguments(self, application: Node) -> list[Control]:
        """List what the arguments of an application, a router or a mounting call depend on."""
        unit, ordinal = application
        arguments = getattr(unit.facts[ordinal], "arguments", ()) if ordinal >= 0 else ()
        found: list[Control] = []
        for given in arguments:
            for match in self.reach.depending((unit, given.value)):
                found += [self._given(p, match, "in the application") for p in self._provided(match, "function")]
        return found

    def at(self, match: Match, spec: ControlAt, control: str = "") -> tuple[ControlState, str]:
        """Judge a control by the call alone."""
        node = match.node
        if spec.always:
            return "weak" if spec.weak else "present", "by what it is"
        states = [self._state(value, spec) for value in self._values(node, spec)]
        if states and control == "ctl-tls-verify" and self._speaks_plainly(match):
            return "absent", "plain HTTP, which has no certificates"
        if states:
            return min(states, key=RANK.index), "given as an argument"
        if has_options(*node):
            return "weak", "may be given in **options"
        if spec.default and self._is_default(match.name.partition(".")[0], spec.versions):
            return "weak" if spec.weak else "present", f"by default: {spec.default}"
        if self._wraps_requests(node):
            return "weak", "may be given by the client's own class"
        return "absent", ""

    def _speaks_plainly(self, match: Match) -> bool:
        """Tell whether a call speaks plain HTTP: its address says so, or, where it takes none, each address that its definition writes."""
        unit = match.node[0]
        places = match.entry.ports.get("http.url", ())
        if places:
            values = [value for place in places for value in places_of(self.reading, match.node, place)]
            return bool(values) and all(self.reading.constants.leading_text(value).startswith("http://") for value in values)
        texts = [fact.value for fact in unit.facts if type(fact) is f.Literal and isinstance(fact.value, str) and "://" in fact.value]
        return bool(texts) and all(text.startswith("http://") for text in texts)

    def _wraps_requests(self, node: Node) -> bool:
        """Tell whether a method of other people's client is called on a class of the program's own that stands between the two."""
        unit, ordinal = node
        base = receiver(unit, ordinal)
        resolver = self.reading.program.resolver
        owners = [what for kind, what in self.reading.program.references((unit, base)) if kind in {"inst", "sub"}] if base >= 0 else []
        return any(resolver.method(owner, name) is not None for owner in owners for name in PASSING_THROUGH)

    def _is_default(self, root: str, versions: str) -> bool:
        """Tell whether a library surely has a default: a package that others install cannot say which version of it they have."""
        own = self.reading.own_roots
        return self.reading.versions.allows_only(root, versions, published=bool(own) and root not in own)

    def _values(self, node: Node, spec: ControlAt) -> list[Node]:
        found = [dotted_argument(self.reading, node, name, -1) for name in spec.arguments]
        found += [dotted_argument(self.reading, node, "", position) for position in spec.positions]
        if spec.receiver and not any(found):
            base = receiver(*node)
            makers = origins(self.reading, (node[0], base)) if base >= 0 else []
            found += [dotted_argument(self.reading, maker, name, -1) for maker in makers for name in spec.receiver]
        return [value for value in found if value is not None]

    def _names_one(self, node: Node, wanted: tuple[str, ...]) -> bool:
        """Tell whether a value, or a member of the list that it is, bears one of these names."""
        values = [node, *members_of(self.reading, node)]
        return any(is_named(self.reading, name, wanted) for value in values for name in self.reading.program.names(value))

    def _state(self, node: Node, spec: ControlAt) -> ControlState:
        value = self.reading.constants.of(node)
        if is_one_of(value, spec.off) or (value is None and None not in (spec.on or ())):
            return "off"
        if spec.on is not None and not isinstance(value, Unknown) and not is_one_of(value, spec.on):
            return "off"
        if spec.named is not None and not self._names_one(node, spec.named):
            return "off"
        return "weak" if spec.weak else "present"
