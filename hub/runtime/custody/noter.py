"""Notes what recipients acknowledged by their position alone, as one does who reads Kafka himself.

Such a recipient writes nothing to the bus (docs/adr/0048): it moves its group's position, and that is
its word. The noter puts beside it what ``hub receive`` commits with its own: a receipt for each record
before the position, and the mark by which the day of payload goes. Noted twice it counts once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from hub.bus.port import FencedError
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.outcome import receipt_pages
from hub.runtime.turn import Turn
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from hub.bus.port import Delivered, Record
    from hub.runtime.custody.lives import Place
    from hub.runtime.hub import Hub

GROUP = "hub.noter"
_AT_ONCE = 500
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 300.0
_NAMED = {"ce_message", "ce_source", "ce_purpose"}


class _Asked(NamedTuple):
    """When a party's position is asked for again (``time.monotonic``), and after what pause."""

    again_at: float
    pause: float

    @classmethod
    def after(cls, found: int, before: _Asked | None) -> _Asked:
        """Give it after a look: at once where there was something, else after twice the pause."""
        pause = 0.0 if found or before is None else max(_FIRST_PAUSE_S, before.pause * 2)
        pause = min(pause, _LONGEST_PAUSE_S)
        return cls(time.monotonic() + pause, pause)


class Noter:
    """One of those who note. Use from one thread.

    On Kafka each party that is asked for is a login of its own (``hub.bus.kafka_positions``), so
    that one that does not fetch what waits for it is asked every five minutes at last.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._lives = hub.lives
        self._turn = Turn(hub.bus, GROUP, topics.lives().name)
        # Where a partition ended when all before was noted: until it has grown nothing is asked.
        self._settled: dict[Place, int] = {}
        self._asked: dict[str, _Asked] = {}

    def step(self) -> int:
        """Note up to five hundred records of each partition; gives how many were noted.

        0 where all was noted, or where another noter was first.
        """
        self._lives.catch_up()
        readers = dict(self._places())
        unnoted: dict[tuple[str, str], dict[int, int]] = {}
        for place, end in self._hub.bus.ends(readers).items():
            if end > max(self._settled.get(place, 0), self._lives.noted(place)):
                topic, partition = place
                unnoted.setdefault((readers[place], topic), {})[partition] = end
        noted = 0
        try:
            for (party, topic), ends in unnoted.items():
                if self._is_asked(party):
                    found = self._note_topic(party, topic, ends)
                    self._asked[party] = _Asked.after(found, self._asked.get(party))
                    noted += found
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

    def _is_asked(self, party: str) -> bool:
        """Say whether it is time to ask where a party stands: rarer the longer it stands still."""
        asked = self._asked.get(party)
        return asked is None or time.monotonic() >= asked.again_at

    def _note_topic(self, party: str, topic: str, ends: Mapping[int, int]) -> int:
        positions = self._hub.bus.positions(f"receive.{party}", topic)
        return sum(
            self._note(party, (topic, partition), end, positions.get(partition, 0))
            for partition, end in ends.items()
        )

    def _note(self, party: str, place: Place, end: int, position: int) -> int:
        records = self._unnoted(place, end, position)
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

    def _unnoted(self, place: Place, end: int, position: int) -> Sequence[Delivered]:
        """Give records before the party's position that no mark covers."""
        bus = self._hub.bus
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
