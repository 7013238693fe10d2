"""Read the rules once, when the wheel is built, so that a first start need not parse a megabyte of YAML."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadRules(BuildHookInterface):
    """Put the rules' plain data beside them in the wheel. Rules that were changed later are read anew: the data goes by their digests."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file to a wheel; an editable install reads the rules themselves."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "server"))
        from threatline.knowledge.plain import SHIPPED, read_all

        made = Path(tempfile.mkdtemp()) / SHIPPED
        made.write_bytes(read_all(root / "rules"))
        build_data["force_include"][str(made)] = f"threatline/_rules/{SHIPPED}"
