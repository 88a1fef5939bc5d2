"""Commits of a group that nobody polls in: a recipient acknowledges what it has followed.

All who do so for a group share one transactional name. Who begins under it ends what another has
open, and only then looks where the group stands: so of two with the same batch one at most wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confluent_kafka import Consumer, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_errors import fenced
from hub.bus.kafka_transactions import Addressed, Moves, Transactor
from hub.bus.port import FencedError, OutcomeUnknownError

if TYPE_CHECKING:
    from hub.bus.kafka_parts import Parts
    from hub.bus.port import Batch


class Hand:
    """The commits of one member that does not poll."""

    def __init__(self, group: str, parts: Parts) -> None:
        self._group = group
        self._parts = parts
        self._transactor: Transactor | None = None
        self._metadata: Any = None
        self._positions: dict[str, dict[int, int]] = {}

    def commit(self, batch: Batch, records: list[Addressed]) -> None:
        """Commit records and the position after the batch, where the group still stands before it."""
        transactor = self._transactor or self._begin()
        if self._standing(batch.topic)[batch.partition] != batch.start:
            # Another hand of the group may have committed since we looked.
            self.close()
            transactor = self._begin()
        positions = self._standing(batch.topic)
        if positions[batch.partition] != batch.start:
            raise fenced()
        name = self._parts.topics.wire(batch.topic)
        moves = Moves([TopicPartition(name, batch.partition, batch.end)], self._metadata)
        try:
            transactor.run(records, moves)
        except FencedError:
            self.close()
            raise
        except OutcomeUnknownError:
            self.close()
            self._begin()
            if self._standing(batch.topic)[batch.partition] < batch.end:
                raise fenced() from None
        else:
            positions[batch.partition] = batch.end

    def _standing(self, topic: str) -> dict[int, int]:
        if topic not in self._positions:
            found = self._parts.positions.of(self._group, topic, settled=True)
            self._positions[topic] = found
        return self._positions[topic]

    def _begin(self) -> Transactor:
        parts, group = self._parts, self._parts.topics.wire(self._group)
        transactor = parts.transactor(f"hand.{self._group}")
        transactor.begin()
        # A consumer that has not joined: its metadata name the group and no member of it.
        consumer = Consumer(kafka_settings.reader(parts.cluster, group))
        self._metadata = consumer.consumer_group_metadata()
        consumer.close()
        self._transactor = transactor
        return transactor

    def close(self) -> None:
        """Forget where the group stood; the next commit looks again."""
        if self._transactor is not None:
            self._transactor.drop()
        self._transactor = None
        self._positions.clear()
