"""What a walk carries along beside its value: the calls it has entered, and the controls it has met. Each such pair has a number."""

from __future__ import annotations

DEEPEST_STACK = 6

Stack = tuple[int, ...]
Controls = frozenset[str]


class Contexts:
    """Numbers contexts and remembers how one leads to another; 0 is the empty one. Calls are given by number.

    By context, `controls` lists the controls met, and `calls` the call entered last, -1 where none was.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[Stack, Controls], int] = {}
        self._stacks: list[Stack] = []
        self.controls: list[Controls] = []
        self.calls: list[int] = []
        self._entered: dict[tuple[int, int], int] = {}
        self._met: dict[tuple[int, Controls], int] = {}
        self._left: list[int] = []
        self._outside: list[int] = []
        self._number((), frozenset())

    def _number(self, stack: Stack, controls: Controls) -> int:
        known = self._ids.get((stack, controls))
        if known is None:
            known = self._ids[stack, controls] = len(self._stacks)
            self._stacks.append(stack)
            self.controls.append(controls)
            self.calls.append(stack[-1] if stack else -1)
            self._left.append(-1)
            self._outside.append(known if not stack else -1)
        return known

    def entered(self, context: int, call: int) -> int:
        """Enter a call. Beyond `DEEPEST_STACK` the older calls are forgotten."""
        known = self._entered.get((context, call))
        if known is None:
            stack = self._stacks[context]
            inner = (*stack, call) if len(stack) < DEEPEST_STACK else (call,)
            known = self._entered[context, call] = self._number(inner, self.controls[context])
        return known

    def left(self, context: int) -> int:
        """Leave the call entered last."""
        known = self._left[context]
        if known < 0:
            known = self._left[context] = self._number(self._stacks[context][:-1], self.controls[context])
        return known

    def outside(self, context: int) -> int:
        """Forget all calls: a value that any of them may have written."""
        known = self._outside[context]
        if known < 0:
            known = self._outside[context] = self._number((), self.controls[context])
        return known

    def met(self, context: int, controls: Controls) -> int:
        """Add controls."""
        known = self._met.get((context, controls))
        if known is None:
            known = self._met[context, controls] = self._number(self._stacks[context], self.controls[context] | controls)
        return known
