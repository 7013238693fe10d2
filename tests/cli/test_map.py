"""`threatline map`: its forms, and where they go."""

import json

import pytest


@pytest.mark.usefixtures("workspace")
def test_text_names_the_parts(call):
    status, out, _ = call("map")
    assert status == 0
    for word in ("support", "run_command", "has tool"):
        assert word in out


@pytest.mark.usefixtures("workspace")
def test_json_has_the_agent_and_its_tool(call):
    found = json.loads(call("map", "--format", "json")[1])
    kinds = {component["kind"] for component in found["components"]}
    assert {"agent", "function-tool"} <= kinds
    assert {"has-tool"} <= {relation["kind"] for relation in found["relations"]}


@pytest.mark.usefixtures("workspace")
def test_mermaid_is_a_flowchart(call):
    assert call("map", "--format", "mermaid")[1].startswith("flowchart LR\n")


def test_html_is_written_to_a_file(call, workspace):
    status, out, _ = call("map", "--format", "html", "--output", "map.html")
    assert (status, out) == (0, "")
    page = (workspace / "map.html").read_text()
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize("form", ["text", "json", "mermaid", "html", "otm"])
@pytest.mark.usefixtures("workspace")
def test_two_runs_print_the_same_bytes(call, form):
    assert call("map", "--format", form) == call("map", "--format", form)


def test_an_empty_folder_has_no_parts(call, workspace):
    (workspace / "tools.py").unlink()
    assert "No part of an AI system" in call("map")[1]
