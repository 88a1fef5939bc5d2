"""Topics on Kafka: their names, their partitions and how they are made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from hub.bus import kafka_settings
from hub.bus.kafka_errors import error_of, translated
from hub.bus.partition import partition_of
from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.bus.kafka_settings import Patience
    from hub.bus.port import Record

# What the hub's topics are on any broker: the broker's clock dates records, and nothing vanishes
# but by the hub's own erasure. Replicas are the broker's to say.
_KEPT = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
    "max.message.bytes": str(kafka_settings.MAX_RECORD_BYTES),
}
# State keeps the last record of each key; removed keys stay visible as such for two days, which
# is longer than a local store is believed (``kafka_state``).
STATE = _KEPT | {
    "cleanup.policy": "compact",
    "delete.retention.ms": str(48 * 3600 * 1000),
    "min.cleanable.dirty.ratio": "0.2",
}
_VISIBLE_STEP_S = 0.02


def state_topic(topic: str) -> str:
    """Give the name of the topic that keeps the state of another."""
    return f"state.{topic}"


class Topics:
    """The topics of one bus, whose names on the broker begin with its prefix."""

    def __init__(self, servers: str, prefix: str, patience: Patience) -> None:
        self.admin = AdminClient(kafka_settings.client(servers))
        self._prefix = prefix
        self._patience = patience
        self._known: dict[str, int] = {}
        self.identity = ""
        self.refresh(patience.open_s)

    def wire(self, topic: str) -> str:
        """Give the name that the broker has for a topic."""
        return self._prefix + topic

    def partitions(self, topic: str) -> int:
        """Give a topic's number of partitions, 0 where it does not exist."""
        if topic not in self._known:
            self.refresh(self._patience.request_s)
        return self._known.get(topic, 0)

    def place(self, record: Record) -> tuple[str, int]:
        """Give the wire name and partition of a record; raises ``UsageError`` for no such topic."""
        partitions = self._known.get(record.topic) or self.partitions(record.topic)
        if not partitions:
            raise UsageError(f"トピック {record.topic} がありません / no topic {record.topic}")
        return self.wire(record.topic), partition_of(record.key, partitions)

    def ensure(self, topic: str, partitions: int, config: Mapping[str, str] = _KEPT) -> None:
        """Create a topic where it does not exist; another partition count is ``UsageError``."""
        if partitions < 1:
            raise UsageError("区画数は1以上にしてください / a topic needs at least one partition")
        if not self.partitions(topic):
            self._create(topic, partitions, config)
        if self.partitions(topic) != partitions:
            raise UsageError(
                f"トピック {topic} の区画数が宣言と異なります"
                f" / topic {topic} has another number of partitions than declared"
            )

    def incarnation(self, topic: str) -> str:
        """Give what tells a topic from another one of its name, made after it was deleted."""
        try:
            found = self.admin.describe_topics(TopicCollection([self.wire(topic)]))
            return str(found[self.wire(topic)].result().topic_id)
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure

    def _create(self, topic: str, partitions: int, config: Mapping[str, str]) -> None:
        wanted = NewTopic(self.wire(topic), partitions, -1, config=dict(config))
        try:
            self.admin.create_topics([wanted])[self.wire(topic)].result()
        except KafkaException as failure:
            # Another process made it first.
            if error_of(failure).code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise translated(error_of(failure)) from failure
        give_up = time.monotonic() + self._patience.request_s
        while not self.partitions(topic) and time.monotonic() < give_up:
            time.sleep(_VISIBLE_STEP_S)

    def refresh(self, patience_s: float) -> None:
        """Ask the broker again for topics and their leaders; known topics stay known."""
        try:
            found = self.admin.list_topics(timeout=patience_s)
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure
        self._known |= {
            name.removeprefix(self._prefix): len(topic.partitions)
            for name, topic in found.topics.items()
            if name.startswith(self._prefix) and topic.error is None
        }
        self.identity = f"{found.cluster_id}/{self._prefix}"
