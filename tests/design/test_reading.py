import json
import os
from datetime import date
from pathlib import Path

import pytest

from threatline.design import model, reading
from threatline.design.model import Design
from threatline.design.reading import load_design
from threatline.errors import DesignError

SYSTEM = "version: 1\nsystem: {name: desk, owner: team-a}\n"
WHOLE = """\
version: 1
system: {name: desk, owner: team-a, tenancy: multi-tenant, exposure: public, impact: [none], reviewed: {by: a.b, on: 2026-10-01}}
zones:
  internet: {trust: untrusted}
data_classes:
  tickets: {level: personal, match: ["table:tickets", "column:*mail*"], may_leave_to: [vendor]}
parties:
  vendor: {kind: model-provider, hosts: [api.example.org], trusted_for: [tickets], zone: internet}
components:
  - {id: answerer, kind: rag-engine, at: ["symbol:app.rag.answer"], zone: application, effects: [read], handles: [tickets]}
  - {id: api, kind: chat-endpoint, at: ["route:POST /chat"], zone: internet}
flows:
  - {from: api, to: answerer, data: [tickets], via: [ctl-endpoint-auth]}
  - {from: answerer, to: "kind:hosted-llm", allowed: true}
controls:
  - {id: ctl-endpoint-auth, provided_by: ["outside: the gateway"], covers: [api], checks: declared}
decisions:
  - {id: few-tools, rule: {allow_only: [read], on: [answerer]}, severity: high}
accepted_risks:
  - threat: prompt-injection
    at: ["symbol:app.rag.answer"]
    owner: team-a
    expires: 2027-04-01
    justification: Answers go to the asker alone.
    max_severity: medium
settings: {ignore: ["gen/**"], test_paths: ["tests/**"], min_confidence: medium, effect_overrides: {"symbol:app.x": write}}
"""


def write(root, text, file="threatmodel.yaml"):
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_bytes(text.encode() if isinstance(text, str) else text)


def refused(root, **known):
    """Load a design that is wrong."""
    with pytest.raises(DesignError) as caught:
        load_design(root, **known)
    return caught.value


def test_nothing_declared_is_the_empty_design(tmp_path):
    assert load_design(tmp_path) == (Design(), ())


def test_everything_that_the_schema_has_is_read(tmp_path):
    write(tmp_path, WHOLE)

    design, problems = load_design(tmp_path, threats={"prompt-injection"}, controls={"ctl-endpoint-auth"})

    assert problems == ()
    assert (design.system.name, design.system.tenancy, design.system.reviewed.on) == ("desk", "multi-tenant", date(2026, 10, 1))
    assert design.zones["internet"].trust == "untrusted"
    assert [component.id for component in design.components] == ["answerer", "api"]
    assert (design.flows[0].from_, design.flows[0].to, design.flows[0].via) == ("api", "answerer", ("ctl-endpoint-auth",))
    assert design.controls[0].provided_by == ("outside: the gateway",)
    assert design.decisions[0].rule.allow_only == ("read",)
    assert design.accepted_risks[0].expires == date(2027, 4, 1)
    assert design.settings.ignore == ("gen/**",)
    assert design.settings.effect_overrides == {"symbol:app.x": "write"}


def test_a_design_is_frozen_and_its_digest_follows_its_content(tmp_path):
    write(tmp_path, WHOLE)
    first, _ = load_design(tmp_path)
    again, _ = load_design(tmp_path)
    write(tmp_path, WHOLE.replace("name: desk", "name: disk"))
    other, _ = load_design(tmp_path)

    assert first == again
    assert first.digest == again.digest != other.digest
    with pytest.raises(AttributeError):
        first.system = None


def test_fragments_follow_the_main_file_in_order_of_name(tmp_path):
    write(tmp_path, SYSTEM + "components: [{id: m, kind: agent}]")
    write(tmp_path, "version: 1\ncomponents: [{id: z, kind: agent}]", ".threatmodel/b.yaml")
    write(tmp_path, "version: 1\ncomponents: [{id: a, kind: agent}]\nzones: {box: {trust: sandbox}}", ".threatmodel/a.yaml")
    write(tmp_path, "no design at all: [", ".threatmodel/notes.txt")

    design, _ = load_design(tmp_path)

    assert [component.id for component in design.components] == ["m", "a", "z"]
    assert design.zones["box"].trust == "sandbox"


def test_fragments_may_stand_alone(tmp_path):
    write(tmp_path, SYSTEM, ".threatmodel/a.yaml")

    assert load_design(tmp_path)[0].system.name == "desk"


