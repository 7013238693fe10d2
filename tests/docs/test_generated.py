"""docs/coverage.md and docs/components.md are what the rules and the golden maps give: `make docs` writes them anew."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from threatline.knowledge.folders import read_folders, shipped_folder
from threatline.knowledge.loading import load_knowledge
from threatline.report.coverage import coverage_page, standing_of
from threatline.report.kinds import WITHOUT_LIBRARY, kinds_page, standings_of

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"


@pytest.fixture(scope="module")
def knowledge():
    known = load_knowledge()
    assert known.problems == ()
    return known


@pytest.fixture(scope="module")
def catalog(knowledge):
    paths = sorted(file.name for file in read_folders([shipped_folder()]) if file.name.startswith("catalog/"))
    return dict(zip(paths, knowledge.catalog_files, strict=True))


@pytest.fixture(scope="module")
def maps():
    golden = sorted((REPOSITORY / "tests/fixtures/golden").glob("*.json"))
    return {file.stem: {one["is"].split()[0] for one in json.loads(file.read_text("utf-8"))["components"]} for file in golden}


def hold(name, text, request):
    page = DOCS / name
    if request.config.getoption("--update-golden"):
        page.write_text(text, "utf-8", newline="\n")
    assert page.read_text("utf-8") == text, "make docs, then read the difference"


def test_the_coverage_is_what_the_rules_give(knowledge, request):
    hold("coverage.md", coverage_page(knowledge), request)


def test_the_components_are_what_the_catalog_and_the_maps_give(knowledge, catalog, maps, request):
    hold("components.md", kinds_page(knowledge, catalog, maps), request)


def test_catalog_files_go_by_their_own_paths(catalog):
    assert catalog["catalog/npm/openai.yaml"].package == "openai"
    assert catalog["catalog/npm/openai.yaml"].language == "typescript"
    assert catalog["catalog/python/presidio.yaml"].package == "presidio_analyzer"


@pytest.mark.parametrize("name", ["coverage.md", "components.md"])
def test_every_rule_that_is_named_has_a_page(name):
    text = (DOCS / name).read_text("utf-8")
    linked = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", text, re.MULTILINE))
    named = set(re.findall(r"\[([\w-]+)\](?![:(])", text))
    assert len(named) > 20
    assert named <= set(linked)
    assert [target for target in linked.values() if not (DOCS / target).is_file()] == []


def test_sections_that_the_summary_links_to_are_there():
    text = (DOCS / "coverage.md").read_text("utf-8")
    linked = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(linked) > 10
    assert linked == re.findall(r'^<a id="([^"]+)"></a>$', text, re.MULTILINE)


def test_each_entry_stands_in_one_place(knowledge):
    for framework, info in knowledge.frameworks.items():
        standing = standing_of(framework, knowledge)
        placed = [name for part in (standing.ruled, standing.controlled, standing.partly, standing.gaps) for name in part]
        assert sorted(placed) == sorted(info.entries), framework


def test_kinds_made_without_a_library_are_those_of_the_system_room():
    made = set()
    for file in sorted((REPOSITORY / "server/threatline/system").glob("*.py")):
        made.update(re.findall(r'Entry\(.*component="([a-z0-9-]+)"', file.read_text("utf-8")))
    assert made == set(WITHOUT_LIBRARY)


def test_what_an_example_or_a_map_shows_is_recognized(knowledge, catalog, maps):
    standings = standings_of(knowledge, catalog, maps).values()
    shown = [one for one in standings if one.examples or one.maps]
    assert len(shown) > 70
    assert [one.kind for one in shown if not one.recognized] == []


def test_a_kind_is_told_with_all_there_is_for_it(knowledge, catalog, maps):
    agent = standings_of(knowledge, catalog, maps)["agent"]
    assert "catalog/python/crewai.yaml" in agent.makers
    assert "catalog/npm/openai_agents.yaml" in agent.examples
    assert "research-crew" in agent.maps
    assert "unbounded-agent-loop" in agent.rules
    assert "chat-endpoint" not in {kind for kind, one in standings_of(knowledge, {}, {}).items() if one.recognized}


@pytest.mark.parametrize("name", ["coverage.md", "components.md"])
def test_lines_are_short(name):
    assert [line for line in (DOCS / name).read_text("utf-8").splitlines() if len(line) > 160] == []
