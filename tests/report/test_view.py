"""The system map view that ships in the wheel is what `client-map/` builds, and its own tests pass."""

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from threatline.analysis.workspace import Workspace
from threatline.report.html import map_html
from threatline.report.json import map_json

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "client-map"
BUILT = ROOT / "server" / "threatline" / "report" / "view"


def test_the_view_was_built_from_these_sources():
    names = [*sorted(f"src/{path.name}" for path in (SOURCE / "src").iterdir()), "build.mjs", "package-lock.json"]
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (SOURCE / name).read_bytes() + b"\0")
    first = (BUILT / "system-map.js").read_text("utf-8").partition("\n")[0]
    assert f"sources sha256:{digest.hexdigest()}" in first, "the sources have changed: make map-view"


def test_licences_of_what_is_in_it_are_told():
    notices = (BUILT / "NOTICES.txt").read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in (SOURCE / "src").glob("*.ts"))
    wanted = set(re.findall(r"from '((?:@[\w-]+/)?[\w-]+)(?:/[^']*)?'", sources))
    assert wanted >= {"elkjs", "d3-zoom", "lucide"}
    assert all(re.search(rf"^{name} \d", notices, re.MULTILINE) for name in wanted)


def test_no_text_ever_becomes_markup():
    for path in (SOURCE / "src").glob("*.ts"):
        markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.html\(|DOMParser|\beval\b"
        assert not re.search(markup, path.read_text("utf-8")), path


def test_the_lock_file_names_no_registry():
    assert '"resolved"' not in (SOURCE / "package-lock.json").read_text("utf-8")


@pytest.fixture
def node():
    program = shutil.which("node")
    if program is None:
        pytest.skip("Node.js is not installed")
    if not (SOURCE / "node_modules" / "esbuild").is_dir():
        pytest.skip("client-map/node_modules is missing: npm ci in client-map/ (make test does so where npm is installed)")
    return program


def run(*command, **environment):
    return subprocess.run(command, cwd=SOURCE, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False)


def test_building_again_gives_the_same_bytes(node):
    done = run(node, "build.mjs", "--check")
    assert done.returncode == 0, done.stderr


def test_its_types_hold(node):
    done = run(node, "node_modules/typescript/bin/tsc", "--noEmit")
    assert done.returncode == 0, done.stdout


def test_its_own_tests_pass(node):
    done = run(node, "build.mjs", "--tests")
    assert done.returncode == 0, done.stderr
    done = run(node, "--test", *sorted(str(path) for path in (SOURCE / "build" / "tests").glob("*.mjs")))
    assert done.returncode == 0, done.stdout


@pytest.fixture
def chromium():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    if not (SOURCE / "node_modules" / "playwright-core").is_dir():
        pytest.skip("client-map/node_modules has no playwright-core: npm ci in client-map/")
    return program


def test_it_is_drawn_and_driven_in_a_browser(node, chromium, tmp_path):
    desk = ROOT / "fixtures" / "support-desk"
    snapshot = replace(Workspace(desk, cache=False).refresh(), root="fixtures/support-desk")
    (tmp_path / "map.html").write_bytes(map_html(snapshot))
    (tmp_path / "map.json").write_bytes(map_json(snapshot))
    shots = ROOT / "build" / "view"
    shots.mkdir(parents=True, exist_ok=True)
    done = run(node, "tests/browser.mjs", str(tmp_path / "map.html"), str(tmp_path / "map.json"), str(shots), CHROMIUM=chromium)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok ") > 10
