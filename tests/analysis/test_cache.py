import os
import pickle
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from threatline.analysis import cache as cache_module
from threatline.analysis.cache import ENVIRONMENT_VARIABLE, FactsCache, cache_directory


def kept(directory, digest="aa11", value=b"facts", **options):
    """Keep one value and let go of the disk."""
    with FactsCache("v1", directory=directory, **options) as cache:
        cache.put(digest, value)


def database(directory):
    return directory / "facts" / "cache.db"


def look(directory, digest="aa11"):
    with FactsCache("v1", directory=directory) as cache:
        return cache.get(digest)


def test_a_value_outlives_its_process_by_content_version_and_scope(tmp_path):
    kept(tmp_path)

    assert look(tmp_path) == b"facts"
    assert look(tmp_path, "bb22") is None
    assert FactsCache("v2", directory=tmp_path).get("aa11") is None
    assert FactsCache("v1", "other", directory=tmp_path).get("aa11") is None


def test_a_value_is_there_before_it_is_written(tmp_path):
    cache = FactsCache("v1", directory=tmp_path)
    cache.put("aa11", b"facts")

    assert cache.get("aa11") == b"facts"
    assert look(tmp_path) is None


def test_many_values_are_read_at_once(tmp_path):
    values = {f"{number:032x}": str(number).encode() for number in range(1_000)}
    with FactsCache("v1", directory=tmp_path) as cache:
        for digest, value in values.items():
            cache.put(digest, value)

    with FactsCache("v1", directory=tmp_path) as cache:
        assert cache.get_many([*values, "absent"]) == values
        assert cache.info().shards == cache_module.SHARDS


def test_only_the_owner_may_look_into_the_folder(tmp_path):
    (tmp_path / "facts").mkdir(mode=0o755)
    kept(tmp_path)

    assert (tmp_path / "facts").stat().st_mode & 0o777 == 0o700


def test_the_environment_names_the_place(tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(tmp_path / "here"))

    assert cache_directory() == tmp_path / "here"
    kept(None)
    assert database(tmp_path / "here").exists()


def test_two_processes_keep_both_their_values(tmp_path):
    program = (
        "import sys; from pathlib import Path; from threatline.analysis.cache import FactsCache\n"
        "with FactsCache('v1', directory=Path(sys.argv[1])) as cache:\n"
        "    for number in range(200):\n"
        "        cache.put(f'{sys.argv[2]}{number}', b'x')\n"
        "        cache.flush() if number % 20 == 0 else None\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in ("a", "b")]
    assert [one.wait(60) for one in running] == [0, 0]

    digests = [f"{name}{number}" for name in "ab" for number in range(200)]
    with FactsCache("v1", directory=tmp_path) as cache:
        assert sorted(cache.get_many(digests)) == sorted(digests)


def test_a_shard_is_bounded_and_keeps_what_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "SHARDS", 1)
    monkeypatch.setattr(cache_module, "MAX_SHARD_BYTES", 100)
    for name in "abcde":
        kept(tmp_path, name, b"x" * 20)
    with FactsCache("v1", directory=tmp_path) as cache:
        assert cache.get("a") is not None
        cache.put("f", b"x" * 20)

    with FactsCache("v1", directory=tmp_path) as cache:
        assert sorted(cache.get_many("abcdef")) == ["a", "c", "d", "e", "f"]


def test_the_whole_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "MAX_BYTES", 1 << 20)
    for number in range(60):
        with FactsCache(f"v{number}", directory=tmp_path) as cache:
            cache.put("a", os.urandom(100_000))

    info = FactsCache("v1", directory=tmp_path).info()
    assert info.size < 2 << 20
    assert FactsCache("v59", directory=tmp_path).get("a") is not None
    assert FactsCache("v0", directory=tmp_path).get("a") is None


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_broken_database_is_made_again(tmp_path, content):
    (tmp_path / "facts").mkdir()
    database(tmp_path).write_bytes(content)

    assert look(tmp_path) is None
    kept(tmp_path)
    assert look(tmp_path) == b"facts"


