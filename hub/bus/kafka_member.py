"""A member of a group on Kafka: reads its partitions, commits batches as transactions."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_buffers import Buffers
from hub.bus.kafka_errors import (
    Verdict,
    error_of,
    fenced,
    translated,
    verdict,
)
from hub.bus.kafka_follower import delivered, offset_of
from hub.bus.kafka_hand import Hand
from hub.bus.kafka_transactions import Moves, addressed
from hub.bus.port import Batch, FencedError, OutcomeUnknownError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hub.bus.kafka_ends import Place
    from hub.bus.kafka_parts import Parts
    from hub.bus.kafka_transactions import Addressed, Transactor
    from hub.bus.port import Record

_WAIT_S = 0.05
# How many batches are fetched ahead; the client's own queue is bounded in bytes beside it.
_AHEAD = 8


class KafkaMember:
    """One reader of a group's topics (see ``hub.bus.port.Member``). Use from one thread.

    It joins with its first poll. A member that never polls commits by hand (``kafka_hand``).
    """

    def __init__(self, group: str, topics: Sequence[str], parts: Parts) -> None:
        self._group = group
        self._parts = parts
        self._names = {parts.topics.wire(topic): topic for topic in topics}
        self._consumer: Consumer | None = None
        self._hand = Hand(group, parts)
        self._has_polled = False
        self._is_assigned = False
        self._buffers = Buffers()
        # Partitions whose local state is as committed, and the batch that was polled after that.
        self._restored: set[Place] = set()
        self._polled: tuple[Place, int] | None = None

    @cached_property
    def _transactor(self) -> Transactor:
        return self._parts.transactor()

    def poll(self, max_records: int) -> Batch | None:
        """Give the next batch in turn; nothing once all that was visible has been given."""
        if not any(self._parts.topics.partitions(topic) for topic in self._names.values()):
            return None
        self._has_polled = True
        give_up = time.monotonic() + self._parts.patience.join_s
        while not self._fetch(max_records):
            if time.monotonic() > give_up or self._has_read_all():
                return None
        return self._next(max_records)

    def _next(self, max_records: int) -> Batch | None:
        place = self._buffers.next()
        if place is None:
            return None
        topic, partition = place
        if place not in self._restored:
            self._parts.state.restore(topic, partition)
            self._restored.add(place)
        found = self._buffers.places[place]
        self._polled = (place, found.position)
        return Batch(self._group, topic, partition, found.position, found.records[:max_records])

    def _fetch(self, max_records: int) -> bool:
        """Take what has come; says whether there is a batch and no partition is unheard of."""
        consumer = self._consumer or self._join()
        room = _AHEAD * max_records - self._buffers.count
        waiting = not self._buffers.count or not self._buffers.all_heard
        try:
            first = consumer.poll(_WAIT_S if waiting else 0)
            more = consumer.consume(room, 0) if room > 0 else []
        except KafkaException as failure:
            self._leave()
            raise translated(error_of(failure)) from failure
        # Compared to None, since a message of no bytes counts as false.
        for message in more if first is None else [first, *more]:
            self._take(message)
        return self._is_assigned and self._buffers.count > 0 and self._buffers.all_heard

    def _take(self, message: Message) -> None:
        error = message.error()
        place = (self._names.get(message.topic() or "", ""), message.partition() or 0)
        held = self._buffers.places.get(place)
        if error is None:
            if held:
                held.add(delivered(message))
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001
            if held:
                held.note_end(offset_of(message))
        elif verdict(error) not in {Verdict.RETRY, Verdict.FENCED}:
            raise translated(error)

    def _has_read_all(self) -> bool:
        """Say whether nothing is visible behind what was fetched."""
        if not self._is_assigned or not self._buffers.all_heard:
            return False
        ends = {place: fetched.end for place, fetched in self._buffers.places.items()}
        if -1 in ends.values():
            return False
        visible = self._parts.ends.visible(ends)
        return all(end >= visible[place] for place, end in ends.items())

    def _join(self) -> Consumer:
        parts = self._parts
        group = parts.topics.wire(self._group)
        consumer = Consumer(kafka_settings.member(parts.cluster, group, parts.patience))
        consumer.subscribe(
            [wire for wire, topic in self._names.items() if parts.topics.partitions(topic)],
            on_assign=self._on_assign,
            on_revoke=self._on_revoke,
            on_lost=self._on_revoke,
        )
        self._consumer = consumer
        return consumer

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        positions = {
            name: self._parts.positions.of(self._group, self._names[name], settled=True)
            for name in {each.topic for each in assigned}
        }
        places = [(self._names[each.topic], each.partition) for each in assigned]
        ends = self._parts.ends.visible(places)
        for place, each in zip(places, assigned, strict=True):
            each.offset = positions[each.topic].get(each.partition, 0)
            self._buffers.hold(place, each.offset, ends[place])
        consumer.incremental_assign(assigned)
        self._is_assigned = True
        self._parts.watch.dealt(len(self._buffers.places))

    def _on_revoke(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        places = [(self._names[each.topic], each.partition) for each in revoked]
        self._buffers.drop(places)
        # What follows is an assignment, if only of nothing.
        self._is_assigned = False
        self._restored.difference_update(places)
        consumer.incremental_unassign(revoked)

    def here(self) -> list[Batch]:
        """Give an empty batch for each partition that this member was dealt, at its position."""
        return [
            Batch(self._group, topic, partition, held.position, ())
            for (topic, partition), held in self._buffers.places.items()
        ]

    def state(self, batch: Batch) -> Iterator[tuple[bytes, bytes]]:
        """Give all state held in the batch's partition, in order of the keys."""
        self._parts.state.restore(batch.topic, batch.partition)
        return self._parts.state.all(batch.topic, batch.partition)

    def load(self, batch: Batch, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the state held under these keys in the batch's partition."""
        place = (batch.topic, batch.partition)
        if self._polled != (place, batch.start):
            # Not the batch in hand: others may have gone on with its partition.
            self._parts.state.restore(*place)
        return self._parts.state.load(*place, keys)

    def commit(
        self,
        batch: Batch,
        outputs: Sequence[Record],
        state: Mapping[bytes, bytes | None] | None = None,
    ) -> None:
        """Make outputs, state and the position after the batch durable in one transaction."""
        place, changes = (batch.topic, batch.partition), state or {}
        records = addressed(self._parts.topics, outputs)
        records += self._parts.state.records(place, changes)
        if not self._has_polled:
            self._hand.commit(batch, records)
            return
        held = self._buffers.places.get(place)
        if held is None or held.position != batch.start or self._consumer is None:
            raise fenced()
        last = self._run(self._consumer, batch, records)
        held.move(batch.end)
        self._polled = None
        if changes and not self._parts.state.committed(place, changes, last):
            self._restored.discard(place)

    def _run(self, consumer: Consumer, batch: Batch, records: list[Addressed]) -> int:
        name = self._parts.topics.wire(batch.topic)
        moved = [TopicPartition(name, batch.partition, batch.end)]
        moves = Moves(moved, consumer.consumer_group_metadata())
        try:
            return self._transactor.run(records, moves)
        except FencedError as error:
            if not _is_rebalancing(error):
                self._leave()
            raise
        except OutcomeUnknownError:
            return self._find_out(batch)

    def _find_out(self, batch: Batch) -> int:
        """Learn by the group's position whether a commit took place whose answer never came."""
        self._leave()
        self._transactor.begin()
        positions = self._parts.positions.of(self._group, batch.topic, settled=True)
        if positions[batch.partition] < batch.end:
            raise fenced()
        return -1

    def _leave(self) -> None:
        """Leave the group and forget what was fetched; the next poll joins again."""
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None
        self._is_assigned = False
        self._buffers.clear()
        self._restored.clear()
        self._polled = None

    def close(self) -> None:
        """Leave the group; nothing uncommitted remains."""
        self._leave()
        if "_transactor" in self.__dict__:
            self._transactor.drop()
        self._hand.close()


def _is_rebalancing(error: FencedError) -> bool:
    """Say whether the partitions are only being dealt: the next poll tells whether ours stay."""
    cause = error.__cause__
    return (
        isinstance(cause, KafkaException)
        and error_of(cause).code() == KafkaError.REBALANCE_IN_PROGRESS
    )
