"""A written-down secret replaced by a read of the environment."""

from __future__ import annotations

import re

from tree_sitter import Node

from threatline.fixes.locate import text_of
from threatline.knowledge.catalog import Put
from threatline.syntax import SyntaxTree

_BY_SHAPE = (
    ("sk-ant-", "ANTHROPIC_API_KEY"),
    ("sk-or-", "OPENROUTER_API_KEY"),
    ("sk-", "OPENAI_API_KEY"),
    ("hf_", "HF_TOKEN"),
    ("AIza", "GOOGLE_API_KEY"),
    ("gsk_", "GROQ_API_KEY"),
    ("xai-", "XAI_API_KEY"),
    ("tvly-", "TAVILY_API_KEY"),
    ("pcsk_", "PINECONE_API_KEY"),
    ("pplx-", "PERPLEXITY_API_KEY"),
    ("nvapi-", "NVIDIA_API_KEY"),
    ("ghp_", "GITHUB_TOKEN"),
    ("github_pat_", "GITHUB_TOKEN"),
    ("glpat-", "GITLAB_TOKEN"),
    ("xoxb-", "SLACK_BOT_TOKEN"),
    ("AKIA", "AWS_ACCESS_KEY_ID"),
    ("r8_", "REPLICATE_API_TOKEN"),
    ("lsv2_", "LANGSMITH_API_KEY"),
)
"""The variables that the providers' own clients read, by how their keys begin."""


def from_environment(tree: SyntaxTree, secret: Node) -> Put | None:
    """Say how a string that holds a secret is read from the environment; None where no variable's name suggests itself."""
    if secret.type != "string":
        return None
    text = text_of(tree, secret).lstrip("rRbBuUfF").strip("\"'")
    name = next((name for start, name in _BY_SHAPE if text.startswith(start)), "") or _own_name(tree, secret)
    if not name:
        return None
    if tree.source.language == "python":
        return Put(value=f'os.environ["{name}"]', import_="import os")
    # A variable that may be missing is no string: where the code says that it is one, it gets one.
    typed = secret.parent is not None and secret.parent.child_by_field_name("type") is not None
    return Put(value=f'process.env.{name} ?? ""' if typed else f"process.env.{name}")


def _own_name(tree: SyntaxTree, secret: Node) -> str:
    """Return the name that a secret is given in the code, as variables of the environment are spelled."""
    around = secret.parent
    if around is None:
        return ""
    field = {
        "assignment": "left",
        "keyword_argument": "name",
        "pair": "key",
        "default_parameter": "name",
        "variable_declarator": "name",
        "assignment_expression": "left",
    }.get(around.type)
    named = around.child_by_field_name(field) if field else None
    words = re.findall(r"[A-Za-z0-9]+", text_of(tree, named).rpartition(".")[2]) if named is not None else []
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", "_".join(words)).upper()
