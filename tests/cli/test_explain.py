"""`threatline explain`: rules, findings, controls, framework ids."""

import json

import pytest


@pytest.fixture
def fingerprint(call):
    found = json.loads(call("check", "--rule", "model-output-to-shell", "--format", "json")[1])
    return found["findings"][0]["fingerprint"]


@pytest.mark.usefixtures("workspace")
def test_a_rule_shows_its_page(call):
    status, out, _ = call("explain", "model-output-to-shell")
    assert status == 0
    assert "[model-output-to-shell]" in out
    assert "CWE-78" in out
    assert "Example:" in out


@pytest.mark.parametrize("length", [8, 64])
@pytest.mark.usefixtures("workspace")
def test_a_finding_shows_its_whole_proof(call, fingerprint, length):
    status, out, _ = call("explain", fingerprint[:length])
    assert status == 0
    assert fingerprint in out
    assert "tools.py:8" in out
    assert "Path shape" in out


@pytest.mark.usefixtures("workspace")
def test_an_unknown_fingerprint_is_a_wrong_call(call):
    status, _, err = call("explain", "0000ffff0000")
    assert status == 2
    assert "no finding in this workspace" in err


@pytest.mark.usefixtures("workspace")
def test_a_framework_id_shows_rules_and_findings(call):
    status, out, _ = call("explain", "CWE-78")
    assert status == 0
    assert "model-output-to-shell" in out
    assert "tools.py:8" in out


@pytest.mark.usefixtures("workspace")
def test_a_framework_id_in_any_case(call):
    assert call("explain", "cwe-78")[1] == call("explain", "CWE-78")[1]


@pytest.mark.usefixtures("workspace")
def test_an_id_without_its_edition_means_every_edition(call):
    out = call("explain", "LLM01")[1]
    assert "LLM01:2026" in out
    assert "LLM01:2025" in out


def test_outside_a_workspace_nothing_is_analyzed(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "findings here" not in call("explain", "CWE-78")[1]


@pytest.mark.usefixtures("workspace")
def test_a_control(call):
    status, out, _ = call("explain", "ctl-sandboxed-exec")
    assert status == 0
    assert "model-output-to-shell" in out


@pytest.mark.usefixtures("workspace")
def test_a_nearby_word_is_named(call):
    status, _, err = call("explain", "model-output-to-shel")
    assert status == 2
    assert "did you mean 'model-output-to-shell'?" in err
