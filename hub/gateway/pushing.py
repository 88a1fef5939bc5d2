"""Records pushed to a caller: what it was sent on one stream, and what comes next.

No HTTP here. A stream goes ahead of what its caller has acknowledged, but never further than one
cursor reaches, so that each cursor it bears can be acknowledged.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hub.gateway.calls import MOST_RECORDS, in_turn, require_records
from hub.gateway.cursor import read_cursor
from hub.gateway.custody_calls import letters
from hub.gateway.records import NOTHING, Records, spell

if TYPE_CHECKING:
    from hub.gateway.caller import Caller
    from hub.gateway.cursor import Cursor
    from hub.gateway.pool import Room
    from hub.runtime.delivery import Counter

_AT_ONCE = 100


class Pushing:
    """One stream of a feed's records. Each look is made in a thread of the pool, one at a time."""

    def __init__(self, caller: Caller, feed: str, last: str | None) -> None:
        self._caller = caller
        self._feed = feed
        self._last = last
        # The letters that were given, which come again on another stream alone.
        self._given: set[str] = set()
        # The ends of the records that were sent and are not acknowledged, a row a partition.
        self._sent: dict[int, deque[int]] = {}

    def look(self, room: Room) -> Records:
        """Give some of what comes next, of one partition; nothing where none wait.

        The first look begins after the last cursor that the caller was given on another stream; it
        raises ``StaleCursorError`` where that is of a place where the caller does not stand. Letters
        have no places: all that are not acknowledged come again.
        """
        recipient = self._caller.party(room)
        room.require(self._feed)
        if room.hub.carries_letters(self._feed):
            return self._letters(room)
        require_records(room, self._feed)
        counter = room.counter(self._feed, recipient.id)
        if self._last:
            self._resume(counter, read_cursor(self._last))
        for partition in in_turn(counter):
            if found := self._next(counter, partition):
                return found
        return NOTHING

    def _letters(self, room: Room) -> Records:
        found = letters(room, self._caller, self._feed, _AT_ONCE, self._given)
        self._given.update(record["id"] for record in found.records)
        return found

    def _resume(self, counter: Counter, last: Cursor) -> None:
        if given := counter.up_to(*last):
            ends = [record.offset + 1 for record in given.batch.records]
            self._sent[last.partition] = deque(ends)
        self._last = None

    def _next(self, counter: Counter, partition: int) -> Records | None:
        sent = self._sent.setdefault(partition, deque())
        position = counter.position(partition)
        while sent and sent[0] <= position:
            sent.popleft()
        room = min(_AT_ONCE, MOST_RECORDS - len(sent))
        found = counter.ahead(partition, sent[-1] if sent else position, room) if room else None
        if found is None:
            return None
        sent.extend(record.offset + 1 for record in found.batch.records)
        return spell(found)
