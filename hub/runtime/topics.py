"""The names of the topics, as ``topics/topics.toml`` declares them."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from hub.resources import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.bus.port import Bus
    from hub.rules.load import Books


class Topic(NamedTuple):
    """A topic's name and its number of partitions."""

    name: str
    partitions: int


@cache
def _declared() -> dict[str, Topic]:
    rows = tomllib.loads(read_text("topics", "topics.toml"))
    return {kind: Topic(row["name"], row["partitions"]) for kind, row in rows.items()}


def intake(feed: str) -> Topic:
    """Give the topic that senders of a feed write to."""
    topic = _declared()["intake"]
    return topic._replace(name=topic.name.format(feed=feed))


@lru_cache(maxsize=8192)
def release(feed: str, recipient: str) -> Topic:
    """Give the topic that one recipient of a feed reads."""
    topic = _declared()["release"]
    return topic._replace(name=topic.name.format(feed=feed, recipient=recipient))


def ledger() -> Topic:
    """Give the topic of ledger pages."""
    return _declared()["ledger"]


def receipts() -> Topic:
    """Give the topic of receipts."""
    return _declared()["receipts"]


def quarantine() -> Topic:
    """Give the topic of quarantined messages."""
    return _declared()["quarantine"]


def keys() -> Topic:
    """Give the topic of key announcements."""
    return _declared()["keys"]


def ensure_all(bus: Bus, books: Books, parties: Iterable[str]) -> None:
    """Create every topic that these parties need and that is not there yet."""
    wanted = [ledger(), receipts(), quarantine(), keys()]
    wanted += [intake(feed) for feed in books.feeds]
    wanted += [release(feed, party) for feed in books.feeds for party in parties]
    for topic in wanted:
        bus.ensure(topic.name, topic.partitions)
