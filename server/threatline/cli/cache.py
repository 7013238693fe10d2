"""`threatline cache`: where the cache lies, how big it is, and its end."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("cache")
def command() -> None:
    """Show or clear what is kept between runs. Everything in it can be made again."""


@command.command()
def info() -> None:
    """Tell where the cache lies and how big it is."""
    from threatline.analysis.cache import FactsCache, cache_directory

    facts = FactsCache("").info()
    rules = _packed_rules()
    click.echo(f"folder  {cache_directory()}")
    click.echo(f"facts   {_size(facts.size)} in {facts.shards} shards (at most {_size(facts.limit)})")
    click.echo(f"rules   {_size(sum(path.stat().st_size for path in rules))} in {len(rules)} files")


@command.command()
def clear() -> None:
    """Empty the cache, for all workspaces."""
    from threatline.analysis.cache import FactsCache

    freed = FactsCache("").clear().size
    for path in _packed_rules():
        freed += path.stat().st_size
        path.unlink(missing_ok=True)
    click.echo(f"cleared {_size(freed)}")


def _packed_rules() -> list[Path]:
    from threatline.knowledge.loading import cache_folder

    return sorted((cache_folder() / "knowledge").glob("*.msgpack"))


def _size(count: int) -> str:
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:,.0f} KiB" if count < 1 << 20 else f"{count / (1 << 20):,.1f} MiB"