@pytest.mark.parametrize(
    ("fragment", "line", "words"),
    [
        ("version: 1\nsystem: {name: b, owner: c}", 2, "threatmodel.yaml already"),
        ("version: 1\nzones:\n  internet: {trust: partner}", 3, "declared twice"),
        ("version: 1\ncomponents:\n  - id: a\n    kind: agent\n  - {id: api, kind: agent}", 5, "declared twice"),
        ("version: 1\nsettings: {ignore: [x]}", 2, "threatmodel.yaml already"),
    ],
)
def test_what_two_files_declare_is_refused_with_its_line(tmp_path, fragment, line, words):
    write(tmp_path, WHOLE)
    write(tmp_path, fragment, ".threatmodel/more.yaml")

    error = refused(tmp_path)

    assert (error.file, error.line) == (".threatmodel/more.yaml", line)
    assert words in error.message


@pytest.mark.parametrize(
    ("text", "line", "nearest"),
    [
        ("sistem: {name: a, owner: b}", 3, "system"),
        ("components:\n  - {id: a, kind: agent, zon: x}", 4, "zone"),
        ("components:\n  - {id: a, kind: agnet}", 4, "agent"),
        ("components:\n  - {id: a, kind: agent}\n  - {id: b, kind: agent, effects: [read, wrte]}", 5, "write"),
        ("components:\n  - id: a\n    kind: agent\n    zone: intarnet\nzones: {internet: {trust: untrusted}}", 6, "internet"),
        ("components:\n  - {id: a, kind: agent, at: ['symbl:x']}", 4, "symbol"),
        ("components:\n  - {id: a, kind: agent, handles: [tickts]}\ndata_classes: {tickets: {level: public}}", 4, "tickets"),
        ("zones: {a: {trst: internal}}", 3, "trust"),
        ("zones: {a: {trust: intern}}", 3, "internal"),
        ("flows:\n  - {form: a, to: b}", 4, "from"),
        ("components: [{id: api, kind: agent}]\nflows:\n  - {from: apy, to: api}", 5, "api"),
        ("controls:\n  - {id: ctl-endpoint-aut, provided_by: ['outside:x']}", 4, "ctl-endpoint-auth"),
        (
            "accepted_risks:\n  - {threat: promt-injection, at: ['path:x'], owner: a, expires: 2027-01-01, justification: only we ask it}",
            4,
            "prompt-injection",
        ),
        ("decisions:\n  - {id: a, rule: {require_control: ctl-endpont-auth}}", 4, "ctl-endpoint-auth"),
        ("settings:\n  min_confidence: hihg", 4, "high"),
        ("settings:\n  test_path: [a]", 4, "test_paths"),
    ],
)
def test_a_wrong_word_is_refused_with_its_line_and_the_nearest_valid_word(tmp_path, text, line, nearest):
    write(tmp_path, SYSTEM + text)

    error = refused(tmp_path, threats={"prompt-injection", "unsafe-load"}, controls={"ctl-endpoint-auth", "ctl-timeouts"})

    assert (error.file, error.line, error.nearest) == ("threatmodel.yaml", line, nearest)
    assert nearest in str(error)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("system: {name: a, owner: b}", 1),
        ("version: 2\nsystem: {name: a, owner: b}", 1),
        ("system: {name: a, owner: b}\nversion: true", 2),
        ("version: 1", 1),
        ("version: 1\nsystem: {name: a}", 2),
        ("- a", 1),
        ("", 1),
        (SYSTEM + "components: nothing", 3),
        (SYSTEM + "components:\n  - {id: 7, kind: agent}", 4),
        (SYSTEM + "components:\n  - {id: Bad Id, kind: agent}", 4),
        (SYSTEM + "controls:\n  - {id: auth, provided_by: ['outside:x']}", 4),
        (SYSTEM + "accepted_risks:\n  - {threat: a, at: ['path:x'], owner: a, expires: soon, justification: aaaaaaaaaaaaaaaaaaaaaaaa}", 4),
        (SYSTEM + "accepted_risks:\n  - {threat: a, at: ['path:x'], owner: a, expires: 2027-01-01, justification: because}", 4),
        (SYSTEM + "accepted_risks:\n  - {threat: a, at: [], owner: a, expires: 2027-01-01, justification: aaaaaaaaaaaaaaaaaaaaaaaa}", 4),
        (SYSTEM + "digest: abc", 3),
        (SYSTEM + "zones: [\n", 4),
        (SYSTEM + "a: &a [x]\na: *a", 4),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path, text, line):
    write(tmp_path, text)

    error = refused(tmp_path)

    assert (error.file, error.line) == ("threatmodel.yaml", line)


BOMB = SYSTEM + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        SYSTEM + "a: " + "[" * 5_000,
        SYSTEM + "a: &a {b: *a}",
        SYSTEM + "# " + "x" * 1_100_000,
        b"\x00\x01\x02",
        b"version: 1\nsystem: \xff\xfe",
        SYSTEM + "a: !!python/object/apply:os.system ['touch ran']",
    ],
    ids=["aliases", "depth", "circle", "size", "binary", "encoding", "object"],
)
def test_hostile_files_are_refused_soon(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, text)

    assert refused(tmp_path).file == "threatmodel.yaml"
    assert sorted(os.listdir(tmp_path)) == ["threatmodel.yaml"]


