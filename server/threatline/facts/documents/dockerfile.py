"""Dockerfiles: stages, each a mapping of what its instructions say; `image` is the stage that is built by default.

A stage holds `from`, `as`, `user`, `entrypoint`, `cmd`, `env`, `arg`, and lists of `run`, `copy`, `add` and `expose`. What a stage
takes over from an earlier one of the same file, its `user` and its `entrypoint`, counts as its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from threatline.facts.documents.values import Mapping, Pair, Sequence, Span, Text, Written

_INSTRUCTION = re.compile(rb"[ \t]*(?P<word>[A-Za-z]+)[ \t]+(?P<rest>\S.*)", re.DOTALL)
_HEREDOC = re.compile(rb"<<-?[ \t]*[\"']?([A-Za-z_][A-Za-z0-9_]*)[\"']?")
_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+[aA][sS]\s+(?P<name>\S+))?")
_SETTING = re.compile(rb"([A-Za-z_][A-Za-z0-9_.]*)=(\"(?:[^\"\\]|\\.)*\"|'[^']*'|\S*)")
MOST_STAGES = 200
_LISTED = frozenset({"run", "copy", "add", "expose", "volume"})
_SINGLE = frozenset({"user", "entrypoint", "cmd", "workdir", "healthcheck"})
_TAKEN_OVER = ("user", "entrypoint", "cmd")


class Instruction(NamedTuple):
    """One instruction: its word in lower case, the word's place, and the rest with its place; continued lines are joined."""

    word: str
    at: Span
    rest: bytes
    span: Span


def read_dockerfile(text: bytes) -> Mapping:
    """Read a Dockerfile: `stages`, and `image`, the last of them."""
    stages: list[Mapping] = []
    settings = Mapping((0, len(text)))
    for instruction in _instructions(text):
        if instruction.word == "from" and len(stages) < MOST_STAGES:
            stages.append(_stage(instruction, stages))
        elif stages:
            _add(stages[-1], instruction)
        elif instruction.word == "arg":
            _set(settings, "arg", instruction)
    top = Mapping((0, len(text)))
    if stages:
        last = stages[-1]
        start = (last.span[0], last.pairs[0].value.span[1])
        top.pairs = [Pair(Text("stages", start), Sequence(start, [*stages[:-1]])), Pair(Text("image", start), last)]
    return top


def _instructions(text: bytes) -> Iterator[Instruction]:
    lines = [(match.start(), match.group()) for match in re.finditer(rb"[^\n]*\n?", text) if match.group()]
    index = 0
    while index < len(lines):
        start, line = lines[index]
        index += 1
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        end = start + len(line.rstrip())
        parts = [line.rstrip()]
        while parts[-1].endswith((b"\\", b"`")) and index < len(lines):
            following = lines[index][1]
            index += 1
            if following.strip() and not following.lstrip().startswith(b"#"):
                parts[-1] = parts[-1][:-1] + b" "
                parts.append(following.rstrip())
                end = lines[index - 1][0] + len(following.rstrip())
        joined = b"".join(parts)
        opened = _HEREDOC.search(joined) if joined.lstrip()[:4].upper() in {b"RUN ", b"COPY"} else None
        if opened:
            body = [joined]
            while index < len(lines) and lines[index][1].strip() != opened.group(1):
                body.append(lines[index][1].rstrip())
                index += 1
            joined = b"\n".join(body)
            index += 1
        match = _INSTRUCTION.match(joined)
        if match:
            at = (start + match.start("word"), start + match.end("word"))
            yield Instruction(match["word"].decode().lower(), at, match["rest"], (min(start + match.start("rest"), end), end))


def _stage(instruction: Instruction, before: list[Mapping]) -> Mapping:
    found = _FROM.match(instruction.rest.decode("utf-8", "replace"))
    image = found["image"] if found else ""
    stage = Mapping((instruction.at[0], instruction.span[1]))
    stage.pairs.append(Pair(Text("from", instruction.at), Text(image, instruction.span)))
    if found and found["name"]:
        stage.pairs.append(Pair(Text("as", instruction.at), Text(found["name"], instruction.span)))
    base = next((one for one in reversed(before) if _says(one, "as") == image.lower() and image), None)
    for key in _TAKEN_OVER if base is not None else ():
        taken = base.get(key) if base is not None else None
        if taken is not None:
            stage.pairs.append(Pair(Text(key, instruction.at), taken))
    return stage


def _says(stage: Mapping, key: str) -> str:
    value = stage.get(key)
    return str(value.value).lower() if isinstance(value, Text) else ""


def _add(stage: Mapping, instruction: Instruction) -> None:
    word = instruction.word
    if word in _SINGLE:
        stage.pairs = [pair for pair in stage.pairs if pair.key.value != word]
        stage.pairs.append(Pair(Text(word, instruction.at), _text(instruction)))
    elif word in _LISTED:
        there = stage.get(word)
        if isinstance(there, Sequence):
            there.items.append(_text(instruction))
        else:
            stage.pairs.append(Pair(Text(word, instruction.at), Sequence(instruction.span, [_text(instruction)])))
    elif word in {"env", "arg", "label"}:
        _set(stage, word, instruction)


def _text(instruction: Instruction) -> Text:
    return Text(instruction.rest.decode("utf-8", "replace").strip(), instruction.span)


def _set(stage: Mapping, word: str, instruction: Instruction) -> None:
    there: Written | None = stage.get(word)
    if not isinstance(there, Mapping):
        there = Mapping(instruction.span)
        stage.pairs.append(Pair(Text(word, instruction.at), there))
    found = list(_SETTING.finditer(instruction.rest))
    for match in found:
        value = match[2].decode("utf-8", "replace").strip("\"'")
        there.pairs.append(Pair(Text(match[1].decode(), instruction.at), Text(value, instruction.span)))
    if not found and b" " in instruction.rest:
        name, _, value_ = instruction.rest.decode("utf-8", "replace").partition(" ")
        there.pairs.append(Pair(Text(name, instruction.at), Text(value_.strip(), instruction.span)))
