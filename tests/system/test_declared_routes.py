"""A design file points at an endpoint by its route."""

from __future__ import annotations

from pathlib import Path

import pytest

from threatline.analysis.workspace import Workspace
from threatline.knowledge.loading import load_knowledge

KNOWLEDGE = load_knowledge()

APP = """
from fastapi import FastAPI

app = FastAPI()


@app.post("/chat")
def chat(text: str) -> str:
    return text


@app.get("/health")
def health() -> str:
    return "ok"
"""


@pytest.mark.parametrize(("route", "moved"), [("POST /chat", True), ("/chat", True), ("GET /chat", False), ("POST /health", False)])
def test_a_declared_zone_wins_where_the_route_fits(tmp_path: Path, route: str, moved: bool) -> None:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "threatmodel.yaml").write_text(
        "version: 1\nsystem: {name: a, owner: b}\nzones: {inner: {trust: internal}}\n"
        f"components:\n  - {{id: chat-api, kind: chat-endpoint, at: ['route:{route}'], zone: inner}}\n"
    )
    snapshot = Workspace(tmp_path, KNOWLEDGE, cache=False).refresh()
    zones = {component.name: component.zone for component in snapshot.map.components}
    assert (zones["/chat"] == "inner") is moved
    assert zones["/health"] == "application-edge"
