"""The names of the topics, as ``topics/topics.toml`` declares them, and which a hub needs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hub.bus import declared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.bus.declared import Topic
    from hub.bus.port import Bus
    from hub.rules.load import Books


def intake(feed: str) -> Topic:
    """Give the topic that senders of a feed write to."""
    topic = declared.topics()["intake"]
    return topic._replace(name=topic.name.format(feed=feed))


@lru_cache(maxsize=8192)
def release(feed: str, recipient: str) -> Topic:
    """Give the topic that one recipient of a feed reads."""
    topic = declared.topics()["release"]
    return topic._replace(name=topic.name.format(feed=feed, recipient=recipient))


def ledger() -> Topic:
    """Give the topic of ledger pages."""
    return declared.topics()["ledger"]


def receipts() -> Topic:
    """Give the topic of receipts."""
    return declared.topics()["receipts"]


def quarantine() -> Topic:
    """Give the topic of quarantined messages."""
    return declared.topics()["quarantine"]


def keys() -> Topic:
    """Give the topic of key announcements."""
    return declared.topics()["keys"]


def custody() -> Topic:
    """Give the topic of the steps of files in custody."""
    return declared.topics()["custody"]


def lives() -> Topic:
    """Give the topic of the marks and erasures of all other payloads."""
    return declared.topics()["lives"]


def slips() -> Topic:
    """Give the topic of submissions under a slip."""
    return declared.topics()["slips"]


def files_among(names: Iterable[str]) -> list[Topic]:
    """Give those of these topics that hold a file in custody, as each is declared."""
    topic = declared.topics()["file"]
    begin = topic.name.format(file="")
    return [topic._replace(name=name) for name in names if name.startswith(begin)]


def state(feed: str) -> Topic:
    """Give the topic of the state of a feed's intake, which there is only on brokers."""
    topic = declared.topics()["state"]
    return topic._replace(name=topic.name.format(topic=intake(feed).name))


def needed(feeds: Iterable[str], parties: Iterable[str], *, on_brokers: bool) -> list[Topic]:
    """Give every topic that a hub with these feeds and parties needs on such a bus."""
    feeds, parties = list(feeds), list(parties)
    wanted = [ledger(), receipts(), quarantine(), keys(), custody(), lives(), slips()]
    wanted += [intake(feed) for feed in feeds]
    wanted += [release(feed, party) for feed in feeds for party in parties]
    return wanted + [state(feed) for feed in feeds if on_brokers]


def ensure_all(bus: Bus, books: Books, parties: Iterable[str]) -> None:
    """Create every topic that these parties need and that is not there yet."""
    for topic in needed(books.feeds, parties, on_brokers=bus.administration.has_brokers):
        bus.ensure(*topic)
