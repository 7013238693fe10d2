"""Python: syntax tree to facts."""

from threatline.facts.python.extractor import extract

__all__ = ["extract"]
