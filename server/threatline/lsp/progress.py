"""Progress of a long look at a root, shown where the editor shows such things. Its user may stop it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from threatline.lsp.analysis_loop import Failed, Progressed
from threatline.lsp.client import Json
from threatline.lsp.session import Session

_EVERY = 0.1
"""Seconds between two reports."""

_PATIENCE = 0.3
"""Seconds that a first look may take before it is worth a bar."""

_PATIENCE_LATER = 1.5
"""The same for later looks, which most often are over at once."""


@dataclass(slots=True)
class _Bar:
    token: str
    task: asyncio.Task[None]
    begun: bool = False
    told: float = 0.0


class ProgressBars:
    """One bar for each root that is looked at for long."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bars: dict[Path, _Bar] = {}
        self._count = 0
        session.progressed.append(self.report)
        session.changed.append(self.end)
        session.failed.append(self._failed)

    def report(self, event: Progressed) -> None:
        """Show how far a look is."""
        if not self._session.client.progress or self._session.is_paused(event.root):
            return
        bar = self._bars.get(event.root)
        if bar is None:
            self._count += 1
            token = f"threatline/{self._count}"
            self._bars[event.root] = _Bar(token, asyncio.get_running_loop().create_task(self._begin(event.root, token)))
            return
        now = time.monotonic()
        if bar.begun and now - bar.told >= _EVERY:
            bar.told = now
            told = f"{event.phase} {event.done}/{event.total}" if event.total else event.phase
            report: Json = {"kind": "report", "message": told}
            if event.total:
                report["percentage"] = min(100, 100 * event.done // event.total)
            self._send(bar.token, report)

    def end(self, root: Path) -> None:
        """Take a bar away."""
        bar = self._bars.pop(root, None)
        if bar is not None and bar.begun:
            self._send(bar.token, {"kind": "end"})
        elif bar is not None:
            bar.task.cancel()

    def cancel(self, token: int | str) -> None:
        """Stop the look that a bar belongs to, and say when it goes on."""
        root = next((root for root, bar in self._bars.items() if bar.token == token), None)
        if root is None:
            return
        self._session.pause(root)
        self.end(root)
        message = f"Threatline stopped reading {root.name}. It goes on when a file is saved, or when you ask for the system map."
        self._session.protocol.notify(types.WINDOW_SHOW_MESSAGE, {"type": 3, "message": message})

    def _failed(self, event: Failed) -> None:
        self.end(event.root)

    async def _begin(self, root: Path, token: str) -> None:
        await asyncio.sleep(_PATIENCE_LATER if root in self._session.readings else _PATIENCE)
        await self._session.protocol.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, {"token": token})
        bar = self._bars.get(root)
        # The look may be over by the time the editor answers.
        if bar is not None and bar.token == token:
            bar.begun = True
            self._send(token, {"kind": "begin", "title": f"Threatline reads {root.name}", "cancellable": True, "percentage": 0})

    def _send(self, token: str, value: Json) -> None:
        self._session.protocol.notify(types.PROGRESS, {"token": token, "value": value})
