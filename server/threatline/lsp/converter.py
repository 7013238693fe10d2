"""How messages become lsprotocol's types: as pygls does it, but a number or word that nobody knows yet is no error."""

from __future__ import annotations

import enum
from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.protocol import default_converter


def tolerant_converter() -> Converter:
    """Make a converter that lets unknown values of enumerations pass as they are.

    Editors that speak a newer protocol send such values, and a hover should not fail for a code action's new kind.
    """
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]
    for kind in vars(types).values():
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            converter.register_structure_hook(kind, _structure)
    return converter


def _structure(value: Any, kind: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        return value
