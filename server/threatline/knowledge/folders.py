"""Where knowledge lies: the rules folder that ships with the program, and further folders of the same shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import xxhash

from threatline.errors import KnowledgeError


class KnowledgeFile(NamedTuple):
    """A YAML file of a rules folder. `name` is its path below the folder, with `/`; `path` where it lies."""

    folder: Path
    name: str
    path: Path
    text: bytes


def shipped_folder() -> Path:
    """Find the rules that ship with the program: inside the installed package, else at the root of the repository it is edited in.

    Raises KnowledgeError where neither is there.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_rules", package.parent.parent / "rules"):
        if (folder / "components.yaml").is_file():
            return folder
    raise KnowledgeError(str(package / "_rules"), 0, "the rules that ship with the program are missing; install it again")


def read_folders(folders: Sequence[Path]) -> list[KnowledgeFile]:
    """Read all YAML files of these folders, ordered by folder and name.

    Raises KnowledgeError for a folder or file that cannot be read.
    """
    return [file for folder in folders for file in _read_folder(folder)]


def _read_folder(folder: Path) -> Iterator[KnowledgeFile]:
    if not folder.is_dir():
        raise KnowledgeError(str(folder), 0, "no such folder of rules")
    try:
        for path in sorted(folder.rglob("*.yaml")):
            yield KnowledgeFile(folder, path.relative_to(folder).as_posix(), path, path.read_bytes())
    except OSError as error:
        raise KnowledgeError(str(folder), 0, error.strerror or str(error)) from None


def digest_of(files: Sequence[KnowledgeFile]) -> str:
    """Hash the names and bytes of all files, whatever order they were read in."""
    hashed = xxhash.xxh3_128()
    for name, text in sorted((file.name, file.text) for file in files):
        hashed.update(f"{name}\0{len(text)}\0".encode())
        hashed.update(text)
    return hashed.hexdigest()
