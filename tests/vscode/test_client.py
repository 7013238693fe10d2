"""The client without an editor: its own unit tests, its types, and what is packaged."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from dataclasses import fields
from pathlib import Path

from threatline import __version__
from threatline.lsp.capabilities import COMMANDS
from threatline.lsp.configuration import LEVEL_OF, Settings
from threatline.vocabulary import SEVERITIES

CLIENT = Path(__file__).parents[2] / "client-vscode"
MANIFEST = json.loads((CLIENT / "package.json").read_text())
PROPERTIES = MANIFEST["contributes"]["configuration"]["properties"]


def test_the_clients_own_tests_pass(client: Path) -> None:
    ran = subprocess.run(["npm", "test", "--silent"], cwd=client, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert re.search(r"pass [1-9]", ran.stdout)


def test_the_server_has_every_setting_with_the_same_default() -> None:
    for field in fields(Settings):
        assert f"threatline.{field.name}" in PROPERTIES
        default = PROPERTIES[f"threatline.{field.name}"]["default"]
        assert default == (dict(LEVEL_OF) if field.name == "severityMapping" else field.default)
    assert PROPERTIES["threatline.minimumSeverity"]["enum"] == list(SEVERITIES)


def test_a_workspace_cannot_choose_the_interpreter() -> None:
    assert PROPERTIES["threatline.interpreter"]["scope"] == "machine"
    assert "threatline.interpreter" in MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]


def test_no_command_takes_a_name_of_the_servers() -> None:
    own = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    assert own.isdisjoint(COMMANDS)
    assert all(name.startswith("threatline.") for name in own)


def test_the_page_tells_every_setting_and_command() -> None:
    page = (CLIENT / "README.md").read_text()
    assert [name for name in PROPERTIES if f"`{name}`" not in page] == []
    hidden = {"threatline.showInMap", "threatline.menu"}
    titles = [command["title"] for command in MANIFEST["contributes"]["commands"] if command["command"] not in hidden]
    assert [title for title in titles if title not in page] == []


def test_versions_are_one() -> None:
    assert MANIFEST["version"] == __version__


def test_the_locks_name_no_registry() -> None:
    for lock in (CLIENT / "package-lock.json", Path(__file__).with_name("editor") / "package-lock.json"):
        assert '"resolved"' not in lock.read_text()


def test_the_package_carries_the_server_the_map_and_nothing_else(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as packed:
        names = {name.removeprefix("extension/") for name in packed.namelist() if name.startswith("extension/")}
        requirements = packed.read("extension/server/requirements.txt").decode()
        view = packed.read("extension/dist/view/system-map.js")
    assert f"server/threatline-{__version__}-py3-none-any.whl" in names
    assert {"dist/extension.js", "dist/NOTICES.txt", "dist/view/system-map.css", "dist/view/NOTICES.txt"} <= names
    assert not any(name.startswith(("src/", "test/", "node_modules/", "scripts/")) for name in names)
    assert view == (CLIENT.parent / "server" / "threatline" / "report" / "view" / "system-map.js").read_bytes()
    pinned = [line for line in requirements.splitlines() if line and not line.startswith(" ")]
    assert all("==" in line for line in pinned)
    assert requirements.count("--hash=") >= len(pinned)
    assert "http" not in requirements
