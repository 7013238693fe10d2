"""What may stand where in design and rule files: the schemas, walked by a path, and the words that other files define."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal

from threatline import vocabulary
from threatline.knowledge.folders import shipped_folder
from threatline.knowledge.model import Knowledge

Form = Literal["design", "rule", "catalog"]
Path = tuple[str | int, ...]
Schema = Mapping[str, Any]

_KEYS_OF = {
    "ports": "port from to fed_by reaches ports",
    "kinds": "kind component",
    "zones": "zone",
    "capabilities": "capability lacks_capability capabilities",
    "data": "receives data",
    "threats": "threat",
    "controls": "control without any all compensating require_control provides",
    "detectors": "detects",
    "relations": "relations inverse_relations holds held_by",
    "frameworks": "maps_to",
}
_WORDS_AT = {key: words for words, keys in _KEYS_OF.items() for key in keys.split()}


@cache
def schema_of(form: Form) -> Schema:
    """Return the JSON schema of a form."""
    if form == "design":
        found: Schema = json.loads((shipped_folder() / "threatmodel.schema.json").read_bytes())
        return found
    from threatline.knowledge.catalog import CatalogFile
    from threatline.knowledge.rule import Rule

    return (Rule if form == "rule" else CatalogFile).model_json_schema()


def keys_at(form: Form, path: Path, knowledge: Knowledge | None = None) -> dict[str, str]:
    """List the keys that may stand at a path, with what is known of each; those that are words of `knowledge` too where it is given."""
    found: dict[str, str] = {}
    schemas = _at(form, path)
    if form != "design":  # in rule files one may stand for a list of one
        schemas += [option for schema in schemas for option in _options(form, schema.get("items", {}))]
    for schema in schemas:
        if knowledge is not None and isinstance(schema.get("additionalProperties"), Mapping):
            found.update(_defined(form, path, knowledge))
        for name, value in schema.get("properties", {}).items():
            if not (form == "rule" and path == () and name in {"id", "theme"}):  # the loader's own: a file's place says both
                found.setdefault(name, _about(form, value))
    return found


def words_at(form: Form, path: Path, knowledge: Knowledge) -> dict[str, str]:
    """List the words that may be the value at a path, or an item of the list there, with their meanings."""
    found: dict[str, str] = {}
    for schema in _at(form, path):
        for option in (schema, *_options(form, schema.get("items", {}))):
            found.update({str(word): "" for word in option.get("enum", ())})
            if option.get("type") == "boolean":
                found.update({"true": "", "false": ""})
            if "const" in option:
                found[str(option["const"])] = ""
    return found | _defined(form, path, knowledge)


def about(form: Form, path: Path, word: str, knowledge: Knowledge) -> str:
    """Tell what is known of a word: a value by its meaning, a key by its schema; "" for nothing."""
    meaning = words_at(form, path, knowledge).get(word, "")
    if not meaning and path and path[-1] == word:
        meaning = keys_at(form, path[:-1]).get(word, "") or _defined(form, path[:-1], knowledge).get(word, "")
    return meaning


def _defined(form: Form, path: Path, knowledge: Knowledge) -> dict[str, str]:
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return {}
    if len(names) > 1 and names[-2] == "maps_to":
        framework = knowledge.frameworks.get(names[-1])
        return {name: entry.name for name, entry in framework.entries.items()} if framework else {}
    if names == ["controls", "id"] or (form == "catalog" and names[-1] == "controls"):
        return _list("controls", knowledge)
    if form == "design" and names[-1] in {"component", "from", "to", "any", "all"}:
        return {}
    return _list(_WORDS_AT.get(names[-1], ""), knowledge)


def _list(what: str, knowledge: Knowledge) -> dict[str, str]:
    match what:
        case "kinds":
            return {kind: (info.title if (info := knowledge.components.get(kind)) else "") for kind in sorted(vocabulary.COMPONENT_KINDS)}
        case "zones":
            return dict.fromkeys(sorted(vocabulary.ZONES), "")
        case "capabilities":
            return dict(vocabulary.CAPABILITIES)
        case "data":
            return dict(vocabulary.DATA_KINDS)
        case "ports":
            return {port: f"gives {kind}" if kind else "a sink" for port, kind in vocabulary.PORTS.items()}
        case "relations":
            return dict.fromkeys(vocabulary.RELATIONS, "")
        case "threats":
            return {name: f"{threat.title}. {threat.why}" for name, threat in knowledge.threats.items()}
        case "controls":
            return {name: f"{control.title}. {control.how}" for name, control in knowledge.controls.items()}
        case "detectors":
            return {name: detector.title for name, detector in knowledge.detectors.items()}
        case "frameworks":
            return {name: f"{info.title}, {info.edition}" for name, info in knowledge.frameworks.items()}
    return {}


def _at(form: Form, path: Path) -> list[Schema]:
    schemas = list(_options(form, schema_of(form)))
    for part in path:
        schemas = [option for schema in schemas for below in _below(schema, part) for option in _options(form, below)]
    return schemas


def _below(schema: Schema, part: str | int) -> Iterator[Schema]:
    if isinstance(part, int):
        if isinstance(schema.get("items"), Mapping):
            yield schema["items"]
        elif "properties" in schema:  # where one may stand for a list of one
            yield schema
    elif part in schema.get("properties", {}):
        yield schema["properties"][part]
    elif isinstance(schema.get("additionalProperties"), Mapping):
        yield schema["additionalProperties"]
    elif isinstance(schema.get("items"), Mapping) and part in schema["items"].get("properties", {}):
        yield schema["items"]["properties"][part]


def _options(form: Form, schema: Schema) -> Iterator[Schema]:
    """Follow references and alternatives."""
    if "$ref" in schema:
        yield from _options(form, schema_of(form)["$defs"][schema["$ref"].rpartition("/")[2]])
        return
    yield schema
    for option in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _options(form, option)


def _about(form: Form, schema: Schema) -> str:
    said = [str(option["description"]) for option in _options(form, schema) if option.get("description")]
    words = [str(word) for option in _options(form, schema) for word in _enumerated(option)]
    return (said[0].strip() if said else "") or (f"one of {', '.join(words)}" if words else "")


def _enumerated(schema: Schema) -> Sequence[object]:
    listed: Sequence[object] = schema.get("enum", ()) or schema.get("items", {}).get("enum", ())
    return listed
