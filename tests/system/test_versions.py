"""Which defaults of a library a workspace can count on."""

from __future__ import annotations

from pathlib import Path

import pytest

from threatline.analysis.workspace import Workspace
from threatline.knowledge.loading import load_knowledge

LOADING = """
import io

import torch


def from_config(config):
    return torch.load(io.BytesIO(config["weights"]))
"""


@pytest.mark.parametrize(
    ("manifest", "is_reported"),
    [
        ('name = "shop"\ndependencies = ["numpy>=1.26"]', False),
        ('name = "shop"\ndependencies = ["torch>=2.1"]', True),
        ('name = "peft"\ndependencies = ["numpy>=1.26"]', True),
        ('name = "peft"\ndependencies = ["torch>=2.6"]', False),
    ],
    ids=["an application takes the latest", "an old version is allowed", "a library takes what its users have", "a library asks for it"],
)
def test_a_default_counts_where_every_version_that_may_run_has_it(tmp_path: Path, manifest: str, is_reported: bool) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[project]\n{manifest}\n")
    (tmp_path / "checkpoints.py").write_text(LOADING)
    workspace = Workspace(tmp_path, load_knowledge(), cache=False)
    findings = workspace.refresh().findings
    workspace.close()
    assert ("unsafe-model-load" in [finding.rule for finding in findings]) is is_reported
