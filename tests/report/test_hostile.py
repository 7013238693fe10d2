"""Text of a workspace cannot act where it is printed: terminal, workflow commands, Mermaid, HTML."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from threatline.knowledge.model import Knowledge
from threatline.report.escaping import for_script, for_terminal
from threatline.report.github import check_github
from threatline.report.html import anchor, map_html
from threatline.report.json import check_json
from threatline.report.map_text import map_text
from threatline.report.mermaid import map_mermaid
from threatline.report.otm import map_otm
from threatline.report.sarif import check_sarif
from threatline.report.text import check_text
from threatline.source.file import Problem
from threatline.system.model import Component, Relation, SystemMap
from threatline.threats.finding import Step

NASTY = (
    'x\x1b]0;owned\x07\x1b[31m\r\n::error file=a::injected\n::stop-commands::t\u202e\u2066</script><script>alert(1)</script>"];'
    "click a call\n`'<img src=x onerror=alert(1)>%0A\x9b2J\u200b\U000e0041"
)


@pytest.fixture
def hostile(make_draft, make_finding):
    file = "a,b:c\x1b[2J</script>.py"
    draft = make_draft({file: f"call('{NASTY}')\n"})
    value = draft.at(file, "call(")
    component = Component("agent:x#1", "agent", NASTY, value, NASTY, {"title": NASTY, NASTY: "value"})
    finding = make_finding(
        value, title=NASTY, message=NASTY, function=NASTY, component="agent:x#1", looked=NASTY, reason=NASTY, fingerprint=NASTY,
        evidence=(Step("source", value, NASTY), Step("sink", value, NASTY)),
    )  # fmt: skip
    return draft.snapshot(
        root=NASTY,
        findings=(finding,),
        map=SystemMap(components=(component,), relations=(Relation("agent:x#1", "has-tool", "agent:x#1"),)),
        problems=(Problem(NASTY, "syntax", NASTY),),
    )


@pytest.mark.parametrize("write", [check_text, map_text])
def test_a_terminal_gets_no_control_characters(write, hostile):
    plain = write(hostile)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", plain)
    assert "\\x1b" in plain


def test_colors_are_the_only_escapes(hostile):
    rest = re.sub(r"\x1b\[[0-9;]*m", "", check_text(hostile, color=True))
    assert "\x1b" not in rest
    assert "\x9b" not in rest


def test_nothing_starts_a_workflow_command_of_its_own(hostile):
    lines = check_github(hostile).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("::error file=")
    assert lines[1].startswith("::warning file=")
    assert all(line.count("::") >= 2 for line in lines)


def test_properties_of_a_workflow_command_stay_apart(hostile):
    properties = check_github(hostile).splitlines()[0].removeprefix("::error ").partition("::")[0].split(",")
    assert [each.partition("=")[0] for each in properties] == ["file", "line", "endLine", "col", "endColumn", "title"]
    assert not any(":" in each for each in properties)


def test_mermaid_labels_hold_no_syntax(hostile):
    diagram = map_mermaid(hostile)
    labels = re.findall(r'"([^"\n]*)"', diagram)
    assert labels
    for label in labels:
        assert not re.search(r"[<>\[\]{}|`;&](?!\d)", re.sub(r"#\d+;|<br/>", "", label))
    assert len(diagram.splitlines()) == 5


def _texts(value):
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _texts(each)
    if isinstance(value, str):
        yield value


def _sarif(snapshot):
    return check_sarif(snapshot, Knowledge(), version="0")


@pytest.mark.parametrize("write", [_sarif, map_otm])
def test_what_other_tools_show_is_plain_text(write, hostile):
    texts = [text for text in _texts(json.loads(write(hostile))) if "\\x1b" in text]
    assert len(texts) > 5
    for text in texts:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", text)


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.scripts = []
        self.open = []
        self.handlers = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag == "script":
            self.scripts.append(dict(attrs))
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.links += [value for name, value in attrs if name in ("src", "href")]


def test_html_runs_nothing_of_the_workspace(hostile):
    page = map_html(hostile).decode()
    parsed = _Page()
    parsed.feed(page)
    assert len(parsed.scripts) == 2
    assert "img" not in parsed.open
    assert not parsed.handlers
    assert all(link.startswith("#") for link in parsed.links)


def test_html_needs_no_network(snapshot, titles):
    page = map_html(snapshot, titles=titles).decode()
    assert "default-src 'none'" in page
    assert not re.search(r"https?://|url\((?!#)|@import", re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL))


def test_the_view_in_the_page_could_not_reach_a_network(snapshot):
    script = re.findall(r"<script>(.*?)</script>", map_html(snapshot).decode(), re.DOTALL)
    assert len(script) == 1
    reaching = r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\(|\beval\(|\bFunction\("
    assert not re.search(reaching, script[0])


def test_scripts_and_styles_are_pinned_by_their_hash(snapshot):
    page = map_html(snapshot).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        allowed = re.search(rf"{directive} ([^;]*)", policy)[1]
        hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in _inline(page, tag)}
        assert hashes == set(allowed.split())
    assert "unsafe" not in policy


def _inline(page, tag):
    return re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)


def test_links_into_the_page_lead_somewhere(snapshot):
    page = map_html(snapshot).decode()
    assert f'id="{anchor(snapshot, fingerprint="f1e2d3c4").removeprefix("#")}"' in page
    assert anchor(snapshot, component="hosted-llm:gpt-5-mini#c3") == "#c1"
    assert 'id="c1"' in page
    assert anchor(snapshot, component="nothing", fingerprint="nothing") == ""


def test_the_data_in_the_page_is_the_map(snapshot, titles):
    page = map_html(snapshot, titles=titles).decode()
    data = re.search(r'<script type="application/json" id="threatline-map">(.*?)</script>', page, re.DOTALL)
    assert [component["name"] for component in json.loads(data[1])["components"]] == ["support", "gpt-5-mini", "POST /chat", "run_command"]


def test_data_in_a_script_reads_back_the_same():
    assert json.loads(for_script({"a": NASTY})) == {"a": NASTY}
    assert "<" not in for_script({"a": NASTY})


def test_json_reads_back_the_same(hostile):
    assert json.loads(check_json(hostile, version="0"))["findings"][0]["message"] == NASTY


@pytest.mark.parametrize("text", ["plain", "Grüße", "日本語", "a b", "emoji 🙂"])
def test_ordinary_text_stays_as_it_is(text):
    assert for_terminal(text) == text
