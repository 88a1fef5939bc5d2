"""Reads committed records of a partition from any position, page after page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_errors import Verdict, translated, verdict
from hub.bus.port import Delivered

if TYPE_CHECKING:
    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_ends import Ends, Place
    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics

_AT_ONCE = 1000
_WAIT_S = 0.05


class Page(NamedTuple):
    """Records, and the position after them and after what is no record (markers, gaps)."""

    records: list[Delivered]
    next: int


def delivered(message: Message) -> Delivered:
    """Give a client's message as the port has it."""
    # A client's headers may be None, and so may a header's value, which the hub never writes.
    headers: Any = message.headers()
    return Delivered(
        offset_of(message),
        message.key(),
        message.value() or b"",
        tuple(headers) if headers else (),
    )


def offset_of(message: Message) -> int:
    """Give the offset of a message that stands on the broker."""
    offset = message.offset()
    return -1 if offset is None else offset


class Follower:
    """A reader without a group. It goes on where it was when it is asked to; use from one thread."""

    def __init__(self, cluster: Cluster, topics: Topics, ends: Ends, patience: Patience) -> None:
        # The group is a name only: nothing is committed under it and nobody joins it.
        self._consumer = Consumer(kafka_settings.reader(cluster, topics.wire("follow")))
        self._topics = topics
        self._ends = ends
        self._patience = patience
        self._place: Place | None = None
        # Between these two positions of the place lies no record; the consumer stands at the last.
        self._from = self._to = 0

    def read(self, topic: str, partition: int, position: int, count: int) -> Page:
        """Give up to ``count`` records from a position on, as far as they are visible now."""
        place = (topic, partition)
        if count < 1 or partition >= self._topics.partitions(topic):
            return Page([], position)
        end = self._ends.visible([place])[place]
        goes_on = place == self._place and self._from <= position <= self._to
        if end <= (self._to if goes_on else position):
            return Page([], max(position, end))
        if not goes_on:
            self._begin_at(place, position)
        return self._read_on(count, end)

    def _begin_at(self, place: Place, position: int) -> None:
        topic, partition = place
        self._consumer.assign([TopicPartition(self._topics.wire(topic), partition, position)])
        self._place, self._from, self._to = place, position, position

    def _read_on(self, count: int, end: int) -> Page:
        records: list[Delivered] = []
        give_up = time.monotonic() + self._patience.request_s
        while len(records) < count and self._to < end:
            wanted = min(count - len(records), _AT_ONCE)
            for message in self._consumer.consume(wanted, _WAIT_S):
                self._take(message, records)
                give_up = time.monotonic() + self._patience.request_s
            if time.monotonic() > give_up:
                self._place = None
                raise translated(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001
        return Page(records, self._to)

    def _take(self, message: Message, records: list[Delivered]) -> None:
        error = message.error()
        if error is None:
            records.append(delivered(message))
            self._from = self._to = records[-1].offset + 1
        elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001
            self._to = offset_of(message)
        elif verdict(error) is not Verdict.RETRY:
            self._place = None
            raise translated(error)

    def close(self) -> None:
        """Let go of the connection."""
        self._consumer.close()
