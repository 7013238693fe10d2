import os

import pytest

from threatline.source import reading
from threatline.source.file import Problem, SourceFile
from threatline.source.languages import language_of
from threatline.source.reading import make_source, read


def test_a_file_is_read_as_bytes_without_its_byte_order_mark(tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/a.py").write_bytes(b"\xef\xbb\xbfx = '\xff'\r\n")

    found = read(tmp_path, "pkg/a.py")

    assert isinstance(found, SourceFile)
    assert (found.id, found.text, found.language) == ("pkg/a.py", b"x = '\xff'\r\n", "python")


def test_equal_texts_have_equal_digests_whatever_their_mark():
    assert make_source("a.py", b"x").digest == make_source("b.py", b"\xef\xbb\xbfx").digest
    assert make_source("a.py", b"x").digest != make_source("a.py", b"y").digest


def test_twenty_megabytes_are_refused(tmp_path):
    with open(tmp_path / "big.py", "wb") as file:
        file.truncate(20_000_000)

    found = read(tmp_path, "big.py")

    assert isinstance(found, Problem)
    assert (found.file, found.kind) == ("big.py", "too-large")


def test_a_file_of_exactly_the_limit_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    (tmp_path / "a.py").write_bytes(b"#" * 10)
    (tmp_path / "b.py").write_bytes(b"#" * 11)

    assert isinstance(read(tmp_path, "a.py"), SourceFile)
    assert read(tmp_path, "b.py").kind == "too-large"


def test_a_minified_script_is_a_problem():
    packed = b"/* licence */\n" * 20 + b"var a=1;" * 2_000 + b"\n"
    found = make_source("bundle.js", packed)
    assert (found.file, found.kind) == ("bundle.js", "minified")
    assert make_source("bundle.py", packed).language == "python"


@pytest.mark.parametrize("text", [b"var a=1;\n" * 9_000, b"x = `" + b"a" * 3_000 + b"`;\n", b"var a;\n" * 500 + b"'" + b"a" * 3_000 + b"'"])
def test_a_script_with_some_long_lines_is_read(text):
    assert make_source("app.js", text).language == "javascript"


def test_a_binary_named_like_a_program_is_a_problem(tmp_path):
    (tmp_path / "a.py").write_bytes(b"\x7fELF\0\0")

    assert read(tmp_path, "a.py").kind == "binary"


@pytest.mark.parametrize("file_id", ["gone.py", "folder", "a\0b.py"])
def test_what_cannot_be_read_is_a_problem(tmp_path, file_id):
    (tmp_path / "folder").mkdir()

    assert read(tmp_path, file_id).kind == "unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_named_like_a_program_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "a.py")

    assert read(tmp_path, "a.py").kind == "unreadable"


@pytest.mark.parametrize("file_id", ["../secret.py", "a/../../secret.py", "/etc/hosts"])
def test_paths_out_of_the_root_are_refused(tmp_path, file_id):
    (tmp_path / "secret.py").write_text("x = 1")
    (tmp_path / "root/a").mkdir(parents=True)

    assert read(tmp_path / "root", file_id).kind == "outside"


def test_links_out_of_the_root_are_refused_and_links_inside_followed(tmp_path):
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer/secret.py").write_text("x = 1")
    root = tmp_path / "root"
    root.mkdir()
    (root / "real.py").write_text("y = 2")
    (root / "file.py").symlink_to("../outer/secret.py")
    (root / "folder").symlink_to("../outer")
    (root / "inner.py").symlink_to("real.py")

    assert read(root, "file.py").kind == "outside"
    assert read(root, "folder/secret.py").kind == "outside"
    assert read(root, "inner.py").text == b"y = 2"


def test_a_sibling_that_begins_like_the_root_is_outside(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root-2").mkdir()
    (tmp_path / "root-2/a.py").write_text("x = 1")
    (tmp_path / "root/a.py").symlink_to("../root-2/a.py")

    assert read(tmp_path / "root", "a.py").kind == "outside"


@pytest.mark.parametrize(
    ("file_id", "language"),
    [
        ("a.py", "python"),
        ("a.PYI", "python"),
        ("a.d.ts", "typescript"),
        ("a.tsx", "tsx"),
        ("a.mjs", "javascript"),
        ("a.json", None),
        ("b.py/c", None),
    ],
)
def test_the_suffix_tells_the_language(file_id, language):
    assert language_of(file_id) == language
