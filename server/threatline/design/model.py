"""What a team has declared about its system. Plain frozen values: a start without a design file needs no validator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from threatline.vocabulary import Confidence, Severity

Tenancy = Literal["single-user", "single-tenant", "multi-tenant"]
Exposure = Literal["local", "internal", "partner", "public"]
Impact = Literal["none", "financial", "hiring", "credit", "health", "legal", "safety", "education"]
Trust = Literal["untrusted", "partner", "internal", "trusted", "sandbox"]
Level = Literal["public", "internal", "confidential", "personal", "special", "secret"]
PartyKind = Literal["model-provider", "processor", "saas", "mcp-server", "registry", "customer-system"]
Effect = Literal[
    "none", "read", "render", "record", "persist", "write", "send", "execute-isolated", "instruct", "decide", "pay", "admin", "execute"
]
Checks = Literal["code", "declared"]
MaxSeverity = Literal["critical", "high", "medium", "low"]


class _Strict:
    """Keys that a class does not have are refused; `from_` stands for a key that is a Python word."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "alias_generator": lambda name: name.removesuffix("_")}


@dataclass(frozen=True, slots=True)
class Review(_Strict):
    """Who has looked at a declaration, when, and when again."""

    by: str
    on: date
    next: date | None = None


@dataclass(frozen=True, slots=True)
class System(_Strict):
    """The system as a whole."""

    name: str
    owner: str
    purpose: str = ""
    tenancy: Tenancy | None = None
    exposure: Exposure | None = None
    impact: tuple[Impact, ...] = ()
    reviewed: Review | None = None


@dataclass(frozen=True, slots=True)
class Zone(_Strict):
    """A trust zone."""

    trust: Trust
    note: str = ""


@dataclass(frozen=True, slots=True)
class DataClass(_Strict):
    """A class of data; `match` are selectors, `may_leave_to` ids of zones or parties."""

    level: Level
    match: tuple[str, ...] = ()
    may_leave_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party(_Strict):
    """An outside processor or service; `trusted_for` are ids of data classes."""

    kind: PartyKind
    hosts: tuple[str, ...] = ()
    zone: str = ""
    trusted_for: tuple[str, ...] = ()
    retention: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredComponent(_Strict):
    """A component; `at` are selectors of what it is in the code, `handles` ids of data classes."""

    id: str
    kind: str
    at: tuple[str, ...] = ()
    zone: str = ""
    owner: str = ""
    identity: str = ""
    effects: tuple[Effect, ...] = ()
    handles: tuple[str, ...] = ()
    must_exist: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class IntendedFlow(_Strict):
    """A flow that is meant to be; `via` are ids of components or controls that must lie on it."""

    from_: str
    to: str
    data: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    allowed: bool | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeclaredControl(_Strict):
    """A control of the project's own: `provided_by` are selectors of its code, or `outside:TEXT`; `covers` ids of components."""

    id: str
    provided_by: tuple[str, ...]
    covers: tuple[str, ...] = ()
    checks: Checks | None = None
    evidence: str = ""
    reviewed: Review | None = None


@dataclass(frozen=True, slots=True)
class DecisionRule(_Strict):
    """What a decision says; one of the four."""

    deny_flow: str = ""
    require_control: str = ""
    on: tuple[str, ...] = ()
    allow_only: tuple[str, ...] = ()
    max: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision(_Strict):
    """A decision that the code must keep."""

    id: str
    rule: DecisionRule
    why: str = ""
    severity: MaxSeverity | None = None


@dataclass(frozen=True, slots=True)
class AcceptedRisk(_Strict):
    """A finding that its owner lives with until a day, at these selectors; `fingerprint` is the shape of the accepted path."""

    threat: str
    at: tuple[str, ...]
    owner: str
    expires: date
    justification: str
    compensating: tuple[str, ...] = ()
    fingerprint: str = ""
    max_severity: MaxSeverity | None = None

    def allows(self, severity: Severity, today: date) -> bool:
        """Tell whether the acceptance still holds on a day, for a finding of this severity."""
        order: tuple[Severity, ...] = ("info", "low", "medium", "high", "critical")
        return today <= self.expires and (self.max_severity is None or order.index(severity) <= order.index(self.max_severity))


@dataclass(frozen=True, slots=True)
class Settings(_Strict):
    """How to analyze: `ignore` and `test_paths` are globs as in `.gitignore`, the others selectors."""

    ignore: tuple[str, ...] = ()
    test_paths: tuple[str, ...] = ()
    min_confidence: Confidence | None = None
    identity_sources: tuple[str, ...] = ()
    effect_overrides: dict[str, Effect] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Design(_Strict):
    """Everything declared. The default is a workspace that declares nothing. `digest` is the xxh3-128 of the files it came from, in hex."""

    system: System | None = None
    zones: dict[str, Zone] = field(default_factory=dict)
    data_classes: dict[str, DataClass] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    components: tuple[DeclaredComponent, ...] = ()
    flows: tuple[IntendedFlow, ...] = ()
    controls: tuple[DeclaredControl, ...] = ()
    decisions: tuple[Decision, ...] = ()
    accepted_risks: tuple[AcceptedRisk, ...] = ()
    settings: Settings = field(default_factory=Settings)
    digest: str = ""
