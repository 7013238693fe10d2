"""Facts of notebooks: their Python cells in order, as one module."""

from threatline.facts.notebook.extractor import extract

__all__ = ["extract"]
