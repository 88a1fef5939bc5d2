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
        """Yield what has come since the last call; what was yielded is not yielded again."""
        while records := self._bus.follow(self._topic, self._partition, self._position, _AT_ONCE):
            for record in records:
                self._position = record.offset + 1
                yield record

    def begin_again(self) -> None:
        """Go back to the beginning."""
        self._position = 0
