"""Facts of configuration files: what they say, as nested collections of constants."""

from threatline.facts.documents.extractor import extract

__all__ = ["extract"]
