"""SARIF and Open Threat Model: valid by their schemas, and what they say is what was found."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from threatline.analysis.workspace import Workspace
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.model import Knowledge
from threatline.report.otm import map_otm
from threatline.report.sarif import check_sarif
from threatline.report.titles import titles_of
from threatline.system.model import SystemMap

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCHEMAS = Path(__file__).parent / "schemas"


def sarif(snapshot, knowledge=None):
    return json.loads(check_sarif(snapshot, knowledge or Knowledge(), version="1.2.3"))


def otm(snapshot, titles=None):
    return json.loads(map_otm(snapshot, titles=titles))


def faults(document, schema):
    found = json.loads((SCHEMAS / schema).read_text("utf-8"))
    validator = jsonschema.Draft7Validator(found, format_checker=jsonschema.FormatChecker())
    return [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(document)]


@cache
def analyzed(name):
    return replace(Workspace(FIXTURES / name, cache=False).refresh(), root=f"fixtures/{name}")


@cache
def known():
    return load_knowledge()


@pytest.mark.parametrize("name", ["support-desk", "research-crew", "clean-service"])
def test_real_results_are_valid(name):
    snapshot = analyzed(name)
    assert faults(sarif(snapshot, known()), "sarif-2.1.0.json") == []
    assert faults(otm(snapshot, titles_of(known())), "otm-0.2.0.json") == []


def test_results_by_hand_are_valid(snapshot):
    assert faults(sarif(snapshot), "sarif-2.1.0.json") == []
    assert faults(otm(snapshot), "otm-0.2.0.json") == []


def test_the_schemas_refuse_what_is_wrong(snapshot):
    log = sarif(snapshot)
    log["runs"][0]["results"][0]["level"] = "dreadful"
    assert faults(log, "sarif-2.1.0.json")
    model = otm(snapshot)
    del model["components"][0]["parent"]
    assert faults(model, "otm-0.2.0.json")


def test_every_finding_is_a_result_of_its_rule(snapshot):
    run = sarif(snapshot)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [result["partialFingerprints"]["threatline/v1"] for result in run["results"]] == [f.fingerprint for f in snapshot.findings]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["level"] for result in run["results"] if result["properties"]["severity"] == "critical"} == {"error"}


def test_a_path_is_a_code_flow(snapshot):
    results = [result for result in sarif(snapshot)["runs"][0]["results"] if "codeFlows" in result]
    result = next(result for result in results if result["properties"]["status"] == "open")
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["kinds"] for step in steps] == [["source"], ["step"], ["step"], ["sink"]]
    places = [step["location"]["physicalLocation"] for step in steps]
    assert [place["artifactLocation"]["uri"] for place in places] == ["app/api.py", "app/api.py", "app/tools.py", "app/tools.py"]
    assert places[0]["region"] == {"startLine": 10, "startColumn": 18, "endLine": 10, "endColumn": 32}


def test_other_evidence_is_a_related_location(snapshot):
    result = next(result for result in sarif(snapshot)["runs"][0]["results"] if result["ruleId"] == "agent-without-step-limit")
    assert [each["message"]["text"] for each in result["relatedLocations"]] == ["component: the agent"]


def test_what_the_team_accepts_is_suppressed_and_nothing_else(snapshot):
    results = sarif(snapshot)["runs"][0]["results"]
    suppressed = {result["properties"]["status"]: result["suppressions"] for result in results}
    reason = "A person watches each run (until 2027-01-01)."
    assert suppressed["accepted"] == [{"kind": "external", "status": "accepted", "justification": reason}]
    assert suppressed["open"] == suppressed["declared"] == []


def test_references_to_taxonomies_lead_to_their_entries():
    run = sarif(analyzed("support-desk"), known())["runs"][0]
    targets = [target for result in run["results"] for target in result["taxa"]]
    targets += [relation["target"] for rule in run["tool"]["driver"]["rules"] for relation in rule["relationships"]]
    assert targets
    for target in targets:
        taxonomy = run["taxonomies"][target["toolComponent"]["index"]]
        assert taxonomy["name"] == target["toolComponent"]["name"]
        assert taxonomy["taxa"][target["index"]]["id"] == target["id"]
    assert [each["name"] for each in run["tool"]["driver"]["supportedTaxonomies"]] == [each["name"] for each in run["taxonomies"]]


def test_rules_bring_their_page_as_help():
    rules = {rule["id"]: rule for rule in sarif(analyzed("support-desk"), known())["runs"][0]["tool"]["driver"]["rules"]}
    rule = rules["model-output-to-sql"]
    assert "## How to fix" in rule["help"]["markdown"]
    assert "## Example" not in rule["help"]["markdown"]
    assert rule["properties"]["security-severity"] == "9.5"
    assert "external/cwe/cwe-089" in rule["properties"]["tags"]


@pytest.mark.parametrize(
    ("root", "uri"),
    [(".", "app/api.py"), ("services/desk", "services/desk/app/api.py"), ("/srv/desk", "app/api.py"), ("C:\\desk", "app/api.py")],
)
def test_paths_are_relative_to_where_the_run_stands(snapshot, root, uri):
    results = sarif(replace(snapshot, root=root))["runs"][0]["results"]
    steps = next(result["codeFlows"] for result in results if "codeFlows" in result)[0]["threadFlows"][0]["locations"]
    assert steps[0]["location"]["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_file_names_become_addresses(make_draft, make_finding):
    name = "a b/#x?%\udcff.py"
    draft = make_draft({name: "run(x)\n"})
    log = sarif(draft.snapshot(findings=(make_finding(draft.at(name, "run(x)")),)))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "a%20b/%23x%3F%25%FF.py"
    assert faults(log, "sarif-2.1.0.json") == []


def test_a_message_holds_no_link_and_no_placeholder(make_draft, make_finding):
    draft = make_draft({"a.py": "run(x)\n"})
    finding = make_finding(draft.at("a.py", "run(x)"), message="see [this](http://evil.example) and {0}\u202e\x1b[2J")
    text = sarif(draft.snapshot(findings=(finding,)))["runs"][0]["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text
    assert "\\u202e\\x1b" in text


def test_problems_and_an_analysis_cut_short_are_told(snapshot):
    invocation = sarif(replace(snapshot, complete=False))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]] == ["syntax"]


def test_the_same_snapshot_gives_the_same_bytes(snapshot):
    assert check_sarif(snapshot, Knowledge(), version="1") == check_sarif(snapshot, Knowledge(), version="1")
    assert map_otm(snapshot) == map_otm(snapshot)


def test_ids_of_a_threat_model_are_unique_and_lead_somewhere():
    model = otm(analyzed("support-desk"), titles_of(known()))
    parts = ("assets", "trustZones", "components", "dataflows", "threats", "mitigations")
    ids = {part: [each["id"] for each in model[part]] for part in parts}
    assert all(len(set(names)) == len(names) for names in ids.values())
    for component in model["components"]:
        assert component["parent"]["trustZone"] in ids["trustZones"]
        for threat in component["threats"]:
            assert threat["threat"] in ids["threats"]
            assert {each["mitigation"] for each in threat["mitigations"]} <= set(ids["mitigations"])
    for flow in model["dataflows"]:
        assert {flow["source"], flow["destination"]} <= set(ids["components"])
        assert set(flow.get("assets", ())) <= set(ids["assets"])
    assert sum(len(component["threats"]) for component in model["components"]) == len(ids["threats"])


def test_a_threat_tells_how_it_stands(snapshot):
    tool = next(component for component in otm(snapshot)["components"] if component["name"] == "run_command")
    assert {threat["state"] for threat in tool["threats"]} == {"exposed", "partly-mitigated"}
    assert {each["state"] for threat in tool["threats"] for each in threat["mitigations"]} == {"recommended"}


def test_a_zone_without_a_boundary_is_a_zone(snapshot):
    model = otm(replace(snapshot, map=SystemMap(components=snapshot.map.components)))
    assert {zone["id"] for zone in model["trustZones"]} == {"application", "application-edge", "third-party"}
