"""TypeScript and JavaScript: syntax tree to facts."""

from threatline.facts.typescript.extractor import extract

__all__ = ["extract"]
