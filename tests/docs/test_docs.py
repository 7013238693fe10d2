"""What the documentation says of the repository holds: links, pictures, commands, paths, and every key of the schemas."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from threatline.cli.main import threatline
from threatline.design import model as design_model
from threatline.design.reading import load_design
from threatline.knowledge import catalog, rule
from threatline.knowledge.loading import load_knowledge
from threatline.knowledge.pages import parse_page

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted(page for pattern in ("*.md", "docs/*.md", "client-*/README.md") for page in REPOSITORY.glob(pattern))
FENCE = re.compile(r"^(?P<marks>`{3,})(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=marks)\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def text_of(name):
    return (REPOSITORY / name).read_text(encoding="utf-8")


def fences(name, language):
    return [found["text"] for found in FENCE.finditer(text_of(name)) if found["info"].strip() == language]


def without_fences(text):
    return FENCE.sub("", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_and_pictures_exist(page):
    targets = [found["target"] for found in LINK.finditer(without_fences(page.read_text(encoding="utf-8")))]
    missing = [target for target in targets if "://" not in target and not (page.parent / target.partition("#")[0]).exists()]
    assert missing == []


def test_pictures_load_nothing_from_elsewhere():
    pictures = list((REPOSITORY / "docs/images").glob("*.svg"))
    assert pictures
    for picture in pictures:
        assert not re.search(r"(?:src|href|url\()\s*[=(]?\s*[\"']?https?:", picture.read_text(encoding="utf-8")), picture.name


def commands_in(text):
    """Find `threatline WORD …` where it is shown as a command: in a fence or between backticks."""
    shown = [found["text"] for found in FENCE.finditer(text)] + re.findall(r"`([^`\n]+)`", without_fences(text))
    for part in shown:
        for line in part.splitlines():
            found = re.match(r"\s*(?:\$ |- run: )?(?:\S*/)?threatline((?: [^\s#]+)*)", line)
            if found and found[1] and found[1].split()[0].isalpha():
                yield found[1].split()


NOT_THERE_YET = {"report", "mcp"}


def faults(words):
    """List what the command line does not know of these words."""
    command = threatline
    context = click.Context(command)
    rest = list(words)
    while isinstance(command, click.Group) and rest and rest[0].isalpha():
        found = command.get_command(context, rest[0])
        if found is None:
            return [rest[0]]
        command, rest = found, rest[1:]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help", "--version"}
    return [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options]


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "docs/rules.md", "docs/catalog.md", "docs/threatmodel.md"])
def test_commands_that_are_shown_exist(name):
    wrong = [words for words in commands_in(text_of(name)) if words[0] not in NOT_THERE_YET and faults(words)]
    assert wrong == []


def test_commands_that_are_said_to_be_missing_are_missing():
    assert [name for name in sorted(NOT_THERE_YET) if not faults([name])] == []


def test_the_readme_shows_commands():
    assert {words[0] for words in commands_in(text_of("README.md"))} >= {"check", "map", "explain", "rules", "serve"}


def test_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/accuracy.md", "docs/performance.md"):
        assert set(re.findall(r"(?:^\s*|`)make ([a-z]+)", text_of(name), re.MULTILINE)) <= targets, name


def test_modules_that_the_map_names_exist():
    named = re.findall(r"`([\w./-]+\.(?:py|yaml|json)|[\w./-]+/)`", text_of("ARCHITECTURE.md"))
    assert len(named) > 40
    roots = [REPOSITORY, REPOSITORY / "server/threatline", REPOSITORY / "rules", REPOSITORY / "fixtures/support-desk"]
    elsewhere = {"threatmodel.yaml", "ruamel.yaml", "triage.py", "api.py"}
    missing = [name for name in named if name not in elsewhere and not any((root / name).exists() for root in roots)]
    assert missing == []


def test_the_map_names_every_room():
    rooms = {path.name for path in (REPOSITORY / "server/threatline").iterdir() if (path / "__init__.py").exists()}
    table = text_of("ARCHITECTURE.md").partition("## The rooms")[2].partition("\n## ")[0]
    assert {room for room in rooms if f"| `{room}/` |" not in table} == set()


def test_the_map_tells_why_each_dependency_is_there():
    project = text_of("pyproject.toml").partition("\ndependencies = [")[2].partition("\n]")[0]
    wanted = set(re.findall(r'^\s+"([A-Za-z0-9._-]+)', project, re.MULTILINE))
    table = text_of("ARCHITECTURE.md").partition("## Dependencies")[2]
    assert {name for name in wanted if f"`{name}`" not in table} == set()


CATALOG = (catalog.CatalogFile, catalog.Entry, catalog.Place, catalog.Condition, catalog.ControlAt, catalog.Put, catalog.Provided)


@pytest.mark.parametrize("model", CATALOG)
def test_every_key_of_the_catalog_is_documented(model):
    text = text_of("docs/catalog.md")
    assert [field.alias or name for name, field in model.model_fields.items() if f"`{field.alias or name}`" not in text] == []


@pytest.mark.parametrize("model", [rule.Rule, rule.Selector, rule.Without, rule.Mitigation, rule.Leg])
def test_every_key_of_rules_is_documented(model):
    text = text_of("docs/rules.md")
    assert [field.alias or name for name, field in model.model_fields.items() if f"`{field.alias or name}`" not in text] == []


def test_every_key_of_the_design_file_is_documented():
    text = text_of("docs/threatmodel.md")
    kinds = [kind for kind in vars(design_model).values() if dataclasses.is_dataclass(kind)]
    names = {field.name.removesuffix("_") for kind in kinds for field in dataclasses.fields(kind)} - {"digest"}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_examples_of_the_catalog_page_fit_the_schema():
    blocks = [YAML(typ="safe").load(block) for block in fences("docs/catalog.md", "yaml")]
    assert len(blocks) > 5
    for block in blocks:
        catalog.CatalogFile.model_validate(block if isinstance(block, dict) else {"package": "parrot", "entries": block})


def test_examples_of_the_rules_page_fit_the_schema():
    blocks = [YAML(typ="safe").load(block) for block in fences("docs/rules.md", "yaml")]
    assert {block["sentence"] for block in blocks} == {"flow", "component", "system"}
    for block in blocks:
        rule.Rule.model_validate(block)


@pytest.mark.parametrize("name", ["README.md", "docs/threatmodel.md"])
def test_design_files_that_are_shown_can_be_read(name, tmp_path):
    (block,) = [block for block in fences(name, "yaml") if block.startswith("version:")]
    (tmp_path / "threatmodel.yaml").write_text(block, encoding="utf-8")
    knowledge = load_knowledge()
    design, problems = load_design(tmp_path, threats=knowledge.threats, controls=knowledge.controls)
    assert design.accepted_risks
    assert problems == ()


def test_the_rule_and_library_of_the_readme_work(tmp_path):
    written = fences("README.md", "yaml")
    (new_rule,) = [block for block in written if block.startswith("sentence:")]
    (new_library,) = [block for block in written if block.startswith("package:")]
    (page,) = fences("README.md", "markdown")
    pair = tmp_path / "threats/output/model-output-to-recipient"
    pair.parent.mkdir(parents=True)
    pair.with_suffix(".yaml").write_text(new_rule, encoding="utf-8")
    pair.with_suffix(".md").write_text(page, encoding="utf-8")
    (tmp_path / "catalog/python").mkdir(parents=True)
    (tmp_path / "catalog/python/parrot.yaml").write_text(new_library, encoding="utf-8")
    knowledge = load_knowledge([tmp_path])
    assert knowledge.problems == ()

    from threatline.analysis.workspace import analyze_texts

    (example,) = parse_page(page).examples
    found = analyze_texts(example.files, knowledge=knowledge)
    assert "model-output-to-recipient" in {finding.rule for finding in found.findings}
    code = (
        "import subprocess\nimport sys\n\nimport parrot\n\nclient = parrot.Client()\n\n\ndef fix(question: str) -> None:\n"
        "    command = client.ask(question, model='macaw-2')\n    subprocess.run(command, shell=True)\n\n\nfix(sys.argv[1])\n"
    )
    found = analyze_texts({"app.py": code}, knowledge=knowledge)
    assert "model-output-to-shell" in {finding.rule for finding in found.findings}
