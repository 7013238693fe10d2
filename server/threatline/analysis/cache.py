"""What was extracted from files, kept on disk between runs, by content.

Whatever goes wrong with the disk costs time and nothing else: entries that are corrupt, foreign or old are made again, and where nothing
can be written nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import diskcache
import msgspec
import platformdirs
import xxhash

ENVIRONMENT_VARIABLE: Final = "THREATLINE_CACHE_DIR"
MAX_BYTES: Final = 512 << 20
"""The most that the cache takes on disk, over all workspaces; what was written longest ago goes first."""

MAX_SHARD_BYTES: Final = 8 << 20
SHARDS: Final = 64
"""Entries are kept many to a row: 10,000 files are read three times as fast as from a row each."""

_MAGIC: Final = b"TLF1"
_HEADER: Final = len(_MAGIC) + 16
_BUSY_SECONDS: Final = 5
_MODE_RAW: Final = 1
_KNOWN_TABLES: Final = frozenset({"Cache", "Settings"})
# What the database or the file system may answer, and what diskcache makes of a strange table.
_TROUBLE: Final = (sqlite3.Error, OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError, diskcache.Timeout)

Answer = TypeVar("Answer")


class ForeignRowError(ValueError):
    """A row that this program did not write."""


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """Where the cache lies and how big it is: `shards` rows, `size` bytes of at most `limit`."""

    directory: Path
    shards: int
    size: int
    limit: int = MAX_BYTES


class RawDisk(diskcache.Disk):  # type: ignore[misc] # diskcache has no types
    """Rows hold bytes under text keys and nothing else; nothing is pickled, unpickled, or kept in files of their own."""

    def put(self, key: Any) -> tuple[str, bool]:
        """Give the key as SQLite keeps it."""
        if not isinstance(key, str):
            raise TypeError("keys are text")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """Give the key of a row, refusing pickled ones."""
        if not raw or not isinstance(key, str):
            raise ForeignRowError("a key is no text")
        return key

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, bytes]:
        """Give the columns of a row."""
        if not isinstance(value, bytes):
            raise TypeError("values are bytes")
        return 0, _MODE_RAW, None, value

    def fetch(self, mode: Any, filename: Any, value: Any, read: Any) -> bytes:
        """Give the bytes of a row, refusing pickles and files before anything looks into them."""
        if mode != _MODE_RAW or filename is not None or not isinstance(value, bytes):
            raise ForeignRowError("a row holds no plain bytes")
        return value

    def remove(self, file_path: Any) -> None:
        """Remove nothing: no row of ours has a file, and a planted one may name any."""


def cache_directory() -> Path:
    """Give the folder of the cache: what the environment names, or the user's cache folder."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(named).absolute() if named else platformdirs.user_cache_path("threatline", appauthor=False)


