"""The extension in the real VS Code: what a person sees, from the first wavy line to the finding that is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Seen = dict[str, Any]
Play = Callable[[str], Seen]
pytestmark = pytest.mark.xdist_group("vscode")


@pytest.fixture(scope="module")
def fixed(play: Play) -> Seen:
    return play("fix")


@pytest.fixture(scope="module")
def mapped(play: Play) -> Seen:
    return play("map")


@pytest.fixture(scope="module")
def accepted(play: Play) -> Seen:
    return play("accept")


@pytest.fixture(scope="module")
def hostile(play: Play) -> Seen:
    return play("hostile")


def test_the_finding_is_underlined_counted_and_listed(fixed: Seen) -> None:
    assert "threats" in fixed["status"]
    assert "model-output-to-shell" in "\n".join(fixed["problems"])
    assert "source: argument `command` of tool run_command" in "\n".join(fixed["problems"])


def test_the_hover_tells_why_it_matters_by_which_path_and_its_official_ids(fixed: Seen) -> None:
    for words in ("Why it matters here", "Path", "CWE-78", "OWASP Top 10 for LLM Applications", "MITRE ATLAS", "Missing"):
        assert words in fixed["hover"]


def test_the_fix_puts_the_control_in_and_the_finding_goes(fixed: Seen) -> None:
    assert fixed["fixes"][0] == "Start the program with a list of arguments and without a shell"
    assert "subprocess.run(shlex.split(command), capture_output=True" in fixed["text"]
    assert "import shlex" in fixed["text"]
    assert "model-output-to-shell" not in "\n".join(fixed["problemsAfter"])


def test_what_is_typed_is_found(fixed: Seen) -> None:
    assert fixed["again"] == fixed["status"]


def test_a_lens_leads_to_its_component_in_the_map(mapped: Seen) -> None:
    assert any("missing control" in title for title in mapped["lenses"])
    assert mapped["selected"].startswith("function-tool:query_orders#")
    assert mapped["selected"] in mapped["components"]


def test_the_map_runs_its_own_script_and_nothing_else(mapped: Seen) -> None:
    policy = mapped["policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe" not in policy


def test_a_finding_lights_its_path_and_a_place_opens_the_code(mapped: Seen) -> None:
    assert mapped["lit"] > 0
    assert mapped["opened"].endswith(".py")


def test_findings_and_components_are_listed_beside_the_code(mapped: Seen) -> None:
    rows = "\n".join(mapped["tree"])
    assert "Critical" in rows
    assert "tools.py:41" in rows
    assert mapped["opens"]


def test_a_finding_is_explained_on_a_page(mapped: Seen) -> None:
    assert "untrusted" in mapped["explained"].lower()
    assert "OWASP" in mapped["explained"]


def test_a_risk_is_accepted_with_reason_owner_and_last_day(accepted: Seen) -> None:
    assert "threat: api-key-hardcoded" in accepted["written"]
    assert 'owner: "maria@larkspur.example"' in accepted["written"]
    assert 'justification: "Only a sandbox is behind this key"' in accepted["written"]
    assert accepted["after"] != accepted["before"]


def test_a_server_that_falls_comes_back_without_a_word(accepted: Seen) -> None:
    assert accepted["back"] == accepted["after"]
    assert accepted["notifications"] == []


def test_settings_count_at_once(accepted: Seen) -> None:
    assert "off" in accepted["off"]
    assert accepted["critical"].strip().startswith("1 threat")


def test_each_root_of_a_window_has_its_findings_and_its_map(play: Play) -> None:
    seen = play("roots")
    rows = "\n".join(seen["tree"])
    assert "support-desk" in rows
    assert "notes-mcp" in rows
    assert "notes_mcp/server.py" in rows
    assert any(name.startswith("agent:Support assistant") for name in seen["first"])
    assert any(name.startswith("mcp-server") for name in seen["second"])
    assert not any(name.startswith("agent:Support assistant") for name in seen["second"])


def test_nothing_of_a_hostile_folder_is_run(hostile: Seen) -> None:
    assert hostile["ran"] == ""
    assert "threats" in hostile["status"]


def test_restricted_mode_changes_no_file(hostile: Seen) -> None:
    assert not any("Accept" in title or "Silence" in title for title in hostile["fixes"])


def test_an_interpreter_of_the_open_folder_is_refused_with_words(hostile: Seen) -> None:
    assert any("lies in an open folder" in text for text in hostile["refused"])


def test_the_extension_makes_an_environment_of_its_own(play: Play) -> None:
    seen = play("setUp")
    if any("could not be fetched" in text for text in seen["notifications"]):
        pytest.skip("the packages of the server cannot be fetched: the package index does not answer")
    assert "Python program" in seen["offered"][0]
    assert "threats" in seen["after"], seen["notifications"]
    assert "environment" in seen["environment"]
