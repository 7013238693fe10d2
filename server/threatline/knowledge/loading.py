"""All knowledge at once: rules folders → `Knowledge`, checked, and kept packed in the cache for the next start."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec
import platformdirs
import xxhash

from threatline import vocabulary
from threatline.knowledge.folders import KnowledgeFile, digest_of, read_folders, shipped_folder
from threatline.knowledge.model import Knowledge
from threatline.knowledge.packing import pack, unpack

KEPT = 8
"""Entries kept in the cache: one for each set of rules in use."""


def load_knowledge(folders: Sequence[Path] = (), *, shipped: bool = True) -> Knowledge:
    """Load the shipped rules and those of further folders.

    A file that is wrong is left out and named in `problems`, and the others stay good. Raises KnowledgeError only where a folder cannot
    be read at all.
    """
    files = read_folders([shipped_folder(), *folders] if shipped else list(folders))
    digest = digest_of(files)
    place = _cache_file(files, digest)
    known = _from_cache(place)
    if known is None or known.digest != digest:
        known = _parsed_anew(files, digest)
        _write(place, pack(known))
    return known


def cache_folder() -> Path:
    """Give the folder for what can be made again: `THREATLINE_CACHE_DIR`, else the user's cache directory."""
    set_by_hand = os.environ.get("THREATLINE_CACHE_DIR")
    return Path(set_by_hand) if set_by_hand else Path(platformdirs.user_cache_dir("threatline", appauthor=False))


def _cache_file(files: Sequence[KnowledgeFile], digest: str) -> Path:
    # Paths are part of the key, because problems and pages name them.
    key = xxhash.xxh3_128_hexdigest("\n".join([digest, _schema_digest(), *(str(file.path) for file in files)]).encode())
    return cache_folder() / "knowledge" / f"{key}.msgpack"


@cache
def _schema_digest() -> str:
    """Hash the source of the models and words, so that no entry outlives the shape it was packed in."""
    here = Path(__file__).parent
    hashed = xxhash.xxh3_128()
    for source in (*sorted(here.glob("*.py")), Path(vocabulary.__file__)):
        hashed.update(source.read_bytes())
    return hashed.hexdigest()


def _from_cache(place: Path) -> Knowledge | None:
    collecting = gc.isenabled()
    gc.disable()  # A hundred thousand new objects and no garbage: looking for some doubles the time.
    try:
        known: Knowledge = unpack(place.read_bytes(), Knowledge)
    except _UNUSABLE:
        return None  # Absent, cut short or planted: made again.
    finally:
        if collecting:
            gc.enable()
    return known


_UNUSABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError)


def _parsed_anew(files: Sequence[KnowledgeFile], digest: str) -> Knowledge:
    """Parse, but take what is unchanged from what ships and from the last time: parsing YAML is slow, checking its data is not."""
    # A warm start needs none of these; the YAML parser alone takes longer to import than the packed knowledge to read.
    from threatline.knowledge.parsing import parse_files
    from threatline.knowledge.plain import SHIPPED, Plain
    from threatline.knowledge.reading import read_yaml

    place = cache_folder() / "knowledge" / SHIPPED
    plain = Plain(*sorted({file.folder / SHIPPED for file in files}), place)
    known = parse_files(files, digest, lambda text, name: plain.read(text, name, read_yaml))
    _write(place, plain.packed())
    return known


def _write(place: Path, data: bytes) -> None:
    import tempfile

    # A full or read-only disk is no error: the next start is slower, that is all.
    with contextlib.suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(place)
        _drop_old(place.parent)


def _drop_old(folder: Path) -> None:
    for entry in sorted(folder.glob("*.msgpack"), key=lambda entry: entry.stat().st_mtime)[:-KEPT]:
        entry.unlink(missing_ok=True)
