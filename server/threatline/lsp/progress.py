"""Progress of the first look at a root, shown where the editor shows such things."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from lsprotocol import types

from threatline.lsp.analysis_loop import Failed, Progressed
from threatline.lsp.client import Json
from threatline.lsp.session import Session

_EVERY = 0.1
"""Seconds between two reports."""

_PATIENCE = 0.3
"""Seconds that a look may take before it is worth a bar."""


class ProgressBars:
    """One bar for each root that is looked at for the first time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: dict[Path, float] = {}
        self._ready: dict[Path, bool] = {}
        session.progressed.append(self.report)
        session.changed.append(self.end)
        session.failed.append(self._failed)

    def report(self, event: Progressed) -> None:
        """Show how far a first look is."""
        if not self._session.client.progress or event.root in self._session.readings:
            return
        if event.root not in self._shown:
            self._shown[event.root] = 0.0
            asyncio.get_running_loop().create_task(self._begin(event.root))
        now = time.monotonic()
        if self._ready.get(event.root) and now - self._shown[event.root] >= _EVERY:
            self._shown[event.root] = now
            told = f"{event.phase} {event.done}/{event.total}" if event.total else event.phase
            report: Json = {"kind": "report", "message": told}
            if event.total:
                report["percentage"] = min(100, 100 * event.done // event.total)
            self._send(event.root, report)

    def end(self, root: Path) -> None:
        """Take a bar away."""
        if self._ready.pop(root, False):
            self._send(root, {"kind": "end"})
        self._shown.pop(root, None)

    def _failed(self, event: Failed) -> None:
        self.end(event.root)

    async def _begin(self, root: Path) -> None:
        await asyncio.sleep(_PATIENCE)
        if root not in self._shown:
            return
        token = _token(root)
        await self._session.protocol.ask(types.WINDOW_WORK_DONE_PROGRESS_CREATE, {"token": token})
        # The look may be over by the time the editor answers.
        if root in self._shown:
            self._ready[root] = True
            self._send(root, {"kind": "begin", "title": f"Threatline reads {root.name}", "cancellable": False, "percentage": 0})

    def _send(self, root: Path, value: Json) -> None:
        self._session.protocol.notify(types.PROGRESS, {"token": _token(root), "value": value})


def _token(root: Path) -> str:
    return f"threatline/{root}"
