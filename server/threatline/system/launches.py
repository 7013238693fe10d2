"""What starts a server of others, and where it is reached: a package and whether it is pinned, an address and whether it is encrypted."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from threatline.program.constants import Unknown
from threatline.program.units import Node
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.system.calls import Reading, members_of
from threatline.system.placing import Draft, Placement
from threatline.system.relating import Related

_EXACT = re.compile(r"(?:==|@)v?\d+\.\d+[\w.+-]*$")
_COMMIT = re.compile(r"[@#][0-9a-f]{40}\b")
_RUNNERS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "npx": ((), frozenset({"-p", "--package"})),
    "bunx": ((), frozenset({"-p", "--package"})),
    "pnpx": ((), frozenset()),
    "pnpm": (("dlx",), frozenset()),
    "yarn": (("dlx",), frozenset({"-p", "--package"})),
    "uvx": ((), frozenset({"--from"})),
    "pipx": (("run",), frozenset({"--spec"})),
    "docker": (("run",), frozenset()),
    "podman": (("run",), frozenset()),
}
"""Programs that fetch a package and run it: the words that follow, and the options that name the package."""

_BARE = frozenset("-y --yes -q --quiet -i -t -it -ti --rm --init -d --privileged --isolated --refresh".split())
_LOCAL_ONLY = frozenset({"--no-install", "--no", "--offline"})
_FLAGGED = frozenset({"npx", "bunx", "pnpx", "pnpm", "yarn"})
_VALUED = frozenset({"-c", "--call", "--registry", "--cache", "--userconfig", "-w", "--workspace"})
_CONTAINERS = frozenset({"docker", "podman"})


class Launch(NamedTuple):
    """A package (or image) that is fetched and run, and whether one version of it is named."""

    package: str
    pinned: bool


def tell_launches(reading: Reading, placement: Placement) -> None:
    """Set `package` and `pinned` where a server is launched, and `cleartext` where one is reached by plain HTTP over a network."""
    words: dict[int, tuple[Draft, list[str]]] = {}
    for port in placement.ports:
        if port.draft is None or port.name not in {"server.launch", "http.url"}:
            continue
        if port.name == "server.launch":
            _, said = words.setdefault(id(port.draft), (port.draft, []))
            said += _texts(reading, port.node)
        elif port.draft.kind in {"mcp-remote", "mcp-config", "mcp-client", "remote-agent"}:
            url = reading.constants.of(port.node)
            if isinstance(url, str) and is_cleartext(url):
                port.draft.attributes["cleartext"] = True
    for draft, said in words.values():
        launch = launch_of(said)
        if launch is not None:
            draft.attributes.update(package=launch.package[:80], pinned=launch.pinned)


def _texts(reading: Reading, node: Node) -> list[str]:
    values = members_of(reading, node) or [node]
    found = [reading.constants.of(value) for value in values]
    return ["" if isinstance(value, Unknown) else str(value) for value in found]


def launch_of(words: list[str]) -> Launch | None:
    """Read a command line; None where it fetches nothing."""
    words = [word for word in words if word]
    if words[:1] and _program(words[0]) == "cmd" and words[1:2] in (["/c"], ["/C"]):
        words = words[2:]
    if len(words) == 1 and " " in words[0]:
        words = words[0].split()
    if not words or _program(words[0]) not in _RUNNERS:
        return None
    program = _program(words[0])
    verbs, naming = _RUNNERS[program]
    rest = words[1:]
    if tuple(rest[: len(verbs)]) != verbs or _LOCAL_ONLY & set(rest):
        return None
    package = _package(rest[len(verbs) :], naming, program in _FLAGGED)
    if not package or package.startswith((".", "/", "~", "$", "%")) or "${" in package or "<" in package:
        return None
    return Launch(package, _is_pinned(package, program in _CONTAINERS))


def _program(word: str) -> str:
    return word.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".cmd").removesuffix(".exe")


def _package(words: list[str], naming: frozenset[str], flagged: bool) -> str:
    """Find the package among the words behind the program: an option's value, else the first word that is none.

    `flagged` programs have few options that take a word of their own.
    """
    index = 0
    while index < len(words):
        word = words[index]
        option, equals, value = word.partition("=")
        if option in naming:
            return value if equals else words[index + 1] if index + 1 < len(words) else ""
        if not word.startswith("-"):
            return word
        index += 1 if equals or word in _BARE or (flagged and word not in _VALUED) else 2
    return ""


def _is_pinned(package: str, is_image: bool) -> bool:
    if is_image:
        tag = package.rpartition("/")[2].partition(":")[2]
        return "@sha256:" in package or (bool(tag) and tag not in {"latest", "main", "nightly", "edge", "stable"})
    return bool(_EXACT.search(package) or _COMMIT.search(package))


def is_cleartext(url: str) -> bool:
    """Tell whether an address is plain HTTP to a host that is neither this machine nor a name of a private container network."""
    if not url.lower().startswith(("http://", "ws://")):
        return False
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if not host or "$" in host or "{" in host or host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".svc")):
        return False
    try:
        return not (ipaddress.ip_address(host).is_loopback or host in {"0.0.0.0", "::"})  # noqa: S104 - compared, not bound
    except ValueError:
        # One word alone is a service's name inside a container network.
        return "." in host


def relate_launches(reading: Reading, placement: Placement) -> list[Related]:
    """Relate configured launches to the own servers that they start: by a file, or the module behind `-m`, on the command line."""
    servers = [draft for draft in placement.drafts if draft.kind == "mcp-server" and draft.node[0].language not in DOCUMENT_LANGUAGES]
    found: list[Related] = []
    for port in placement.ports if servers else ():
        launcher = port.draft
        if port.name != "server.launch" or launcher is None or launcher.kind != "mcp-config":
            continue
        named = {file for word in _texts(reading, port.node) for file in _own_files(reading, port.node[0].file, word)}
        for server in servers:
            if server.node[0].file in named and all((launcher, server) != (one.source, one.target) for one in found):
                found.append(Related(launcher, "calls", server, port.node))
    return found


def _own_files(reading: Reading, here: str, word: str) -> list[str]:
    """List the files of the workspace that a word of a command line may name: a path beside the file or under the root, or a module."""
    path = word.replace("\\", "/").replace("${workspaceFolder}/", "").replace("${CLAUDE_PROJECT_DIR}/", "")
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
    found = [file for file in (beside, posixpath.normpath(path)) if (file, "") in reading.program.units]
    if not found and re.fullmatch(r"[A-Za-z_][\w.]*", word):
        modules = (reading.program.modules.find(word, here), reading.program.modules.find(f"{word}.__main__", here))
        found = [file for file in modules if file is not None]
    return found
