"""Reads a partition on from where one stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Bus, Delivered

_AT_ONCE = 500


class Tail:
    """What one has not read yet of a partition, from its beginning. Use from one thread."""

    def __init__(self, bus: Bus, topic: str, partition: int = 0) -> None:
        self._bus = bus
        self._topic = topic
        self._partition = partition
        self._position = 0

    def read_on(self) -> Iterator[Delivered]:
        """Yield what has come since the last call; what was yielded is not yielded again.

        The end is asked for once, so that whoever writes faster than we read keeps nobody here:
        what comes meanwhile is for the next call.
        """
        end = self._end()
        while self._position < end:
            room = min(_AT_ONCE, end - self._position)
            records = self._bus.follow(self._topic, self._partition, self._position, room)
            for record in records:
                self._position = record.offset + 1
                yield record
            if not records:
                # Up to there lie gaps alone, which nobody fills any more.
                self._position = end

    def _end(self) -> int:
        """Give where the partition ends now, 0 where it does not exist yet."""
        if self._partition >= self._bus.partitions(self._topic):
            return 0
        place = (self._topic, self._partition)
        return self._bus.ends([place])[place]
