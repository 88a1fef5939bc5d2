"""What a member has fetched and not committed, partition by partition, in turn."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.bus.kafka_ends import Place
    from hub.bus.port import Delivered


@dataclass(slots=True)
class Fetched:
    """One partition's records after the group's position, in order.

    ``visible`` is where it ended when the member got it: it is not ``heard`` of before a record
    has come or all up to there was looked at. ``end`` is the offset at which the broker last said
    that the partition ends, -1 while there may be more behind ``records``.
    """

    position: int
    visible: int
    end: int = -1
    heard: bool = False
    records: list[Delivered] = field(default_factory=list)

    def add(self, record: Delivered) -> None:
        """Take the next record."""
        self.records.append(record)
        self.end = -1
        self.heard = True

    def note_end(self, offset: int) -> None:
        """Note that nothing lies before this offset but what was fetched."""
        self.end = offset
        self.heard = self.heard or offset >= self.visible

    def move(self, position: int) -> None:
        """Let go of what lies before the group's new position."""
        self.position = position
        del self.records[: bisect_left(self.records, position, key=attrgetter("offset"))]


class Buffers:
    """The partitions a member holds. What it holds of them in memory is bounded by its fetching."""

    def __init__(self) -> None:
        self.places: dict[Place, Fetched] = {}
        self._turns: list[Place] = []

    def hold(self, place: Place, position: int, visible: int) -> None:
        """Begin with a partition at the group's position; ``visible`` is where it ends now."""
        self.places[place] = Fetched(position, visible)
        self._turns.append(place)

    def drop(self, places: Iterable[Place]) -> None:
        """Forget partitions."""
        for place in places:
            if self.places.pop(place, None) is not None:
                self._turns.remove(place)

    def clear(self) -> None:
        """Forget everything."""
        self.drop(list(self.places))

    @property
    def count(self) -> int:
        """Give how many records are held."""
        return sum(len(fetched.records) for fetched in self.places.values())

    @property
    def all_heard(self) -> bool:
        """Say whether of every partition something was heard since it is held."""
        return all(fetched.heard for fetched in self.places.values())

    def next(self) -> Place | None:
        """Give the next partition in turn that has records."""
        for turn, place in enumerate(self._turns):
            if self.places[place].records:
                self._turns = self._turns[turn + 1 :] + self._turns[: turn + 1]
                return place
        return None
