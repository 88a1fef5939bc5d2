"""How far the groups are behind, and when a publisher is told to wait for them.

That a group reads a topic is noted when it joins, as an offset of a group of its own name that
stands for the pair: nothing else on the broker says so before the group's first commit.
"""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaException, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_errors import error_of, translated
from hub.bus.port import BacklogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hub.bus.kafka_follower import Follower
    from hub.bus.kafka_parts import Parts
    from hub.bus.port import Record

# Up to so many offsets are looked at one by one, since some of them are markers.
_COUNTED = 2000
_BELIEVED_S = 5.0


class Backlog:
    """Measures backlogs, and holds publishers to a limit."""

    def __init__(self, parts: Parts, limit: int) -> None:
        self._parts = parts
        self._limit = limit
        # For each topic: how many records may be published before we look again, and when at last.
        self._room: dict[str, tuple[int, float]] = {}

    @cached_property
    def _follower(self) -> Follower:
        return self._parts.follower()

    def of(self, group: str, topic: str) -> int:
        """Give how many records a group has not committed: 0 when it has all, else an estimate."""
        places = [(topic, p) for p in range(self._parts.topics.partitions(topic))]
        if not places:
            return 0
        ends = self._parts.ends.visible(places)
        positions = self._parts.positions.of(group, topic)
        behind = {p: end - positions.get(p, 0) for (_, p), end in ends.items()}
        estimate = sum(max(count, 0) for count in behind.values())
        if estimate > _COUNTED:
            return estimate
        return sum(
            len(self._follower.read(topic, partition, positions.get(partition, 0), count).records)
            for partition, count in behind.items()
            if count > 0
        )

    def note_reader(self, group: str, topics: Iterable[str]) -> None:
        """Note that a group reads these topics."""
        for topic in topics:
            if not self._parts.topics.partitions(topic):
                continue
            name = self._parts.topics.wire(topic)
            mark = kafka_settings.reader(self._parts.cluster, self._mark(topic) + group)
            consumer = Consumer(mark)
            try:
                consumer.commit(offsets=[TopicPartition(name, 0, 0)], asynchronous=False)
            except KafkaException as failure:
                raise translated(error_of(failure)) from failure
            finally:
                consumer.close()

    def _mark(self, topic: str) -> str:
        return self._parts.topics.wire(f"reads.{topic}/")

    def _readers(self, topic: str) -> list[str]:
        mark = self._mark(topic)
        try:
            found = self._parts.topics.admin.list_consumer_groups().result()
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure
        names = [group.group_id for group in found.valid]
        return [name.removeprefix(mark) for name in names if name.startswith(mark)]

    def admit(self, records: Sequence[Record]) -> None:
        """Raise ``BacklogError`` where a topic of these records is at its limit for some group."""
        counts: dict[str, int] = {}
        for record in records:
            counts[record.topic] = counts.get(record.topic, 0) + 1
        for topic in counts:
            room, until = self._room.get(topic, (0, 0.0))
            if room <= 0 or time.monotonic() > until:
                backlogs = [self.of(group, topic) for group in self._readers(topic)]
                room = self._limit - max(backlogs, default=0)
                self._room[topic] = (room, time.monotonic() + _BELIEVED_S)
            if room <= 0:
                raise BacklogError(
                    "処理待ちが上限に達しています。hub run で処理してから送ってください"
                    " / the backlog is at its limit; run `hub run` and send again"
                )
        for topic, count in counts.items():
            room, until = self._room[topic]
            self._room[topic] = (room - count, until)
