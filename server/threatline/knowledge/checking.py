"""One file of a rules folder checked as it is being written: all of its faults, each with its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath

from threatline.errors import KnowledgeError
from threatline.knowledge.folders import KnowledgeFile
from threatline.knowledge.model import Knowledge, KnowledgeProblem

_PLACES = frozenset({"threats", "catalog", "controls", "frameworks"})


def name_in_rules(path: PurePath) -> str | None:
    """Return a YAML file's name below its rules folder, with `/`; None for a file that lies in none."""
    parts = path.parts
    for at in range(len(parts) - 2, 0, -1):
        if parts[at] in _PLACES and parts[at - 1] in {"rules", "_rules"} and path.suffix == ".yaml":
            return "/".join(parts[at:])
    return None


def check_file(path: Path, text: bytes, knowledge: Knowledge) -> list[KnowledgeProblem]:
    """List the faults of a file's text. Words that other files must define are looked up in `knowledge`."""
    name = name_in_rules(path)
    if name is None:
        return []
    # Validators take a tenth of a second to build: only those who write rules pay for it.
    from threatline.knowledge.parsing import parse_one
    from threatline.knowledge.reading import line_of
    from threatline.knowledge.references import Reference, references_of, unknown_in

    def valid(reference: Reference) -> set[str]:
        return set(_defined(knowledge, reference.what, reference.within))

    file = KnowledgeFile(path.parent, name, path, text)
    try:
        model = parse_one(file)
    except KnowledgeError as error:
        return [KnowledgeProblem(str(path), error.line, error.message)]
    wrong = unknown_in(references_of(model), valid)
    return [KnowledgeProblem(str(path), line_of(text, reference.path), message) for reference, message in wrong]


def _defined(knowledge: Knowledge, what: str, within: str) -> Iterator[str]:
    match what:
        case "detector":
            yield from knowledge.detectors
            yield from (detector.group for detector in knowledge.detectors.values())
        case "id":
            framework = knowledge.frameworks.get(within)
            yield from framework.entries if framework else ()
        case "threat":
            yield from knowledge.threats
        case "control":
            yield from knowledge.controls
        case "framework":
            yield from knowledge.frameworks
