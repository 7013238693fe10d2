"""No form of a report prints a secret that stands in the workspace."""

import pytest

from threatline.knowledge.model import Knowledge
from threatline.report.github import check_github
from threatline.report.html import map_html
from threatline.report.json import check_json, map_json
from threatline.report.map_text import map_text
from threatline.report.masking import mask, mask_line
from threatline.report.mermaid import map_mermaid
from threatline.report.otm import map_otm
from threatline.report.sarif import check_sarif
from threatline.report.text import check_text
from threatline.system.model import Component, SystemMap
from threatline.threats.finding import Step

SHAPED = [
    "sk-proj-4f9aQ2Lm8XzR7tVw1Yb3Kc6D",
    "sk-ant-api03-Zx81kQpLr5vW3nT7yB2mC9dF",
    "hf_QwErTyUiOpAsDfGh1234567890ZxCvBn",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "AKIAIOSFODNN7EXAMPLE",
    "xoxb-123456789012-abcdefghijkl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
]


@pytest.mark.parametrize("secret", SHAPED)
def test_what_has_the_shape_of_a_secret_is_masked(secret):
    shown = mask(f'client = Client("{secret}", timeout=3)')
    assert secret[6:] not in shown
    assert len(shown) == len(f'client = Client("{secret}", timeout=3)')
    assert shown.startswith('client = Client("')
    assert shown.endswith('", timeout=3)')


@pytest.mark.parametrize(
    "line",
    ['password = "hunter2hunter2"', "api_key: str = 'abcdefgh'", '{"client_secret": "aaaabbbb"}', "url = 'postgres://me:s3cret@db/x'"],
)
def test_what_is_named_a_secret_is_masked(line):
    shown = mask(line)
    assert "*****" in shown
    assert not any(word in shown for word in ("hunter2", "abcdefgh", "aaaabbbb", "s3cret"))


@pytest.mark.parametrize(
    "line",
    [
        'key = os.environ["OPENAI_API_KEY"]',
        'model = "sentence-transformers/all-MiniLM-L6-v2"',
        'revision = "d5c3c8f3a0d1d1d2b1a6f6a1e2f3a4b5c6d7e8f9"',
        "subprocess.run(command, shell=True)",
        'url = "https://api.example.com:8080/v1@2"',
        "task-management-system-for-everyone",
    ],
)
def test_what_is_no_secret_is_shown(line):
    assert mask(line) == line


def test_a_line_of_a_key_is_masked():
    assert set(mask_line("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj")) == {"*"}


@pytest.mark.parametrize("length", [3_999, 4_001, 100_000])
def test_long_texts_end_in_good_time(length):
    text = ("a_api_key_" * length)[:length] + '= "hunter2hunter2"\n' * 3
    assert "hunter2" not in mask(text)


@pytest.fixture
def shapeless(make_draft, make_finding):
    """A secret that looks like nothing special: only the finding tells."""
    text = 'connect("db", "correct-horse-7")\nDEBUG = "correct-horse-7"\n'
    calls = 'make(model="gpt-5-mini", api_key="swordfish-9")\nshow("swordfish-9")\n'
    draft = make_draft({"app/db.py": text, "app/llm.py": calls, ".env": "TOKEN=plainword77\n"})
    literal = draft.at("app/db.py", '"correct-horse-7"')
    token = draft.at(".env", "TOKEN=plainword77")
    # Only the string that is named a secret is one; the other stays readable elsewhere.
    call = draft.at("app/llm.py", 'make(model="gpt-5-mini", api_key="swordfish-9")')
    common = {"rule": "written-down-password", "threat": "api-key-hardcoded", "component": "database:db#1"}
    findings = (
        make_finding(token, **common, message="A token stands in a file.", fingerprint="1" * 16),
        make_finding(literal, **common, message='It is "correct-horse-7".', evidence=(Step("place", literal, "correct-horse-7 is here"),)),
    )
    findings += (make_finding(call, **common, message="gpt-5-mini is asked with swordfish-9", fingerprint="2" * 16),)
    component = Component("database:db#1", "database", "db", literal, "application", {"password": "swordfish", "note": "correct-horse-7"})
    return draft.snapshot(findings=findings, map=SystemMap(components=(component,)))


def sarif(snapshot):
    return check_sarif(snapshot, Knowledge(), version="0")


@pytest.mark.parametrize("write", [check_text, check_github, sarif, map_html, map_json, map_text, map_mermaid, map_otm])
def test_a_secret_that_a_finding_is_about_is_nowhere(write, shapeless):
    written = write(shapeless)
    written = written.decode() if isinstance(written, bytes) else written
    assert "correct-horse-7" not in written
    assert "plainword77" not in written
    assert "swordfish" not in written


def test_what_stands_beside_a_secret_can_be_read(shapeless):
    assert "gpt-5-mini is asked with ***********" in check_text(shapeless)


def test_nor_is_it_in_json(shapeless):
    assert b"correct-horse" not in check_json(shapeless, version="0")
