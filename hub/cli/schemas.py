"""``hub schemas``: what each feed carries, and whether its versions live together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.options import HubGroup
from hub.cli.output import show
from hub.errors import UsageError
from hub.rules.load import load_books, load_schemas
from hub.vocabulary.feeds import Feed
from hub.vocabulary.letters import LetterFeed
from hub.vocabulary.schema_rules import problems

if TYPE_CHECKING:
    from hub.vocabulary.feeds import Item


@click.group("schemas", cls=HubGroup)
def schemas() -> None:
    """スキーマ / Items of each feed: names, types, sources."""


@schemas.command("check")
def check() -> int:
    """全版の互換性 / Compatibility over all versions, both ways."""
    feeds = _feeds()
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
    feeds = _feeds()
    if feed not in feeds:
        known = ", ".join(feeds)
        raise UsageError(
            f"--feed には次のいずれかを指定してください: {known} / --feed must be one of: {known}"
        )
    found = feeds[feed]
    items = [
        _shown(item) for item in (found.items if isinstance(found, Feed) else found.sheet.items)
    ]
    if isinstance(found, LetterFeed):
        items.append(_list(found))
    show({"feed": feed, "version": found.version, "fingerprint": found.fingerprint, "items": items})


def _feeds() -> dict[str, Feed | LetterFeed]:
    books = load_books()
    return {**books.feeds, **books.letters}


def _shown(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "official": item.official,
        "type": item.type,
        "kind": item.kind,
        "required": item.required,
        "max": item.maximum or None,
        "spellings": list(item.spellings),
        "source": item.source,
    }


def _list(feed: LetterFeed) -> dict[str, Any]:
    """Give the list of people as one item, with the items of a person in it."""
    return {
        "name": "members",
        "official": feed.people,
        "type": "array",
        "kind": "people",
        "required": False,
        "max": feed.most_people,
        "spellings": sorted(feed.list_spellings),
        "source": feed.source,
        "items": [_shown(item) for item in feed.member.items],
    }


COMMANDS = [schemas]