def test_a_design_file_is_not_read_through_a_link_out_of_the_root(tmp_path):
    write(tmp_path, SYSTEM, "outside.yaml")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/threatmodel.yaml").symlink_to("../outside.yaml")

    assert "leads out" in refused(tmp_path / "root").message


def test_the_number_of_fragments_is_bounded(tmp_path):
    for number in range(reading.MAX_FRAGMENTS + 1):
        write(tmp_path, "version: 1", f".threatmodel/{number}.yaml")

    assert refused(tmp_path).file == ".threatmodel"


def test_the_project_file_holds_settings(tmp_path):
    write(tmp_path, '[tool.threatline]\nignore = ["gen/**"]\nmin_confidence = "high"\n', "pyproject.toml")

    settings = load_design(tmp_path)[0].settings
    assert (settings.ignore, settings.min_confidence) == (("gen/**",), "high")

    write(tmp_path, SYSTEM + "settings: {min_confidence: low}")
    settings = load_design(tmp_path)[0].settings
    assert (settings.ignore, settings.min_confidence) == (("gen/**",), "low")


def test_the_project_file_holds_settings_alone(tmp_path):
    write(tmp_path, '[project]\nname = "x"\n\n[tool.threatline]\nignore = ["x"]\nmin_confidense = "high"\n', "pyproject.toml")

    error = refused(tmp_path)

    assert (error.file, error.line, error.nearest) == ("pyproject.toml", 6, "min_confidence")
    write(tmp_path, "[tool.threatline]\nversion = 1\n", "pyproject.toml")
    assert refused(tmp_path).line == 2


def test_a_project_file_of_other_tools_is_not_ours_to_refuse(tmp_path):
    write(tmp_path, "[tool.ruff]\nline-length = 100\n", "pyproject.toml")
    assert load_design(tmp_path) == (Design(), ())

    write(tmp_path, "[tool.threatline\n", "pyproject.toml")
    design, problems = load_design(tmp_path)
    assert design == Design()
    assert [(problem.file, problem.kind) for problem in problems] == [("pyproject.toml", "unreadable")]


def test_an_acceptance_ends_and_is_bounded(tmp_path):
    write(tmp_path, WHOLE)
    (risk,) = load_design(tmp_path)[0].accepted_risks

    assert risk.allows("medium", date(2027, 4, 1))
    assert not risk.allows("medium", date(2027, 4, 2))
    assert not risk.allows("high", date(2027, 4, 1))


SCHEMA = json.loads((Path(__file__).parents[2] / "rules/threatmodel.schema.json").read_text())


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        (model.System, SCHEMA["properties"]["system"]),
        (model.Zone, SCHEMA["properties"]["zones"]["additionalProperties"]),
        (model.DataClass, SCHEMA["properties"]["data_classes"]["additionalProperties"]),
        (model.Party, SCHEMA["properties"]["parties"]["additionalProperties"]),
        (model.DeclaredComponent, SCHEMA["properties"]["components"]["items"]),
        (model.IntendedFlow, SCHEMA["properties"]["flows"]["items"]),
        (model.DeclaredControl, SCHEMA["properties"]["controls"]["items"]),
        (model.Decision, SCHEMA["properties"]["decisions"]["items"]),
        (model.DecisionRule, SCHEMA["properties"]["decisions"]["items"]["properties"]["rule"]),
        (model.AcceptedRisk, SCHEMA["properties"]["accepted_risks"]["items"]),
        (model.Settings, SCHEMA["properties"]["settings"]),
        (model.Review, SCHEMA["$defs"]["review"]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_the_model_and_the_published_schema_say_the_same(form, schema):
    from pydantic import TypeAdapter

    ours = TypeAdapter(form).json_schema()

    assert ours["properties"].keys() == schema["properties"].keys()
    assert sorted(ours.get("required", [])) == sorted(schema.get("required", []))
    for name, value in schema["properties"].items():
        assert set(_words_of(ours["properties"][name])) == set(value.get("enum") or value.get("items", {}).get("enum", [])), name


def _words_of(schema):
    """List the enumerated words of a property in a schema that pydantic wrote."""
    for option in (schema, *schema.get("anyOf", ())):
        yield from option.get("enum", ())
        yield from option.get("items", {}).get("enum", ())


def test_the_top_level_of_the_model_and_the_schema_agree():
    from pydantic import TypeAdapter

    assert {*TypeAdapter(Design).json_schema()["properties"]} - {"digest"} == SCHEMA["properties"].keys() - {"version"}
