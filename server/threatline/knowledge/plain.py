"""YAML files' plain data by the digest of their text: parsing YAML is most of a cold start, and what is unchanged need not be parsed.

Data that ships with the program lies beside its rules; what was read since lies in the user's cache. Neither is trusted: it is validated
like the files themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import xxhash

SHIPPED = "plain.msgpack"


def read_all(folder: Path) -> bytes:
    """Read all YAML files of a rules folder, for shipping with it."""
    from threatline.knowledge.reading import read_yaml

    plain = Plain()
    for path in sorted(folder.rglob("*.yaml")):
        plain.read(path.read_bytes(), str(path), read_yaml)
    return plain.packed()


class Plain:
    """Plain data that is known, and the part of it that was asked for."""

    def __init__(self, *known: Path) -> None:
        self._known: dict[str, Any] = {}
        self._used: dict[str, Any] = {}
        for place in known:
            self._known.update(_read(place))

    def read(self, text: bytes, name: str, parse: Any) -> Any:
        """Give a text's data: known, or parsed now by `parse(text, name)`."""
        key = xxhash.xxh3_128_hexdigest(text)
        self._used[key] = self._known[key] if key in self._known else parse(text, name)
        return self._used[key]

    def packed(self) -> bytes:
        """Write what was asked for."""
        return msgspec.msgpack.encode(self._used)


def _read(place: Path) -> Mapping[str, Any]:
    try:
        return msgspec.msgpack.decode(place.read_bytes(), type=dict[str, Any])
    except (OSError, ValueError):
        return {}
