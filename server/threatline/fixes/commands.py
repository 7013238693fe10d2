"""Turn a command line that a shell would read into a list of arguments that no shell reads."""

from __future__ import annotations

import json
from typing import NamedTuple

from tree_sitter import Node

from threatline.fixes.edit import TextEdit
from threatline.fixes.guards import no_options, put_guard
from threatline.fixes.locate import replace, text_of
from threatline.fixes.names import assigned_once, declared_type
from threatline.fixes.pieces import Piece, pieces_of
from threatline.syntax import SyntaxTree

_SHELL_ONLY = frozenset("|&;<>()$`\\\n*?[]~!#{}")
"""What a shell reads as more than a letter. A command that uses one of them needs its shell."""

_IN_DOUBLE_QUOTES = frozenset("$`\\!")
_NUMBERS = frozenset({"int", "float", "bool"})
_SHELL_WORDS = frozenset("alias bg cd eval exec exit export fg read set shift source type ulimit umask unset wait .".split())


class Command(NamedTuple):
    """A command as a list: the source text of its members, and the values that stand at the beginning of one."""

    members: tuple[str, ...]
    leading: tuple[Piece, ...]


def put_list(tree: SyntaxTree, value: Node, *, spread: bool) -> tuple[TextEdit, ...]:
    """Write a command line as a list of arguments, or as single arguments with `spread`.

    Gives nothing where the text is not put together here, where the program is not named in it, and where it uses what only a shell can do.
    Values at the beginning of an argument are refused where they begin with a dash: the program would read them as options.
    """
    given = assigned_once(tree, value, read_elsewhere=False) if value.type == "identifier" else value
    if given is None or (given != value and spread):
        return ()
    command = command_of(tree, given)
    if command is None:
        return ()
    written = ", ".join(command.members)
    edits = (replace(tree, given, written if spread else f"[{written}]"),)
    if given != value and given.parent is not None and given.parent.child_by_field_name("type") is not None:
        return ()
    guards = [
        put_guard(tree, piece.value, no_options(_as_text(tree, piece)))
        for piece in command.leading
        if piece.value is not None and declared_type(tree, piece.value) not in _NUMBERS
    ]
    return (*(edit for guard in guards for edit in guard), *edits)


def is_put_together(tree: SyntaxTree, value: Node) -> bool:
    """Tell whether a text holds constant parts, here or where its name is given."""
    given = assigned_once(tree, value, read_elsewhere=True) if value.type == "identifier" else value
    pieces = None if given is None else pieces_of(tree, given)
    return given is not None and (pieces is None or any(piece.value is None for piece in pieces))


def command_of(tree: SyntaxTree, text: Node) -> Command | None:
    """Read the words of a command line as a shell would; None where that cannot be done without one."""
    pieces = pieces_of(tree, text)
    words = None if pieces is None else words_of(pieces)
    if not words:
        return None
    members = [_member(tree, word) for word in words]
    leading = tuple(word[0] for word in words if word[0].value is not None)
    return Command(tuple(member for member in members if member is not None), leading) if None not in members else None


def words_of(pieces: list[Piece]) -> list[list[Piece]] | None:
    """Split a command line into words, the first of which names the program; None where only a shell can read it."""
    words = _words(pieces)
    if not words or any(piece.value is not None for piece in words[0]):
        return None
    program = "".join(piece.text for piece in words[0])
    return None if not program or "=" in program or program in _SHELL_WORDS else words


def _words(pieces: list[Piece]) -> list[list[Piece]] | None:
    words: list[list[Piece]] = []
    open_word, quote = False, ""
    for piece in pieces:
        if piece.value is not None:
            words = words if open_word else [*words, []]
            words[-1].append(piece)
            open_word = True
            continue
        for letter in piece.text:
            if not quote and letter in " \t":
                open_word = False
                continue
            if letter in (_IN_DOUBLE_QUOTES if quote == '"' else frozenset() if quote else _SHELL_ONLY):
                return None
            if not open_word:
                words.append([Piece("")])
                open_word = True
            if letter in "'\"" and quote in ("", letter):
                quote = "" if quote else letter
            else:
                words[-1].append(Piece(letter))
    return None if quote else [_merged(word) for word in words]


def _merged(word: list[Piece]) -> list[Piece]:
    """Put letters that stand side by side together."""
    merged: list[Piece] = []
    for piece in word:
        if piece.value is None and merged and merged[-1].value is None:
            merged[-1] = Piece(merged[-1].text + piece.text)
        elif piece.value is not None or piece.text or len(word) == 1:
            merged.append(piece)
    return [piece for piece in merged if piece.value is not None or piece.text] or [Piece("")]


def _member(tree: SyntaxTree, word: list[Piece]) -> str | None:
    """Write one member of the list."""
    if len(word) == 1:
        value = word[0].value
        if value is None:
            return json.dumps(word[0].text, ensure_ascii=False)
        return _as_text(tree, word[0])
    written = ""
    for piece in word:
        text = "" if piece.value is None else text_of(tree, piece.value)
        if any(mark in text for mark in "\"\\\n{}'"):
            return None
        written += (
            f"{{{text}}}"
            if piece.value is not None
            else json.dumps(piece.text, ensure_ascii=False)[1:-1].replace("{", "{{").replace("}", "}}")
        )
    return f'f"{written}"'


def _as_text(tree: SyntaxTree, piece: Piece) -> str:
    """Write a value as a string: itself where it is known to be one."""
    value = piece.value
    assert value is not None
    written = text_of(tree, value)
    return written if not piece.formatted or value.type == "string" or declared_type(tree, value) == "str" else f"str({written})"
