"""`python -m threatline`: the same as the `threatline` command."""

from __future__ import annotations

import sys

if not sys.flags.safe_path:
    # Python put the current folder on the path; a workspace must not be able to slip a module of its own in.
    del sys.path[0]

from threatline.cli.main import main

if __name__ == "__main__":
    main()
