"""The rules' language: three sentences, with selectors at their ends.

flow       data, *from* there, reaches this port *without* any of these controls on the path
component  a component of this kind, that …, is *without* this control
system     one component *holds together* these capabilities or flows, without this control
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from threatline.knowledge.words import Capabilities, DataKinds, Kinds, Ports, Relation, Strict, Words, Zones, as_list
from threatline.vocabulary import Audience, Confidence, Severity


class Selector(Strict):
    """Which components (or ports of components) a sentence speaks of. Every given word must hold; a list means any of them.

    kind, zone, capability (of the component's own closure), where (attribute: constant, list of constants, or `present`/`absent`/`dynamic`)
    holds      relation -> selector of the other end (an agent that holds a tool which …); `held_by` looks against the relation
    fed_by     a value leaving one of these ports reaches the component; `receives` the same by kind of data
    reaches    data leaving the component enters one of these ports
    leads_to   handling a call of it ends at a component like this (an endpoint in front of a model)
    crosses    a flow into it crosses a trust boundary
    detects    a text detector of rules/detectors.yaml finds something in its text
    port       (flow sentences) the ports meant; alone it means that port of any component. In a component sentence: has such a port, and
               with `detects`: the text is the one at that port
    lacks_port the component has none of these ports
    same       another component that the selector fits has the same `name`
    """

    port: Ports = ()
    kind: Kinds = ()
    where: dict[str, Any] = Field(default_factory=dict)
    zone: Zones = ()
    capability: Capabilities = ()
    lacks_capability: Capabilities = ()
    holds: dict[Relation, Selector] = Field(default_factory=dict)
    held_by: dict[Relation, Selector] = Field(default_factory=dict)
    fed_by: Ports = ()
    receives: DataKinds = ()
    reaches: Ports = ()
    leads_to: Selector | None = None
    crosses: bool | None = None
    lacks_port: Ports = ()
    detects: Words = ()
    data: DataKinds = ()
    same: Annotated[tuple[Literal["name"], ...], BeforeValidator(as_list)] = ()


def as_selector(value: Any) -> Any:
    """Let a port name, or a list of them, stand for a selector."""
    return {"port": as_list(value)} if isinstance(value, (str, list, tuple)) else value


PortSelector = Annotated[Selector, BeforeValidator(as_selector)]


class Without(Strict):
    """The controls looked for: `any` of them is enough to be silent; of `all` each one must be there (and the absent ones are named).

    `state: off` asks for a control that is switched off by hand; otherwise one that is merely not there is absent too. `listed`: only
    controls that the catalog says how to see at the component are looked for; without any of them the rule is silent.
    """

    any: Words = ()
    all: Words = ()
    state: Literal["absent", "off"] = "absent"
    listed: bool = False


def as_without(value: Any) -> Any:
    """Let a control id, or a list of them, stand for "any of these"."""
    return {"any": as_list(value)} if isinstance(value, (str, list, tuple)) else value


Verb = Literal[
    "add_argument", "set_argument", "remove_argument", "wrap", "replace_call", "replace_value", "bind_values", "move_to_role",
    "change_type", "add_decorator", "insert_before", "add_import", "set_key", "remove_key", "remove_text",
]


class Mitigation(Strict):
    """Advice to add a control. `fix` names the verb; what it writes stands in the catalog at the call (`put`) that `at` names.

    `at: tools` means every tool through which the rule's effects come about; the fix is offered where all of them take it.

    `apply`: safe fixes keep behavior but for the threat; review changes it; none is advice without an edit.
    """

    control: str
    title: str
    fix: Verb | None = None
    at: Literal["sink", "source", "component", "handler", "tools"] = "sink"
    apply: Literal["safe", "review", "none"] = "none"


class Leg(Strict):
    """One thing that a system sentence's component must hold together with the others, by itself or through what it has or hands off to.

    Any of these is enough: a `capability` of its closure, a kind of data it `receives`, or a value from one of the ports `fed_by`.
    """

    title: str
    capability: Capabilities = ()
    receives: DataKinds = ()
    fed_by: Ports = ()


class Rule(Strict):
    """One rule. Its id is its file's stem, set by the loader; its page is the `.md` beside it.

    `whole`: only values that come as they are, not as a part of a text (in a component sentence: what it `reaches`).
    `message` may use {source}, {sink}, {component}, {function}, {controls}, {holds}. `kind` is missing-control where `control` is given.
    """

    id: str = ""
    theme: str = ""
    sentence: Literal["flow", "component", "system"]
    title: str
    threat: str
    control: str | None = None
    severity: Severity
    confidence: Confidence = "high"
    audience: Audience = "developer"
    from_: PortSelector | None = Field(default=None, alias="from")
    to: PortSelector | None = None
    component: Selector | None = None
    holds: Annotated[tuple[Leg, ...], BeforeValidator(as_list)] = ()
    without: Annotated[Without, BeforeValidator(as_without)] = Without()
    whole: bool = False
    message: str
    maps_to: dict[str, Words] = Field(default_factory=dict)
    mitigations: tuple[Mitigation, ...] = ()
    once_per: Literal["", "component", "function", "file", "workspace"] = ""

    @model_validator(mode="after")
    def _whole_sentence(self) -> Rule:
        if self.sentence == "flow" and not (self.from_ and self.to):
            raise ValueError("a flow sentence needs `from` and `to`")
        if self.sentence != "flow" and not self.component:
            raise ValueError(f"a {self.sentence} sentence needs `component`")
        if self.sentence == "system" and not self.holds:
            raise ValueError("a system sentence needs `holds`")
        return self
