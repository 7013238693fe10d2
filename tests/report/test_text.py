"""What the text form says, beyond its golden form."""

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from threatline.report.text import check_text
from threatline.threats.finding import Step


def test_the_component_with_the_worst_finding_comes_first(snapshot):
    text = check_text(snapshot)
    assert text.index("CRITICAL") < text.index("HIGH") < text.index("MEDIUM")


def test_nothing_found_is_said(make_draft):
    assert check_text(make_draft({"a.py": ""}).snapshot()).splitlines()[0] == "No findings"


def test_a_cut_short_analysis_is_said(snapshot):
    assert "could not be completed" in check_text(replace(snapshot, complete=False))


def test_no_color_unless_asked(snapshot):
    assert "\x1b" not in check_text(snapshot)
    assert "\x1b[" in check_text(snapshot, color=True)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 400])
def test_lines_keep_to_the_width(snapshot, titles, width):
    for line in check_text(snapshot, titles=titles, width=width).splitlines():
        assert cell_len(line) <= max(40, min(width, 120)), line


def test_words_survive_wrapping(snapshot):
    narrow = re.sub(r"\s+", " ", check_text(snapshot, width=40))
    assert "The agent support decides what `command` is, and it runs in a shell with the rights of the server." in narrow


def test_a_long_path_shows_its_ends(make_draft, make_finding):
    draft = make_draft({"a.py": "".join(f"step{number}\n" for number in range(20))})
    steps = [Step("source" if n == 0 else "sink" if n == 19 else "step", draft.at("a.py", f"step{n}\n"), f"note {n}") for n in range(20)]
    text = check_text(draft.snapshot(findings=(make_finding(steps[-1].value, evidence=tuple(steps)),)))
    assert "note 0" in text
    assert "note 19" in text
    assert "note 10" not in text
    assert "13 more steps" in text


def test_a_finding_of_a_file_that_is_gone_keeps_its_name(make_draft, make_finding):
    draft = make_draft({"a.py": "run()\n"})
    finding = make_finding(draft.at("a.py", "run()"))
    snapshot = replace(draft.snapshot(findings=(finding,)), files={})
    assert "a.py" in check_text(snapshot)
