"""What the text of an SQL statement says of tables and columns, as far as a stored value needs it: plain statements, no parser."""

from __future__ import annotations

import re

INSERT = re.compile(r"(?is)\b(?:insert|replace)\b[\w\s]*?\binto\s+[\"'`\[]?([\w.]+)[\"'`\]]?\s*(?:\(([^)]*)\)\s*values\s*\(([^)]*)\))?")
UPDATE = re.compile(r"(?is)\bupdate\s+[\"'`\[]?([\w.]+)[\"'`\]]?\s+set\s+(.*?)(?:\bwhere\b|$)")
ASSIGNED = re.compile(r"(\w+)\s*=\s*(\?|%s|:\w+|\$\d+|%\(\w+\)s)")
BOUND = re.compile(r"^\s*(?:\?|%s|:\w+|\$\d+|%\(\w+\)s)\s*$")
FROM = re.compile(r"(?is)\b(?:from|join)\s+[\"'`\[]?([\w.]+)")
SELECTED = re.compile(r"(?is)^\s*select\s+(?:distinct\s+)?(.*?)\s+from\b")


def written_tables(statement: str) -> list[str]:
    """List the tables that a statement writes."""
    return [found.group(1).lower() for one in (INSERT, UPDATE) for found in one.finditer(statement)]


def read_tables(statement: str) -> list[str]:
    """List the tables that a statement reads."""
    return [found.group(1).lower() for found in FROM.finditer(statement)]


def bound_columns(statement: str) -> list[str]:
    """List the columns that bound values go into, in their order; [] where the statement does not say."""
    inserted = INSERT.search(statement)
    if inserted and inserted.group(2):
        names = [name.strip(" \t\n\"'`[]").lower() for name in inserted.group(2).split(",")]
        values = inserted.group(3).split(",")
        return [name for name, value in zip(names, values, strict=False) if BOUND.match(value)] if len(names) == len(values) else []
    updated = UPDATE.search(statement)
    return [name.lower() for name, _ in ASSIGNED.findall(updated.group(2))] if updated else []


def selected_columns(statement: str) -> set[str]:
    """List the columns that a statement reads; none where it reads all, or makes something of them."""
    selected = SELECTED.search(statement)
    names = [name.strip(" \t\n\"'`[]").rpartition(".")[2].lower() for name in selected.group(1).split(",")] if selected else []
    return set(names) if names and all(name.isidentifier() for name in names) else set()
