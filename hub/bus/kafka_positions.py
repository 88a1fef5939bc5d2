"""Where groups stand, asked of the broker by a consumer of the group that never joins it.

Not by the client's administration: where a group's coordinator has just moved, its
ListConsumerGroupOffsets ends the whole process (librdkafka 2.16.1, docs/adr/0017).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from hub.bus import kafka_settings
from hub.bus.kafka_errors import Verdict, error_of, translated, verdict

if TYPE_CHECKING:
    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_settings import Patience
    from hub.bus.kafka_topics import Topics

_STEP_S = 0.005
# Each holds a connection to every broker.
_MOST_KEPT = 8


class Positions:
    """Asks for the positions of groups."""

    def __init__(self, cluster: Cluster, topics: Topics, patience: Patience) -> None:
        self._cluster = cluster
        self._topics = topics
        self._patience = patience
        self._askers: OrderedDict[str, Consumer] = OrderedDict()

    def of(self, group: str, topic: str, *, settled: bool = False) -> dict[int, int]:
        """Give where a group stands in each partition of a topic; 0 where it has not begun.

        A transaction that may move a position is waited for: a moment, or where ``settled`` is
        asked until the broker has ended it.
        """
        name = self._topics.wire(topic)
        asked = [TopicPartition(name, place) for place in range(self._topics.partitions(topic))]
        if not asked:
            return {}
        wait = self._patience.settled_s if settled else self._patience.visible_s
        found = self._stable(self._topics.wire(group), asked, wait)
        if found is None and settled:
            raise translated(KafkaError(KafkaError.UNSTABLE_OFFSET_COMMIT))
        return self._as_they_are(group, asked) if found is None else found

    def _stable(
        self, group: str, asked: list[TopicPartition], wait: float
    ) -> dict[int, int] | None:
        """Give the positions, or nothing where for so long a transaction may move one of them."""
        began = time.monotonic()
        while True:
            try:
                return _ask(self._asker(group), asked, self._patience.request_s)
            except KafkaException as failure:
                error = error_of(failure)
                waited = time.monotonic() - began
                if error.code() == KafkaError.UNSTABLE_OFFSET_COMMIT:
                    if waited > wait:
                        return None
                elif verdict(error) is not Verdict.RETRY or waited > self._patience.request_s:
                    raise translated(error) from failure
            time.sleep(_STEP_S)

    def _as_they_are(self, group: str, asked: list[TopicPartition]) -> dict[int, int]:
        """Give the positions before whatever transaction is open."""
        settings = kafka_settings.reader(self._cluster, self._topics.wire(group))
        consumer = Consumer(settings | {"isolation.level": "read_uncommitted"})
        try:
            return _ask(consumer, asked, self._patience.request_s)
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure
        finally:
            consumer.close()

    def _asker(self, group: str) -> Consumer:
        if group not in self._askers:
            self._askers[group] = Consumer(kafka_settings.reader(self._cluster, group))
            if len(self._askers) > _MOST_KEPT:
                self._askers.popitem(last=False)[1].close()
        self._askers.move_to_end(group)
        return self._askers[group]

    def close(self) -> None:
        """Let go of every connection."""
        while self._askers:
            self._askers.popitem()[1].close()


def _ask(consumer: Consumer, asked: list[TopicPartition], patience_s: float) -> dict[int, int]:
    found = consumer.committed(asked, patience_s)
    for each in found:
        if each.error:
            raise KafkaException(each.error)
    return {each.partition: max(each.offset, 0) for each in found}
