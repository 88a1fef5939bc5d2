"""``hub schemas``: what each feed carries, and whether its versions live together."""

from __future__ import annotations

import click

from hub.cli.options import HubGroup
from hub.cli.output import show
from hub.errors import UsageError
from hub.rules.load import load_books, load_schemas
from hub.vocabulary.schema_rules import problems


@click.group("schemas", cls=HubGroup)
def schemas() -> None:
    """スキーマ / Items of each feed: names, types, sources."""


@schemas.command("check")
def check() -> int:
    """全版の互換性 / Compatibility over all versions, both ways."""
    feeds = load_books().feeds
    found = {feed: problems(load_schemas(feed)) for feed in feeds}
    show(
        {
            "feeds": {feed: books.version for feed, books in feeds.items()},
            "problems": [f"{feed} {words}" for feed, all_ in found.items() for words in all_],
        }
    )
    return int(any(found.values()))


@schemas.command("show")
@click.option("--feed", required=True)
def show_(feed: str) -> None:
    """1種類の項目 / The items of a feed."""
    feeds = load_books().feeds
    if feed not in feeds:
        known = ", ".join(feeds)
        raise UsageError(
            f"--feed には次のいずれかを指定してください: {known} / --feed must be one of: {known}"
        )
    found = feeds[feed]
    items = [
        {
            "name": item.name,
            "official": item.official,
            "type": item.type,
            "kind": item.kind,
            "required": item.required,
            "max": item.maximum or None,
            "spellings": list(item.spellings),
            "source": item.source,
        }
        for item in found.items
    ]
    show({"feed": feed, "version": found.version, "fingerprint": found.fingerprint, "items": items})


COMMANDS = [schemas]
