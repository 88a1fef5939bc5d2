"""Topics on Kafka: their names, their partitions and how they are made."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from hub.bus import declared, kafka_settings
from hub.bus.declared import KEPT, STATE, Topic
from hub.bus.kafka_brokers import broker_settings
from hub.bus.kafka_errors import error_of, translated
from hub.errors import SurroundingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from confluent_kafka.admin import ClusterMetadata  # type: ignore[attr-defined]

    from hub.bus.kafka_access import Cluster
    from hub.bus.kafka_settings import Patience

__all__ = ["STATE", "Topics", "state_topic"]

_VISIBLE_STEP_S, _VISIBLE_LONGEST_S = 0.02, 0.5
_AT_ONCE = 200
_NOT_LET_IN = {KafkaError._AUTHENTICATION, KafkaError._SSL}  # noqa: SLF001 -- librdkafka's own codes
# A broker that has just come back may not know yet what there is; so many answers that there is no
# such topic, this far apart, prove it.
_ANSWERS = 4
_ANSWER_STEP_S = 0.1


def state_topic(topic: str) -> str:
    """Give the name of the topic that keeps the state of another."""
    return declared.topics()["state"].name.format(topic=topic)


def _administration(settings: dict[str, Any]) -> AdminClient:
    """Make the first client of a bus; one that the settings' files cannot make is told from others."""
    try:
        return AdminClient(settings)
    except KafkaException as failure:
        # Its words name the file, and may name what stands in it.
        raise SurroundingsError(
            "Kafka の CA、証明書、鍵のファイルのいずれかが使えません。HUB_KAFKA_CARD が指すファイルを"
            "確認してください / a CA, certificate or key file for Kafka cannot be used: look at the"
            " files that HUB_KAFKA_CARD names"
        ) from failure


