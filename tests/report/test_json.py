"""The fields that the fixed interface names, and their meaning."""

import json

import pytest

from threatline.report.json import check_json, map_json
from threatline.vocabulary import SEVERITIES

FINDING = {
    "rule", "kind", "threat", "control", "controls", "title", "message", "severity", "confidence", "audience", "status", "fingerprint",
    "path_shape", "file", "range", "function", "component", "evidence", "maps_to", "mitigations",
}  # fmt: skip


@pytest.fixture
def check(snapshot):
    return json.loads(check_json(snapshot, version="1.2.3"))


@pytest.fixture
def system(snapshot):
    return json.loads(map_json(snapshot))


def test_the_frame_of_check(check):
    assert {"version", "tool", "root", "revision", "summary", "findings", "problems"} <= check.keys()
    assert check["version"] == 1
    assert check["tool"] == {"name": "threatline", "version": "1.2.3", "rules_digest": "d1"}
    assert check["root"] == "."


def test_every_finding_has_every_field(check):
    assert len(check["findings"]) == 5
    assert all(finding.keys() >= FINDING for finding in check["findings"])
    assert {key for finding in check["findings"] for step in finding["evidence"] for key in step} == {"role", "file", "range", "note"}


def test_mitigations_tell_whether_there_is_a_fix(check):
    offers = [offer for finding in check["findings"] for offer in finding["mitigations"]]
    assert {"control": "ctl-sandboxed-exec", "title": "Run it in a container", "fix": True, "apply": "review"} in offers
    assert {"control": "ctl-human-approval", "title": "Ask a person before it runs", "fix": False, "apply": "none"} in offers


def test_the_summary_counts_silenced_findings_apart(check):
    assert check["summary"]["findings"] == {"critical": 1, "high": 1, "medium": 1, "low": 1, "info": 0}
    assert list(check["summary"]["findings"]) == list(SEVERITIES)
    assert check["summary"]["silenced"] == 1


def test_silenced_findings_are_listed_with_their_status(check):
    assert [finding["status"] for finding in check["findings"]].count("accepted") == 1


def test_columns_count_code_points_from_one(make_draft, make_finding):
    draft = make_draft({"a.py": 'x = "日本🙂"; run(x)\n'})
    found = json.loads(check_json(draft.snapshot(findings=(make_finding(draft.at("a.py", "run(x)")),)), version="0"))
    assert found["findings"][0]["range"] == {"start": {"line": 1, "column": 12}, "end": {"line": 1, "column": 18}}


def test_lines_end_as_editors_have_them(make_draft, make_finding):
    draft = make_draft({"a.py": "a\x0cb\r\nc\rrun(x)\n"})
    found = json.loads(check_json(draft.snapshot(findings=(make_finding(draft.at("a.py", "run(x)")),)), version="0"))
    assert found["findings"][0]["range"]["start"] == {"line": 3, "column": 1}


def test_a_file_name_that_is_no_text_survives(make_draft, make_finding):
    draft = make_draft({"bad\udcff.py": "run(x)\n"})
    data = check_json(draft.snapshot(findings=(make_finding(draft.at("bad\udcff.py", "run(x)")),)), version="0")
    assert json.loads(data)["findings"][0]["file"] == "bad\udcff.py"


def test_the_frame_of_the_map(system):
    assert system.keys() >= {"version", "root", "components", "relations", "flows", "boundaries"}
    agent = next(component for component in system["components"] if component["kind"] == "agent")
    assert agent.keys() >= {
        "id", "kind", "name", "file", "range", "boundary", "attributes", "capabilities", "controls", "confidence",
    }  # fmt: skip
    assert agent["controls"][0].keys() >= {"control", "file", "range", "note"}
    assert system["relations"][0].keys() == {"from", "to", "kind"}
    assert system["flows"][0].keys() == {"from", "to", "data", "crosses", "evidence"}
    assert system["boundaries"][0].keys() == {"id", "kind", "name"}


def test_relations_join_components_of_the_map(system):
    ids = {component["id"] for component in system["components"]}
    assert {end for relation in system["relations"] for end in (relation["from"], relation["to"])} <= ids


def test_the_map_holds_what_a_view_of_it_needs(snapshot, titles):
    system = json.loads(map_json(snapshot, titles=titles))
    assert system["complete"] is True
    agent = next(component for component in system["components"] if component["kind"] == "agent")
    assert (agent["title"], agent["group"]) == ("Agent", "agent")
    assert [finding["fingerprint"] for finding in system["findings"]] == [finding.fingerprint for finding in snapshot.findings]
    assert system["titles"]["controls"]["ctl-step-limit"] == "Step limit"
    limit = next(finding for finding in system["findings"] if finding["rule"] == "agent-without-step-limit")
    assert [step["component"] for step in limit["evidence"]] == ["agent:support#b2"]
