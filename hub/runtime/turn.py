"""Whose turn it is: lets one of several processes act on what it has read.

Who commits second is fenced. A group's position on a topic moves with every commit, and what is
committed always adds a record to that topic, so that there is always one left to move it over
(docs/adr/0027).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hub.bus.port import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.bus.port import Bus, Member, Record

_AT_ONCE = 500


class Turn:
    """One group's place on one partition of a topic. Use from one thread.

    Read after ``ready``: what is decided is then no older than the position that the commit
    starts from.
    """

    def __init__(self, bus: Bus, group: str, topic: str, partition: int = 0) -> None:
        self._bus = bus
        self._group = group
        self._topic = topic
        self._partition = partition
        self._batch: Batch | None = None
        # Where the group stands after our own last commit, which a network may show late.
        self._position = 0

    @cached_property
    def _member(self) -> Member:
        """Who commits, made with the first commit: most who look find nothing to do.

        It never polls: nobody waits for partitions, and whoever is there may take the turn.
        """
        return self._bus.join(self._group, [self._topic])

    def ready(self) -> bool:
        """Say whether this process may act: whether there is a record to move over."""
        if self._batch is None and self._bus.extent(self._topic, self._partition).end:
            start = max(
                self._bus.position(self._group, self._topic, self._partition), self._position
            )
            records = self._bus.follow(self._topic, self._partition, start, _AT_ONCE)
            if records:
                self._batch = Batch(self._group, self._topic, self._partition, start, records)
        return self._batch is not None

    def commit(self, outputs: Sequence[Record]) -> None:
        """Commit outputs, a record of the topic among them; ``FencedError`` where another was first."""
        batch, self._batch = self._batch, None
        if batch is None:
            raise ValueError("commit only when ready")
        self._member.commit(batch, outputs)
        self._position = batch.end

    def close(self) -> None:
        """Leave the group."""
        if "_member" in vars(self):
            self._member.close()