def test_a_database_broken_in_the_middle_is_made_again(tmp_path):
    kept(tmp_path, value=os.urandom(200_000))
    data = bytearray(database(tmp_path).read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    database(tmp_path).write_bytes(data)

    assert look(tmp_path) is None
    kept(tmp_path)
    assert look(tmp_path) == b"facts"


def change_rows(directory, statement, *values):
    connection = sqlite3.connect(database(directory))
    with connection:
        assert connection.execute(statement, values).rowcount == 1
    connection.close()


class Trap:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


@pytest.mark.parametrize("mode", [0, 2, 3, 4])
def test_planted_pickles_and_files_are_not_read(tmp_path, mode):
    mark, planted = tmp_path / "ran", tmp_path / "planted"
    planted.write_bytes(pickle.dumps(Trap(mark)))
    kept(tmp_path)

    change_rows(tmp_path, "UPDATE Cache SET mode = ?, value = ?, filename = NULL", mode, pickle.dumps(Trap(mark)))
    assert look(tmp_path) is None
    change_rows(tmp_path, "UPDATE Cache SET mode = ?, value = NULL, filename = ?", mode, "../planted")
    assert look(tmp_path) is None
    assert not mark.exists()

    kept(tmp_path)
    assert look(tmp_path) == b"facts"
    assert planted.exists()


def test_a_planted_pickled_key_is_not_read(tmp_path):
    mark = tmp_path / "ran"
    kept(tmp_path)
    change_rows(tmp_path, "UPDATE Cache SET key = ?, raw = 0", pickle.dumps(Trap(mark)))

    assert look(tmp_path) is None
    assert FactsCache("v1", directory=tmp_path).info().shards == 1
    assert not mark.exists()


def test_a_file_that_a_planted_row_names_is_not_removed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    kept(tmp_path)
    change_rows(tmp_path, "UPDATE Cache SET filename = '../victim'")

    kept(tmp_path)
    FactsCache("v1", directory=tmp_path).clear()
    assert victim.exists()


@pytest.mark.parametrize("change", [lambda row: row[:-1], lambda row: row[:-1] + b"\0", lambda row: b"XXXX" + row[4:], lambda _: b""])
def test_a_half_written_row_is_made_again(tmp_path, change):
    kept(tmp_path)
    connection = sqlite3.connect(database(tmp_path))
    (row,) = connection.execute("SELECT value FROM Cache").fetchone()
    connection.close()
    change_rows(tmp_path, "UPDATE Cache SET value = ?", change(row))

    assert look(tmp_path) is None
    kept(tmp_path)
    assert look(tmp_path) == b"facts"


def test_strange_settings_and_tables_are_not_obeyed(tmp_path):
    for statement in ("INSERT INTO Settings VALUES ('_directory', '/elsewhere')", "CREATE TABLE Other (x)"):
        kept(tmp_path)
        connection = sqlite3.connect(database(tmp_path))
        with connection:
            connection.execute(statement)
        connection.close()

        assert look(tmp_path) is None
        kept(tmp_path)
        assert look(tmp_path) == b"facts"


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path):
    (tmp_path / "facts").write_text("a file in the way")

    cache = FactsCache("v1", directory=tmp_path)
    cache.put("aa11", b"facts")
    cache.flush()

    assert cache.get("aa11") is None
    assert cache.info().size == 0


def test_a_read_only_database_is_no_error(tmp_path, monkeypatch):
    kept(tmp_path)

    def refuse(*_, **__):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(cache_module.diskcache, "Cache", refuse)
    kept(tmp_path, "bb22")
    assert look(tmp_path) is None
    monkeypatch.undo()
    assert look(tmp_path) == b"facts"


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_folder_is_no_error(tmp_path):
    tmp_path.chmod(0o500)
    try:
        kept(tmp_path)
        assert look(tmp_path) is None
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_is_no_error_and_leaves_the_cache_whole(tmp_path, monkeypatch):
    kept(tmp_path)

    def refuse(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(cache_module.diskcache.Cache, "set", refuse)
    kept(tmp_path, "bb22")
    monkeypatch.undo()
    assert look(tmp_path) == b"facts"


def test_a_folder_of_another_user_is_not_trusted(tmp_path, monkeypatch):
    kept(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    assert look(tmp_path) is None


def test_a_locked_database_costs_no_result(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "_BUSY_SECONDS", 0.05)
    kept(tmp_path)
    cache = FactsCache("v1", directory=tmp_path)
    assert cache.get("aa11") == b"facts"
    other = sqlite3.connect(database(tmp_path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.put("bb22", b"x")
    cache.flush()
    other.execute("ROLLBACK")
    other.close()

    assert cache.get("aa11") == b"facts"
    assert cache.get("bb22") is None


def test_without_a_cache_nothing_touches_the_disk(tmp_path):
    kept(tmp_path, enabled=False)

    assert list(tmp_path.iterdir()) == []


def test_clear_empties_and_tells_what_was_there(tmp_path):
    kept(tmp_path)
    before = FactsCache("v1", directory=tmp_path).clear()

    assert before.shards == 1
    assert before.size > 0
    assert look(tmp_path) is None


def test_info_makes_no_cache(tmp_path):
    assert FactsCache("v1", directory=tmp_path).info().shards == 0
    assert list(tmp_path.iterdir()) == []
