"""Notes what recipients acknowledged by their position alone, as one does who reads Kafka himself.

Such a recipient writes nothing to the bus (docs/adr/0048): it moves its group's position, and that is
its word. The noter puts beside it what ``hub receive`` commits with its own: a receipt for each record
before the position, and the mark by which the day of payload goes. Noted twice it counts once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import FencedError
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.outcome import receipt_pages
from hub.runtime.turn import Turn
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from hub.bus.port import Delivered, Record
    from hub.runtime.custody.lives import Place
    from hub.runtime.hub import Hub

GROUP = "hub.noter"
_AT_ONCE = 500
_NAMED = {"ce_message", "ce_source", "ce_purpose"}


class Noter:
    """One of those who note. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lives = hub.lives
        self._turn = Turn(hub.bus, GROUP, topics.lives().name)
        # Where a partition ended when all before was noted: until it has grown nothing is asked.
        self._settled: dict[Place, int] = {}

    def step(self) -> int:
        """Note up to five hundred records of each partition; gives how many were noted.

        0 where all was noted, or where another noter was first.
        """
        self._lives.catch_up()
        readers = dict(self._places())
        noted = 0
        try:
            for place, end in self._hub.bus.ends(readers).items():
                if end > max(self._settled.get(place, 0), self._lives.noted(place)):
                    noted += self._note(readers[place], place, end)
        except FencedError:
            return noted
        return noted

    def close(self) -> None:
        """Leave the group."""
        self._turn.close()

    def _places(self) -> Iterator[tuple[Place, str]]:
        """Yield every partition that a recipient may read, with whose it is."""
        for party in self._hub.parties:
            for feed in self._hub.books.feeds:
                topic = topics.release(feed, party).name
                for partition in range(self._hub.bus.partitions(topic)):
                    yield (topic, partition), party

    def _note(self, party: str, place: Place, end: int) -> int:
        records = self._unnoted(party, place, end)
        if not records or not self._is_our_turn():
            return 0
        self._lives.catch_up()
        now = self._lives.date(self._hub.clock.now())
        # Whoever had the turn before may have noted some of them.
        fresh = [record for record in records if record.offset >= self._lives.noted(place)]
        if fresh:
            mark = self._lives.mark(*place, fresh[-1].offset + 1, now)
            self._turn.commit([*_receipts(party, fresh, now), mark])
        return len(fresh)

    def _unnoted(self, party: str, place: Place, end: int) -> Sequence[Delivered]:
        """Give records before the party's position that no mark covers."""
        bus = self._hub.bus
        position = bus.position(f"receive.{party}", *place)
        start = max(bus.extent(*place).begin, self._lives.noted(place))
        if position <= start:
            return []
        found = bus.follow(*place, start, _AT_ONCE)
        if not found:
            self._settled[place] = end
        return [record for record in found if record.offset < position]

    def _is_our_turn(self) -> bool:
        """Say whether we may commit; the topic is begun where it is empty."""
        if not self._hub.bus.extent(topics.lives().name, 0).end:
            self._hub.bus.publish([self._lives.opening(self._hub.clock.now())])
        return self._turn.ready()


def _receipts(party: str, records: Iterable[Delivered], now: datetime) -> list[Record]:
    return receipt_pages(_acknowledged(party, records), rfc3339(now))


def _acknowledged(party: str, records: Iterable[Delivered]) -> Iterator[Receipt]:
    """Give a receipt for each release, by its headers: no key of the recipient's is needed."""
    for record in records:
        found = {name: value.decode(errors="replace") for name, value in record.headers}
        # What does not name these is none of our releases, and opens for nobody.
        if found.keys() >= _NAMED:
            message, source, rule = (
                found[name] for name in ("ce_message", "ce_source", "ce_purpose")
            )
            yield Receipt(message, source, party, "acknowledged", rule, None)
