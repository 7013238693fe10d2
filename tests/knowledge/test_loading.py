"""Rules folders become knowledge: good files count, wrong ones are named with their line and the nearest valid word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from threatline.errors import KnowledgeError
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.plain import SHIPPED, read_all

RULE = """\
sentence: flow
title: Request data reaches a shell
threat: request-to-shell
severity: high
from: endpoint.request
to: shell.command
without: ctl-shell-allowlist
message: "{source} reaches {sink}"
maps_to:
  cwe: [CWE-78]
"""


@pytest.fixture(scope="module")
def warm_cache(tmp_path_factory):
    """A cache that knows the shipped files, so that not every test parses them anew."""
    folder = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THREATLINE_CACHE_DIR", str(folder))
        load_knowledge()
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch, warm_cache):
    shutil.copytree(warm_cache, tmp_path / "cache")
    monkeypatch.setenv("THREATLINE_CACHE_DIR", str(tmp_path / "cache"))


def folder(tmp_path, **files):
    for name, text in files.items():
        path = tmp_path / "extra" / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "extra"


def test_a_rule_of_an_extra_folder_is_discovered(tmp_path):
    extra = folder(tmp_path, threats__own__shouted_yaml=RULE)
    known = load_knowledge([extra])
    rule = known.rule("shouted")
    assert known.problems == ()
    assert (rule.theme, rule.from_.port, rule.without.any) == ("own", ("endpoint.request",), ("ctl-shell-allowlist",))
    assert known.pages["shouted"] == str(extra / "threats" / "own" / "shouted.md")
    assert known.rule("model-output-to-shell") is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "part"),
    [
        ("threat: request-to-shell", "threat: request-to-shel", 3, "unknown threat 'request-to-shel'; did you mean 'request-to-shell'?"),
        ("from: endpoint.request", "from: endpoint.requst", 5, "unknown port 'endpoint.requst'; did you mean 'endpoint.request'?"),
        ("without: ctl-shell-allowlist", "without: ctl-shell-alowlist", 7, "did you mean 'ctl-shell-allowlist'?"),
        ("cwe: [CWE-78]", "cwe: [CWE-7800]", 10, "unknown cwe id 'CWE-7800'"),
        ("  cwe:", "  cwee:", 10, "unknown framework 'cwee'; did you mean 'cwe'?"),
        ("severity: high", "severity: hihg", 4, "'high'"),
        ("severity: high", "severity: high\ncolour: red", 5, "colour"),
        ("to: shell.command", "too: shell.command", 6, "too"),
    ],
)
def test_a_wrong_word_is_refused_with_its_line(tmp_path, old, new, line, part):
    known = load_knowledge([folder(tmp_path, threats__own__shouted_yaml=RULE.replace(old, new))])
    assert known.rule("shouted") is None
    assert known.rule("model-output-to-shell") is not None
    assert part in "\n".join(problem.message for problem in known.problems)
    assert line in {problem.line for problem in known.problems}
    assert {problem.file for problem in known.problems} == {str(tmp_path / "extra" / "threats" / "own" / "shouted.yaml")}


def test_a_catalog_file_may_name_only_controls_that_are_there(tmp_path):
    text = "package: shop\nentries:\n  - call: shop.Client\n    controls:\n      ctl-timeout: {arguments: [timeout]}\n"
    known = load_knowledge([folder(tmp_path, catalog__python__shop_yaml=text)])
    assert [(problem.line, problem.message) for problem in known.problems] == [
        (5, "unknown control 'ctl-timeout'; did you mean 'ctl-timeouts'?")
    ]


def test_an_id_is_defined_once(tmp_path):
    text = "controls:\n  ctl-timeouts: {title: T, tier: core, scope: flow, where: W, how: H}\n"
    known = load_knowledge([folder(tmp_path, controls__own_yaml=text)])
    assert [(problem.line, problem.message) for problem in known.problems] == [(2, "control 'ctl-timeouts' is defined twice")]


def test_a_file_at_no_known_place_is_named(tmp_path):
    known = load_knowledge([folder(tmp_path, threats__lost_yaml=RULE)])
    assert [problem.line for problem in known.problems] == [0]
    assert "threats/<theme>/" in known.problems[0].message


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(KnowledgeError, match="no such folder"):
        load_knowledge([tmp_path / "nowhere"])


def test_the_cache_gives_what_reading_gives(tmp_path):
    extra = folder(tmp_path, threats__own__shouted_yaml=RULE)
    cold = load_knowledge([extra])
    entries = sorted((tmp_path / "cache" / "knowledge").glob("*.msgpack"))
    assert load_knowledge([extra]) == cold
    assert sorted((tmp_path / "cache" / "knowledge").glob("*.msgpack")) == entries


@pytest.mark.parametrize("planted", [b"", b"\x80", b"\x81\xa5rules\x93\x01\x02\x03", b"\xc1", b"\x90", b"not msgpack at all"])
def test_a_planted_or_cut_entry_is_made_again(tmp_path, planted):
    extra = folder(tmp_path, components_yaml="components: {}\n")
    cold = load_knowledge([extra], shipped=False)
    for entry in (tmp_path / "cache" / "knowledge").glob("*.msgpack"):
        entry.write_bytes(planted)
    assert load_knowledge([extra], shipped=False) == cold


def test_a_changed_rule_is_seen_behind_the_cache(tmp_path):
    extra = folder(tmp_path, threats__own__shouted_yaml=RULE)
    before = load_knowledge([extra])
    folder(tmp_path, threats__own__shouted_yaml=RULE.replace("severity: high", "severity: low"))
    after = load_knowledge([extra])
    assert (before.rule("shouted").severity, after.rule("shouted").severity) == ("high", "low")
    assert before.digest != after.digest


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path, monkeypatch):
    extra = folder(tmp_path, components_yaml="components: {}\n")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("THREATLINE_CACHE_DIR", str(tmp_path / "file"))
    assert load_knowledge([extra], shipped=False).problems == ()


def test_data_that_ships_beside_the_rules_is_taken_for_the_same_text_only(tmp_path):
    extra = folder(tmp_path, components_yaml="components: {}\n", detectors_yaml="detectors: {}\n")
    (extra / SHIPPED).write_bytes(read_all(extra))
    folder(tmp_path, detectors_yaml="detectors: []\n")
    assert [Path(problem.file).name for problem in load_knowledge([extra], shipped=False).problems] == ["detectors.yaml"]
