"""A configuration file → its facts. Any bytes give facts; what cannot be read is left out and counted."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from threatline.facts.builder import Builder, count_errors
from threatline.facts.directives import directives, line_directives
from threatline.facts.documents.dockerfile import read_dockerfile
from threatline.facts.documents.environment import read_env
from threatline.facts.documents.json import read_json
from threatline.facts.documents.markdown import read_markdown
from threatline.facts.documents.toml import read_toml
from threatline.facts.documents.values import Written
from threatline.facts.documents.writing import Writer
from threatline.facts.documents.yaml import read_yaml
from threatline.facts.model import Bind, Directive, Extraction
from threatline.source.file import SourceFile
from threatline.syntax import parse

DOCUMENT = "document"
"""What the value of a whole file is bound to."""

_BY_TREE: dict[str, Callable[[Node, bytes], Written | None]] = {"json": read_json, "yaml": read_yaml, "toml": read_toml}
_BY_LINES: dict[str, Callable[[bytes], Written]] = {"dockerfile": read_dockerfile, "env": read_env, "markdown": read_markdown}


def extract(source: SourceFile) -> Extraction:
    """Extract the facts of a configuration file."""
    builder = Builder(source.text)
    errors = 0
    comments: list[tuple[Directive, tuple[int, int]]] = []
    if source.language in _BY_TREE:
        tree = parse(source)
        root, comments = tree.tree.root_node, directives(tree, builder)
        value = _BY_TREE[source.language](root, source.text)
        errors = count_errors(root) if value is None else 0
    else:
        value = _BY_LINES[source.language](source.text)
        # What an instruction file says in comments is what it must not be able to silence.
        comments = line_directives(source.text) if source.language != "markdown" else []
    if value is not None:
        span = (0, max(source.text.find(b"\n"), 0) or len(source.text))
        ordinal = Writer(builder).write(value, span)
        builder.add_at(Bind(DOCUMENT, ordinal), span)
    return builder.finish(source.language, -1, comments, errors)
