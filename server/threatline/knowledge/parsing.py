"""Rules folders' files → models: each file by the place it lies in, then every reference between them.

A file that is wrong becomes a problem with its line and the nearest valid word; the others stay good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from threatline.errors import KnowledgeError
from threatline.knowledge.catalog import CatalogFile
from threatline.knowledge.folders import KnowledgeFile
from threatline.knowledge.model import Knowledge, KnowledgeProblem
from threatline.knowledge.ontology import ControlsFile, DetectorsFile, FrameworkInfo, KindsFile, ThreatsFile
from threatline.knowledge.reading import line_of, read_yaml
from threatline.knowledge.references import Reference, references_of, unknown_in
from threatline.knowledge.rule import Rule

Model = TypeVar("Model", bound=BaseModel)


_ROOTS = {"component kind": "components", "detector": "detectors", "control": "controls", "threat": "threats"}


class Parsed(NamedTuple):
    """A file and the model it gave."""

    file: KnowledgeFile
    model: BaseModel


def parse_files(files: Sequence[KnowledgeFile], digest: str, read: Callable[[bytes, str], Any] = read_yaml) -> Knowledge:
    """Parse all files of rules folders and check what they say of each other."""
    problems: list[KnowledgeProblem] = []
    parsed: list[Parsed] = []
    for file in files:
        try:
            parsed.append(Parsed(file, _parse(file, read)))
        except KnowledgeError as error:
            problems.append(KnowledgeProblem(error.file, error.line, error.message))
    words = _Words(parsed, problems)
    good = [one for one in parsed if not _report_unknown(one, words, problems)]
    return _joined(good, words, digest, problems)


def parse_one(file: KnowledgeFile) -> BaseModel:
    """Parse one file by the place it lies in. Raises KnowledgeError for its first fault."""
    return _parse(file, read_yaml)


def _parse(file: KnowledgeFile, read: Callable[[bytes, str], Any]) -> BaseModel:
    data = read(file.text, str(file.path))
    match PurePosixPath(file.name).parts:
        case ("components.yaml",):
            return _validated(KindsFile, file, data)
        case ("detectors.yaml",):
            return _validated(DetectorsFile, file, data)
        case ("ontology", "threats.yaml"):
            return _validated(ThreatsFile, file, data)
        case ("controls", _):
            return _validated(ControlsFile, file, data)
        case ("frameworks", _):
            return _validated(FrameworkInfo, file, data)
        case ("catalog", *_):
            return _validated(CatalogFile, file, data)
        case ("threats", theme, stem):
            rule = _validated(Rule, file, data)
            return rule.model_copy(update={"id": stem.removesuffix(".yaml"), "theme": theme})
    raise KnowledgeError(str(file.path), 0, "nothing lies here: rules are in threats/<theme>/, catalog files in catalog/<language>/")


def _validated(model: type[Model], file: KnowledgeFile, data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        line = line_of(file.text, first["loc"])
        where = ".".join(str(part) for part in first["loc"])
        raise KnowledgeError(str(file.path), line, f"{where}: {first['msg']}".removeprefix(": ")) from None


class _Words:
    """The ids that files define, gathered over all folders; an id defined twice is a problem."""

    def __init__(self, parsed: Sequence[Parsed], problems: list[KnowledgeProblem]) -> None:
        self.problems = problems
        self.by_kind: dict[str, dict[str, Any]] = {what: {} for what in (*_ROOTS, "framework", "rule")}
        for file, model in parsed:
            for what, key, value in _definitions(file, model):
                self._define(what, key, value, file)

    def _define(self, what: str, key: str, value: Any, file: KnowledgeFile) -> None:
        if key in self.by_kind[what]:
            line = line_of(file.text, (_ROOTS.get(what, ""), key))
            self.problems.append(KnowledgeProblem(str(file.path), line, f"{what} {key!r} is defined twice"))
        else:
            self.by_kind[what][key] = value

    def valid(self, reference: Reference) -> set[str]:
        """List the words that may stand where this reference stands."""
        if reference.what == "detector":
            detectors = self.by_kind["detector"]
            return {*detectors, *(detector.group for detector in detectors.values())}
        if reference.what == "id":
            framework = self.by_kind["framework"].get(reference.within)
            return set(framework.entries) if framework else set()
        return set(self.by_kind[reference.what])


def _definitions(file: KnowledgeFile, model: BaseModel) -> list[tuple[str, str, Any]]:
    match model:
        case KindsFile():
            return [("component kind", key, value) for key, value in model.components.items()]
        case DetectorsFile():
            return [("detector", key, value) for key, value in model.detectors.items()]
        case ControlsFile():
            return [("control", key, value) for key, value in model.controls.items()]
        case ThreatsFile():
            return [("threat", key, value) for key, value in model.threats.items()]
        case FrameworkInfo():
            return [("framework", PurePosixPath(file.name).stem, model)]
        case Rule():
            return [("rule", model.id, model)]
    return []


def _report_unknown(one: Parsed, words: _Words, problems: list[KnowledgeProblem]) -> bool:
    wrong = unknown_in(references_of(one.model), words.valid)
    for reference, message in wrong:
        problems.append(KnowledgeProblem(str(one.file.path), line_of(one.file.text, reference.path), message))
    return bool(wrong)


def _joined(good: Sequence[Parsed], words: _Words, digest: str, problems: list[KnowledgeProblem]) -> Knowledge:
    rules = {one.model.id: one for one in reversed(good) if isinstance(one.model, Rule)}
    catalog = sorted((one for one in good if isinstance(one.model, CatalogFile)), key=lambda one: (one.file.name, str(one.file.path)))
    return Knowledge(
        catalog_files=tuple(one.model for one in catalog if isinstance(one.model, CatalogFile)),
        rules=tuple(one.model for _, one in sorted(rules.items()) if isinstance(one.model, Rule)),
        controls=dict(sorted(words.by_kind["control"].items())),
        threats=dict(sorted(words.by_kind["threat"].items())),
        frameworks=dict(sorted(words.by_kind["framework"].items())),
        components=dict(sorted(words.by_kind["component kind"].items())),
        detectors=dict(sorted(words.by_kind["detector"].items())),
        pages={key: str(one.file.path.with_suffix(".md")) for key, one in sorted(rules.items())},
        digest=digest,
        problems=tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.message))),
    )
