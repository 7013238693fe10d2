"""What the tests of the VS Code client need: the client's packages, the packaged extension, and VS Code itself."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
CLIENT = REPOSITORY / "client-vscode"
EDITOR = Path(__file__).with_name("editor")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        pytest.skip("Node 20 or newer with npm is not installed (apt install nodejs npm)")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < 20:
        pytest.skip(f"Node {version} is too old: the client is built with Node 20 or newer")
    return found


@pytest.fixture(scope="session")
def client(node: str) -> Path:
    """The client's folder with its packages installed."""
    assert node
    with locked("client"):
        made = subprocess.run(["make", "-s", "client-packages"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if made.returncode and unreachable(made.stdout + made.stderr):
        pytest.skip("the client's packages cannot be fetched: the npm registry does not answer")
    assert made.returncode == 0, made.stdout + made.stderr
    return CLIENT


@pytest.fixture(scope="session")
def vsix(client: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the extension as `make vsix` packages it: another process of the tests may be packaging it anew."""
    with locked("client"):
        made = subprocess.run(["make", "-s", "vsix"], cwd=client.parent, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stdout + made.stderr
        return Path(shutil.copy(next((REPOSITORY / "build").glob("threatline-*.vsix")), tmp_path_factory.mktemp("vsix")))


@pytest.fixture(scope="session")
def vscode(node: str) -> dict[str, str]:
    """VS Code as a program for a browser: the Node to start it with, and its entry."""
    browser = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if browser is None:
        pytest.skip("Chromium is not installed (apt install chromium)")
    home = cache() / f"vscode-{digest(EDITOR / 'package-lock.json')}"
    with locked("vscode"):
        if not (home / "whole").exists():
            install(home)
    own = next(home.glob("node_modules/node-linux-*/bin/node"), None)
    if own is None and not version_of(node).startswith("v24."):
        pytest.skip("code-server wants Node 24, and npm has none for this machine")
    return {"node": str(own or node), "entry": str(home / "node_modules" / "code-server" / "out" / "node" / "entry.js"), "browser": browser}


def install(home: Path) -> None:
    """Install code-server from npm, as its lock file says. Nothing is compiled: what needs that is not needed here."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(EDITOR / name, home)
    server = home / "node_modules" / "code-server" / "lib" / "vscode"
    # The inner ones carry locks of their own, which miss a package that `ci` asks for.
    for folder, how in ((home, "ci"), (server, "install"), (server / "extensions", "install")):
        words = ["npm", how, "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
        made = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        if made.returncode and unreachable(made.stderr):
            pytest.skip("VS Code (code-server) cannot be fetched: the npm registry does not answer")
        assert made.returncode == 0, made.stderr
    (home / "whole").touch()


@pytest.fixture(scope="session")
def play(client: Path, vsix: Path, vscode: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Any]]:
    """Play a story of `editor/stories.mjs` in the real editor; returns what was seen."""

    def tell(story: str) -> dict[str, Any]:
        home = tmp_path_factory.mktemp(story)
        pictures = REPOSITORY / "build" / "screenshots" / "vscode"
        pictures.mkdir(parents=True, exist_ok=True)
        result = home / "seen.json"
        places = {"vsix": vsix, "client": client, "home": home, "pictures": pictures, "fixtures": REPOSITORY / "fixtures"}
        places["cache"] = home.parent / "cache"
        told = {**vscode, **{name: str(place) for name, place in places.items()}, "interpreter": sys.executable}
        began = time.monotonic()
        done = subprocess.run(
            [shutil.which("node") or "node", str(EDITOR / "play.mjs"), story, json.dumps(told), str(result)],
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        seen: dict[str, Any] = json.loads(result.read_text())
        seen["seconds"] = time.monotonic() - began
        return seen

    return tell


def cache() -> Path:
    """The folder for what is too large to fetch each time; outside of the repository."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    made = Path(os.environ.get("THREATLINE_TEST_CACHE") or Path(base) / "threatline-tests")
    made.mkdir(parents=True, exist_ok=True)
    return made


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process of the tests in at a time."""
    with (cache() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def version_of(node: str) -> str:
    return subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()


def unreachable(said: str) -> bool:
    return any(word in said for word in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH"))