class Topics:
    """The topics of one bus, whose names on the broker begin with its prefix."""

    def __init__(self, cluster: Cluster, prefix: str, patience: Patience) -> None:
        self._cause: KafkaError | None = None
        self.admin = _administration(kafka_settings.client(cluster) | {"error_cb": self._hear})
        self.prefix = prefix
        self.secured = cluster.access.is_secured
        self.patience = patience
        self._known: dict[str, int] = {}
        self.identity = ""
        self.refresh(patience.open_s)

    def wire(self, topic: str) -> str:
        """Give the name that the broker has for a topic."""
        return self.prefix + topic

    def partitions(self, topic: str) -> int:
        """Give a topic's number of partitions, 0 only where the broker says that it has none such.

        A list of all topics is no proof of that: what a broker lists just after its start may lack
        some, and a state topic that is overlooked is state that is lost.
        """
        if topic not in self._known:
            self.refresh(self.patience.request_s)
        if topic not in self._known:
            self._ask_for(topic)
        return self._known.get(topic, 0)

    def writable(self, topic: str) -> str:
        """Give the wire name of a topic; raises ``UsageError`` where there is none."""
        if not self.partitions(topic):
            raise UsageError(f"トピック {topic} がありません / no topic {topic}")
        return self.wire(topic)

    def ensure(self, topic: str, partitions: int, settings: str = KEPT) -> None:
        """Create a topic where it does not exist; another partition count is ``UsageError``.

        ``settings`` names a table of ``topics/topics.toml``; one that exists keeps what it has.
        """
        if partitions < 1:
            raise UsageError("区画数は1以上にしてください / a topic needs at least one partition")
        if topic not in self._known:
            self.create([Topic(topic, partitions, settings)])
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

    def refresh(self, patience_s: float) -> None:
        """Ask the broker again for topics and their leaders; known topics stay known."""
        found = self.listed(patience_s)
        self._known |= {
            name.removeprefix(self.prefix): len(topic.partitions)
            for name, topic in found.topics.items()
            if name.startswith(self.prefix) and topic.error is None
        }
        self.identity = f"{found.cluster_id}/{self.prefix}"

    def listed(self, patience_s: float) -> ClusterMetadata:
        """Give the broker's own list of topics and brokers."""
        try:
            return self.admin.list_topics(timeout=patience_s)
        except KafkaException as failure:
            self.admin.poll(0)
            raise translated(self._cause or error_of(failure)) from failure

    def _hear(self, error: KafkaError) -> None:
        """Keep why brokers refuse us: the call that fails says only that none was reached."""
        if error.code() in _NOT_LET_IN:
            self._cause = error

    def names(self) -> list[str]:
        """Give the names of all topics of this bus, asked of the broker."""
        found = self.listed(self.patience.request_s).topics
        return [n.removeprefix(self.prefix) for n in found if n.startswith(self.prefix)]

    def drop(self, topic: str) -> None:
        """Take a topic away with all its records; one that is gone already is no error.

        The broker then removes its files by itself, ``log.segment.delete.delay.ms`` later.
        """
        wire = self.wire(topic)
        try:
            self.admin.delete_topics([wire], request_timeout=self.patience.request_s)[wire].result()
        except KafkaException as failure:
            if error_of(failure).code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise translated(error_of(failure)) from failure
        self._known.pop(topic, None)
        give_up = time.monotonic() + self.patience.request_s
        while topic in self.names() and time.monotonic() < give_up:
            time.sleep(_VISIBLE_STEP_S)

    def create(self, topics: Sequence[Topic]) -> None:
        """Create topics as they are declared, many in one request, and wait until all are seen.

        A broker answers at once and then makes the files, some milliseconds a partition: what is
        asked for next waits for that, so each part is waited for by itself.
        """
        wanted = [topic for topic in topics if topic.name not in self._known]
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            self._request(part)
            self._await([topic.name for topic in part])

    def _await(self, names: Sequence[str]) -> None:
        give_up, pause = time.monotonic() + self.patience.request_s, _VISIBLE_STEP_S
        while any(name not in self._known for name in names) and time.monotonic() < give_up:
            time.sleep(pause)
            # A list of thousands of topics is itself work for a broker that makes them.
            pause = min(2 * pause, _VISIBLE_LONGEST_S)
            self.refresh(self.patience.request_s)

    def _request(self, topics: Sequence[Topic]) -> None:
        wanted = [
            NewTopic(
                self.wire(name),
                partitions,
                self._replicas,
                config=dict(declared.settings(settings, self._replicas)),
            )
            for name, partitions, settings in topics
        ]
        made = self.admin.create_topics(wanted, request_timeout=self.patience.request_s)
        for answer in made.values():
            try:
                answer.result()
            except KafkaException as failure:
                # Another process made it first, or the broker had not listed it.
                if error_of(failure).code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise translated(error_of(failure)) from failure

    @cached_property
    def _replicas(self) -> int:
        """Give how many copies the partitions of a new topic have."""
        brokers = list(self.listed(self.patience.request_s).brokers)
        default = 1
        # A large cluster needs no word of a broker, which may be dying at this moment.
        if declared.replicas(len(brokers)) == 1:
            found = broker_settings(self.admin, brokers[:1], self.patience.request_s)
            default = int(found[brokers[0]][declared.DEFAULT_REPLICAS])
        return declared.replicas(declared.cluster_size(len(brokers), default))

    def _ask_for(self, topic: str) -> None:
        """Ask for a topic by its name until it is found or proven not to be there."""
        for answer in range(_ANSWERS):
            time.sleep(_ANSWER_STEP_S if answer else 0)
            described = self.admin.describe_topics(
                TopicCollection([self.wire(topic)]), request_timeout=self.patience.request_s
            )
            try:
                self._known[topic] = len(described[self.wire(topic)].result().partitions)
            except KafkaException as failure:
                if error_of(failure).code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                    raise translated(error_of(failure)) from failure
            else:
                return
