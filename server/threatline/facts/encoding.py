"""Facts as bytes, for the cache and between processes."""

from __future__ import annotations

import msgspec

from threatline.facts.model import Extraction, FileFacts, SpanTable


class _Stored(msgspec.Struct, array_like=True):
    """An Extraction as it is written: each span table entry is start, length, start, length, …, starts relative to the last."""

    facts: msgspec.Raw
    spans: dict[str, list[int]]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Stored)
_FACTS_DECODER = msgspec.msgpack.Decoder(FileFacts)


def encode_facts(facts: FileFacts) -> bytes:
    """Write facts alone, as msgpack: what a file says, wherever it says it."""
    return _ENCODER.encode(facts)


def encode(extraction: Extraction, facts: bytes | None = None) -> bytes:
    """Write an extraction as msgpack. `facts` spares the work where `encode_facts` has written them already."""
    said = encode_facts(extraction.facts) if facts is None else facts
    return _ENCODER.encode(_Stored(msgspec.Raw(said), {path: _flat(spans) for path, spans in extraction.spans.items()}))


def decode(data: bytes) -> Extraction:
    """Read what `encode` wrote. Raises msgspec.DecodeError (ValidationError among them) for anything else."""
    return decode_parts(data)[0]


def decode_parts(data: bytes) -> tuple[Extraction, bytes]:
    """Read what `encode` wrote, and give the bytes of the facts beside it. Raises as `decode` does."""
    stored = _DECODER.decode(data)
    spans: SpanTable = {path: _pairs(numbers) for path, numbers in stored.spans.items()}
    return Extraction(_FACTS_DECODER.decode(stored.facts), spans), bytes(stored.facts)


def _flat(spans: list[tuple[int, int]]) -> list[int]:
    numbers: list[int] = []
    last = 0
    for start, end in spans:
        numbers += (start - last, end - start)
        last = start
    return numbers


def _pairs(numbers: list[int]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    place = 0
    for delta, length in zip(numbers[::2], numbers[1::2], strict=True):
        place += delta
        pairs.append((place, place + length))
    return pairs
