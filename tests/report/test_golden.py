"""Each form of a report, whole. After a wanted change: `pytest tests/report --update-golden`, then read the diff."""

import re

from threatline.report.github import check_github
from threatline.report.html import map_html
from threatline.report.json import check_json, map_json
from threatline.report.map_text import map_text
from threatline.report.mermaid import map_mermaid
from threatline.report.text import check_text


def test_check_text(snapshot, titles, golden):
    golden("check.txt", check_text(snapshot, titles=titles))


def test_check_text_in_color(snapshot, titles, golden):
    golden("check-color.txt", check_text(snapshot, titles=titles, width=80, color=True))


def test_check_json(snapshot, golden):
    golden("check.json", check_json(snapshot, version="1.2.3"))


def test_check_github(snapshot, golden):
    golden("check-github.txt", check_github(snapshot))


def test_map_text(snapshot, titles, golden):
    golden("map.txt", map_text(snapshot, titles=titles))


def test_map_json(snapshot, golden):
    golden("map.json", map_json(snapshot))


def test_map_mermaid(snapshot, titles, golden):
    golden("map.mmd", map_mermaid(snapshot, titles=titles))


def test_map_html(snapshot, titles, golden):
    page = map_html(snapshot, titles=titles).decode()
    # The view is the same in every page, and has tests of its own.
    page = re.sub(r"<(script|style)>.*?</\1>", r"<\1>…</\1>", page, flags=re.DOTALL)
    golden("map.html", re.sub(r"sha256-[\w+/=]+", "sha256-…", page))
