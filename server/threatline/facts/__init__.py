"""What files say in their own words: extractors for each language, one model for all."""

from threatline.facts.encoding import decode, decode_parts, encode, encode_facts
from threatline.facts.extraction import EXTRACTOR_VERSION, extract, extract_file

__all__ = ["EXTRACTOR_VERSION", "decode", "decode_parts", "encode", "encode_facts", "extract", "extract_file"]
