"""The small parts: settings, folders, escaping, acceptances, lenses."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pygls.exceptions import JsonRpcInvalidParams

from threatline.analysis.workspace import analyze_texts
from threatline.design.reading import load_design
from threatline.lsp.accepting import acceptance
from threatline.lsp.configuration import Settings, read_settings
from threatline.lsp.convert import Ranges, escaped
from threatline.lsp.diagnostics import Reports
from threatline.lsp.folders import Folders
from threatline.lsp.lens import titles_in
from threatline.lsp.watching import folders_of, new_folders
from threatline.threats.finding import Finding

SHELL = """\
import subprocess
from openai import OpenAI

client = OpenAI()


def run(question):
    reply = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": question}], timeout=5)
    return subprocess.run(reply.choices[0].message.content, shell=True)
"""


def shell_finding() -> Finding:
    found = [finding for finding in analyze_texts({"app.py": SHELL}).findings if finding.rule == "model-output-to-shell"]
    return found[0]


@pytest.mark.parametrize("value", [None, [], 5, {"minimumSeverity": "loud"}, {"codeLens": 1.5, "scope": ["workspace"]}, {"threatline": []}])
def test_settings_that_make_no_sense_are_the_defaults(value: object) -> None:
    assert read_settings(value) == Settings()


def test_settings_may_stand_in_their_section() -> None:
    assert read_settings({"threatline": {"minimumSeverity": "high"}}) == read_settings({"minimumSeverity": "high"})
    assert read_settings({"minimumSeverity": "high"}).minimumSeverity == "high"


@pytest.mark.parametrize(
    "text",
    [
        "[x](command:y)",
        "![x](http://y)",
        "<img src=x>",
        "`code`",
        "a\n# b",
        "**x**",
        "http://evil.example/",
        "www.evil.example",
        "| a |",
        "_x_",
    ],
)
def test_text_of_a_workspace_is_no_markdown(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(f"- {escaped(text)}")
    inline = [child.type for token in tokens for child in token.children or []]
    assert {token.type for token in tokens} <= {
        "bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close", "bullet_list_close"
    }  # fmt: skip
    assert set(inline) <= {"text", "text_special", "code_inline"}
    shown = "".join(child.content for token in tokens for child in token.children or [])
    assert shown.replace("`", "") == " ".join(text.split()).replace("`", "")


def test_names_between_backticks_stay_code() -> None:
    (paragraph,) = [token for token in MarkdownIt("commonmark").parse(escaped("argument `[x](y)` of <b>")) if token.type == "inline"]
    shown = [(child.type, child.content) for child in paragraph.children or []]
    assert ("code_inline", "[x](y)") in shown
    assert not {kind for kind, _ in shown} & {"html_inline", "link_open"}


@pytest.mark.parametrize("text", ["see http://evil.example/", "see www.evil.example"])
def test_editors_make_no_link_of_an_address(text: str) -> None:
    assert "://" not in escaped(text).replace("\\:", "")
    assert "www." not in escaped(text)


@pytest.mark.parametrize("text", ["app/tools.py", "snake_case", "gpt-5-mini", "a: b, c (d)."])
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert escaped(text) == text


def test_a_file_belongs_to_the_deepest_root(tmp_path: Path) -> None:
    inner = tmp_path / "services" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    (inner / "threatmodel.yaml").touch()
    folders = Folders()
    folders.replace([tmp_path, inner])
    found = folders.root_of(inner / "a.py")
    assert found is not None
    assert found.path == inner
    folders.replace([], [inner])
    found = folders.root_of(inner / "a.py")
    assert found is not None
    assert found.path == tmp_path


def test_a_folder_inside_a_project_stands_for_the_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src").mkdir()
    folders = Folders()
    folders.replace([tmp_path / "src"])
    assert [(root.path, root.loose) for root in folders.roots()] == [(tmp_path, False)]


def test_a_file_without_a_project_brings_a_loose_root_until_it_is_closed(tmp_path: Path) -> None:
    folders = Folders()
    root = folders.adopt(tmp_path / "a.py")
    assert (root.path, root.loose) == (tmp_path, True)
    folders.drop_guests([])
    assert folders.roots() == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version: 1\nsystem: {name: a, owner: b}\n",
        "version: 1\nsystem: {name: a, owner: b}",
        "version: 1\r\nsystem: {name: a, owner: b}\r\naccepted_risks:\r\n",
        "version: 1\nsystem: {name: a, owner: b}\naccepted_risks:  # ours\n",
        (
            'version: 1\nsystem: {name: a, owner: b}\naccepted_risks:\n- threat: x\n  at: ["path:b.py"]\n  owner: c\n'
            "  expires: 2030-01-01\n"
            "  justification: A reason of more than twenty letters.\n"
        ),
        (
            "version: 1\nsystem: {name: a, owner: b}\naccepted_risks:\n    # first\n"
            '    - threat: x\n      at: ["path:b.py"]\n      owner: c\n'
            "      expires: 2030-01-01\n      justification: A reason of more than twenty letters.\nsettings: {}\n"
        ),
    ],
)
def test_an_acceptance_is_read_back_as_it_was_written(text: str, tmp_path: Path) -> None:
    finding = shell_finding()
    words = {"reason": 'Only "date" can be said here, by review.', "owner": "team: ä"}
    offset, written = acceptance(text.encode(), finding, "app", words)
    changed = text.encode()[:offset] + written.encode() + text.encode()[offset:]
    (tmp_path / "threatmodel.yaml").write_bytes(changed)
    design, problems = load_design(tmp_path)
    assert problems == ()
    risk = design.accepted_risks[0]
    assert (risk.threat, risk.at, risk.owner) == (finding.threat, ("path:app.py",), "team: ä")
    assert risk.justification == words["reason"]
    assert risk.fingerprint == finding.path_shape
    assert timedelta(80) < risk.expires - date.today() < timedelta(100)  # noqa: DTZ011


def test_an_acceptance_does_not_break_a_list_on_one_line() -> None:
    with pytest.raises(JsonRpcInvalidParams):
        acceptance(b"accepted_risks: []\n", shell_finding(), "app", {})


def test_reports_are_made_anew_only_where_something_changed() -> None:
    before = analyze_texts({"app.py": SHELL, "other.py": SHELL})
    reports = Reports(Path("/work"), Ranges("utf-16"), related=True)
    first = reports.take(before)
    assert set(first) == {"app.py", "other.py"}
    second = reports.take(before)
    assert all(second[file] is first[file] for file in first)
    moved = reports.take(analyze_texts({"app.py": "\n" + SHELL, "other.py": SHELL}))
    assert moved["app.py"].result_id != first["app.py"].result_id
    assert moved["other.py"].result_id == first["other.py"].result_id
    assert "app.py" not in reports.take(analyze_texts({"app.py": "x = 1\n"}))


def test_a_lens_counts_what_is_open() -> None:
    text = (
        "import subprocess\nfrom agents import Agent, function_tool\n\n@function_tool\ndef run(command: str) -> str:\n"
        "    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout\n\n"
        'agent = Agent(name="ops", tools=[run])\n'
    )
    snapshot = analyze_texts({"app.py": text})
    assert snapshot.findings
    titles = titles_in(snapshot, "app.py")
    assert titles
    assert all("threat" in title or "missing control" in title for _, title in titles)


def test_only_folders_with_files_of_the_project_are_watched(tmp_path: Path) -> None:
    for name in ("src/app", "node_modules/x", "empty"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "src/app/a.py").touch()
    (tmp_path / "node_modules/x/b.js").touch()
    assert folders_of(tmp_path) == [tmp_path, tmp_path / "src", tmp_path / "src/app"]
    assert new_folders([str(tmp_path / "src"), str(tmp_path / "node_modules"), str(tmp_path / "gone")]) == {
        tmp_path / "src",
        tmp_path / "src/app",
    }
