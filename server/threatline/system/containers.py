"""Containers and what runs in them: an image's or service's folder joined with the components whose code lies there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from threatline.knowledge.model import Knowledge
from threatline.source.languages import DOCUMENT_LANGUAGES
from threatline.system.calls import Reading
from threatline.system.placing import Draft, Placement
from threatline.system.relating import Related

CONTAINER = "ai-container"
NOT_OF_AI = frozenset({"ordinary", "observability", "governance"})
NOT_INSIDE = frozenset({"secret-source", CONTAINER, "notebook", "evaluation-suite"})
MOST_INSIDE = 20
DEVELOPMENT = frozenset({".devcontainer", ".github", "test", "tests", "e2e"})
"""Folders whose containers are a developer's own, or a test's."""


def place_containers(reading: Reading, placement: Placement, knowledge: Knowledge) -> list[Related]:
    """Relate AI components to the containers that they run in. A container without any is an ordinary one, and leaves the map."""
    containers = [draft for draft in placement.drafts if draft.kind == CONTAINER]
    if not containers:
        return []
    inside = [draft for draft in placement.drafts if _is_of_ai(draft, knowledge)]
    programs = {posixpath.dirname(unit.file) for unit in reading.program.units.values() if unit.language not in DOCUMENT_LANGUAGES}
    found: list[Related] = []
    for container in containers:
        folder = _context(container, programs)
        held = [draft for draft in inside if folder is not None and _is_under(draft.node[0].file, folder)]
        if held:
            found += [Related(draft, "runs-in", container, container.node) for draft in _main(held)]
        else:
            placement.drafts.remove(container)
            placement.by_node.pop(container.node, None)
    return found


def _is_of_ai(draft: Draft, knowledge: Knowledge) -> bool:
    info = knowledge.components.get(draft.kind)
    unit = draft.node[0]
    return info is not None and info.group not in NOT_OF_AI and draft.kind not in NOT_INSIDE and unit.language not in DOCUMENT_LANGUAGES


def _context(container: Draft, programs: Iterable[str]) -> str | None:
    """Give the folder that a container is built from: the one that a service names, else the nearest above its file that holds programs."""
    here = posixpath.dirname(container.node[0].file)
    if DEVELOPMENT & set(here.split("/")):
        return None
    named = container.attributes.get("context")
    if isinstance(named, str) and named not in {"fixed", "dynamic"}:
        folder = posixpath.normpath(posixpath.join(here, named)) if here else posixpath.normpath(named)
        return "" if folder == "." else folder
    while here and not any(_is_under(f"{folder}/", here) for folder in programs):
        here = posixpath.dirname(here)
    return here


def _is_under(file: str, folder: str) -> bool:
    return not folder or file.startswith(f"{folder}/")


def _main(held: list[Draft]) -> list[Draft]:
    """Keep what a reader looks for in a container: servers and agents before single calls."""
    leading = [draft for draft in held if draft.kind in LEADING]
    return (leading or held)[:MOST_INSIDE]


LEADING = frozenset(
    """
        agent code-agent agent-team workflow-graph agent-runtime a2a-server mcp-server chat-endpoint chat-ui inference-api model-server
        messaging-bot rag-engine code-interpreter shell-tool
    """.split()
)


def relate_services(placement: Placement) -> list[Related]:
    """Relate stores and models that code reaches to the services that a compose file runs them in, by the product's name."""
    services = [draft for draft in placement.drafts if "product" in draft.attributes and draft.node[0].language in DOCUMENT_LANGUAGES]
    found: list[Related] = []
    for service in services:
        image = str(service.attributes["product"]).lower()
        for draft in placement.drafts:
            package = draft.match.name.partition(".")[0].removeprefix("npm:").lower()
            if draft.kind in SERVED.get(service.kind, ()) and draft is not service and _is_of(package, draft.match.name.lower(), image):
                found.append(Related(draft, "runs-in", service, service.node))
    return found


SERVED = {"vector-store": ("vector-store",), "model-server": ("local-llm-runtime", "llm-client", "hosted-llm", "embedding-model")}
PRODUCTS = ("qdrant", "chroma", "weaviate", "milvus", "pgvector", "ollama", "vllm")


def _is_of(package: str, name: str, image: str) -> bool:
    return any(product in image and (product in package or product in name) for product in PRODUCTS)