class FactsCache:
    """Bytes by content digest, for one `version` of what made them and one `scope` (a workspace, so that its files lie together).

    Values are opaque; a reader must still be ready for one that it cannot decode. `put` keeps a value in memory, `flush` writes. Several
    processes may use one cache. Not for several threads at once.
    """

    def __init__(self, version: str, scope: str = "", directory: Path | None = None, *, enabled: bool = True) -> None:
        self._directory = (directory or cache_directory()) / "facts"
        self._prefix = xxhash.xxh3_128_hexdigest(f"{version}\0{scope}".encode())
        self._pending: defaultdict[str, dict[str, bytes]] = defaultdict(dict)
        self._used: set[str] = set()
        self.enabled = enabled
        self._opened: diskcache.Cache | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self.close()

    def get(self, digest: str) -> bytes | None:
        """Give what is kept for one digest."""
        return self.get_many([digest]).get(digest)

    def get_many(self, digests: Iterable[str]) -> dict[str, bytes]:
        """Give what is kept for these digests, those that have something."""
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for digest in digests:
            wanted[self._key(digest)].append(digest)
        found: dict[str, bytes] = {}
        for key, some in sorted(wanted.items()):
            shard = self._read(key) | self._pending.get(key, {})
            found |= {digest: shard[digest] for digest in some if digest in shard}
        self._used.update(found)
        return found

    def put(self, digest: str, value: bytes) -> None:
        """Keep a value, from the next flush on."""
        if self.enabled:
            self._used.add(digest)
            self._pending[self._key(digest)][digest] = value

    def flush(self) -> None:
        """Write what was put, a shard at a time, beside what other processes have written meanwhile."""
        pending, self._pending = self._pending, defaultdict(dict)
        for key, entries in sorted(pending.items()):

            def merge(cache: diskcache.Cache, key: str = key, entries: dict[str, bytes] = entries) -> bool:
                with cache.transact():
                    cache.set(key, _encode(self._trim(_read_shard(cache, key) | entries)))
                return True

            # Where one shard cannot be written the others cannot either, and each would wait for it.
            if not self._ask(merge, otherwise=False):
                break

    def info(self) -> CacheInfo:
        """Tell where the cache is and what it holds, of all versions and workspaces. Makes no cache where there is none."""
        if not (self._directory / diskcache.core.DBNAME).exists():
            return CacheInfo(self._directory, 0, 0)
        shards, size = self._ask(lambda cache: (len(cache), int(cache.volume())), (0, 0))
        return CacheInfo(self._directory, shards, size)

    def clear(self) -> CacheInfo:
        """Empty the cache, of all versions and workspaces; tells what it held."""
        before = self.info()
        self._pending.clear()
        self.close()
        _remove(self._directory)
        return before

    def close(self) -> None:
        """Let go of the disk. What was put and not flushed stays in memory."""
        if self._opened is not None:
            with contextlib.suppress(*_TROUBLE):
                self._opened.close()
            self._opened = None

    def _key(self, digest: str) -> str:
        return f"{self._prefix}:{xxhash.xxh3_64_intdigest(digest.encode()) % SHARDS:02d}"

    def _read(self, key: str) -> dict[str, bytes]:
        return self._ask(lambda cache: _read_shard(cache, key), {})

    def _trim(self, shard: dict[str, bytes]) -> dict[str, bytes]:
        """Keep a shard within bounds: what this run has used first, then what was added last."""
        if sum(map(len, shard.values())) <= MAX_SHARD_BYTES:
            return shard
        kept: set[str] = set()
        size = 0
        newest_first = list(shard)[::-1]
        for digest in sorted(newest_first, key=lambda digest: digest not in self._used):
            size += len(shard[digest])
            if size > MAX_SHARD_BYTES:
                break
            kept.add(digest)
        return {digest: value for digest, value in shard.items() if digest in kept}

    def _ask(self, question: Callable[[diskcache.Cache], Answer], otherwise: Answer) -> Answer:
        """Ask the disk. A broken database is removed and asked once more, anew."""
        for _ in range(2):
            if not self.enabled:
                break
            try:
                return question(self._open())
            except diskcache.Timeout:
                return otherwise
            except sqlite3.OperationalError:
                # Locked, full or read-only: as good as no cache, and no reason to remove it.
                self.enabled = False
            except sqlite3.DatabaseError:
                self.close()
                _remove(self._directory)
            except _TROUBLE:
                self.enabled = False
        return otherwise

    def _open(self) -> diskcache.Cache:
        if self._opened is None:
            _make_private(self._directory)
            if not _is_ours(self._directory / diskcache.core.DBNAME):
                _remove(self._directory)
            self._opened = diskcache.Cache(
                str(self._directory), timeout=_BUSY_SECONDS, disk=RawDisk, size_limit=MAX_BYTES, eviction_policy="least-recently-stored"
            )
        return self._opened


def _read_shard(cache: diskcache.Cache, key: str) -> dict[str, bytes]:
    """Read a row; one that is foreign or not whole counts as empty."""
    try:
        row = cache.get(key)
    except ForeignRowError:
        return {}
    return {} if row is None else _decode(row)


def _encode(shard: dict[str, bytes]) -> bytes:
    body = msgspec.msgpack.encode(shard)
    return _MAGIC + xxhash.xxh3_128_digest(body) + body


def _decode(row: bytes) -> dict[str, bytes]:
    if row[: len(_MAGIC)] != _MAGIC or row[len(_MAGIC) : _HEADER] != xxhash.xxh3_128_digest(row[_HEADER:]):
        return {}
    try:
        return msgspec.msgpack.decode(row[_HEADER:], type=dict[str, bytes])
    except msgspec.MsgspecError:
        return {}


def _make_private(folder: Path) -> None:
    """Make a folder that only its owner may open. Raises PermissionError where it belongs to somebody else, who could plant entries."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "nt":
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to another user")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def _is_ours(database: Path) -> bool:
    """Tell whether a database, if there is one, has only tables and settings that diskcache makes: it would obey strange settings."""
    if not database.exists():
        return True
    with contextlib.closing(sqlite3.connect(database, timeout=_BUSY_SECONDS)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")}
        if not tables <= _KNOWN_TABLES:
            return False
        settings = {key for (key,) in connection.execute("SELECT key FROM Settings")} if "Settings" in tables else set()
    return settings <= {*diskcache.DEFAULT_SETTINGS, *diskcache.core.METADATA}


def _remove(folder: Path) -> None:
    """Remove the database's own files; nothing else in the folder is ours."""
    for name in _database_files():
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _database_files() -> Iterator[str]:
    return (diskcache.core.DBNAME + end for end in ("", "-wal", "-shm", "-journal"))
