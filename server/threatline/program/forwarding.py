"""Calls that run another function with arguments of their own: threads, executors, task queues, partials.

What such a call runs, and with what, is a matter of Python's own API and of a few conventions that all task queues share. A call of a
first-party function of the same name is never one of these: whoever asks looks at what the callee is first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from threatline.facts import model as f

Facts = tuple[Any, ...]


class Forwarded(NamedTuple):
    """What a call runs in truth: the ordinal of the function, and its arguments."""

    function: int
    arguments: tuple[f.Argument, ...]


FUNCTION_AT: dict[str, int] = {
    "to_thread": 0, "submit": 0, "run_in_executor": 1, "add_task": 0, "enqueue": 0, "partial": 0, "partialmethod": 0, "apply_async": 0,
    "run_in_threadpool": 0, "call_soon": 0, "call_soon_threadsafe": 0, "call_later": 1, "call_at": 1, "run_sync": 0, "start_soon": 0,
    "start_new_thread": 0, "enqueue_in": 1, "enqueue_at": 1, "async_to_sync": 0, "sync_to_async": 0,
}  # fmt: skip
"""By the callee's last name: the place of the function; its arguments stand behind it."""

TARGETED = {"Thread": 1, "Process": 1, "Timer": 1}
"""Classes that take the function as `target` or at this place, its arguments as `args` and `kwargs`."""

ON_TASK = frozenset({"delay", "s", "si", "signature", "send", "remote", "spawn", "apply_async", "kiq", "defer"})
"""Methods of a function that a task queue has decorated."""

PACKED = frozenset({"apply_async", "signature"})
"""Those that take the arguments packed: `args` (or the first) and `kwargs` (or the second)."""

GIVES_RESULT = frozenset({"to_thread", "run_in_executor", "run_in_threadpool", "run_sync"})
"""Calls that give, awaited, what the function gives."""


def forwarded(facts: Facts, fact: f.Call) -> Forwarded | None:
    """Tell what a call would run if its callee is what its last name says; None where the name says nothing."""
    callee = facts[fact.callee]
    name = getattr(callee, "name", "") if type(callee) in _NAMED else ""
    if name in ON_TASK and type(callee) is f.Attribute and not (name == "apply_async" and _is_pool(facts, fact)):
        return Forwarded(callee.base, _packed(facts, fact, 0) if name in PACKED else fact.arguments)
    if name in FUNCTION_AT:
        return _behind(facts, fact, FUNCTION_AT[name], packed=name == "apply_async")
    if name in TARGETED:
        return _targeted(facts, fact, TARGETED[name])
    return None


_NAMED = frozenset({f.Read, f.Attribute})
_FUNCTIONS = frozenset({f.Read, f.Attribute, f.Define})


def _is_pool(facts: Facts, fact: f.Call) -> bool:
    """Tell `pool.apply_async(function, arguments)` from `task.apply_async(arguments)` by what stands first."""
    first = fact.arguments[0] if fact.arguments else None
    return first is not None and first.name == "" and type(facts[first.value]) in _FUNCTIONS


def _behind(facts: Facts, fact: f.Call, place: int, *, packed: bool) -> Forwarded | None:
    positional = [index for index, argument in enumerate(fact.arguments) if argument.name == ""]
    if len(positional) <= place:
        return None
    at = positional[place]
    arguments = _packed(facts, fact, place + 1) if packed else fact.arguments[at + 1 :]
    return Forwarded(fact.arguments[at].value, arguments)


def _targeted(facts: Facts, fact: f.Call, place: int) -> Forwarded | None:
    positional = [argument.value for argument in fact.arguments if argument.name == ""]
    named = [argument.value for argument in fact.arguments if argument.name in {"target", "function"}]
    target = named or positional[place : place + 1]
    return Forwarded(target[0], _packed(facts, fact, place + 2)) if target else None


def _packed(facts: Facts, fact: f.Call, place: int) -> tuple[f.Argument, ...]:
    """Unpack `args` and `kwargs`, given by name or from a place on. What is not written down here is spread."""
    positional = [argument.value for argument in fact.arguments if argument.name == ""]
    by_name = {argument.name: argument.value for argument in fact.arguments}
    found: list[f.Argument] = []
    for offset, (name, spread) in enumerate((("args", "*"), ("kwargs", "**"))):
        value = by_name.get(name, positional[place + offset] if len(positional) > place + offset else -1)
        if value < 0:
            continue
        written = facts[value]
        if type(written) is not f.Collection:
            found.append(f.Argument(value, spread))
            continue
        for element in written.elements:
            key = facts[element.key] if element.key >= 0 else None
            keyword = str(key.value) if type(key) is f.Literal else spread if spread == "**" or element.spread else ""
            found.append(f.Argument(element.value, keyword))
    return tuple(found)
