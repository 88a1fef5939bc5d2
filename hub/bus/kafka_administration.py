"""Looks after the topics of a bus on Kafka (see ``hub.bus.administration``)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ConfigSource,
    ResourceType,
)

from hub.bus.administration import Found, FoundTopic
from hub.bus.kafka_brokers import broker_settings, topic_settings
from hub.bus.kafka_errors import error_of, translated
from hub.bus.kafka_rights import KafkaRights
from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from confluent_kafka.admin import TopicDescription  # type: ignore[attr-defined]

    from hub.bus.declared import Topic
    from hub.bus.kafka_topics import Topics

# Kafka's own topics, which it looks after itself.
_INTERNAL = "__"
_VISIBLE_STEP_S = 0.02
_REFUSED = {KafkaError.INVALID_CONFIG, KafkaError.POLICY_VIOLATION, KafkaError.INVALID_REQUEST}


class KafkaAdministration:
    """The topics whose names begin with the bus's prefix, and the brokers of its cluster."""

    has_brokers = True

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._patience_s = topics.patience.request_s

    @property
    def rights(self) -> KafkaRights | None:
        """Give what looks after rights, where the brokers are secured."""
        return KafkaRights(self._topics) if self._topics.secured else None

    def found(self) -> Found:
        """Give what there is now, asked of the bus and not remembered."""
        listed = self._topics.listed(self._patience_s)
        prefix = self._topics.prefix
        names = [
            name
            for name in listed.topics
            if name.startswith(prefix) and not name.startswith(_INTERNAL)
        ]
        entries = topic_settings(self._topics.admin, names, self._patience_s)
        topics = {
            name.removeprefix(prefix): FoundTopic(
                len(description.partitions),
                min(len(each.replicas) for each in description.partitions),
                _set_on_topic(entries[name]),
            )
            for name, description in self._described(names)
        }
        brokers = broker_settings(self._topics.admin, listed.brokers, self._patience_s)
        return Found(topics, brokers)

    def create(self, topics: Sequence[Topic]) -> None:
        """Create topics as declared, many at once."""
        self._topics.create(topics)

    def set(self, topic: str, setting: str, value: str | None) -> None:
        """Set a topic's setting; nothing takes away what was set, so that the broker's counts."""
        how = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        entry = ConfigEntry(setting, value, incremental_operation=how)
        resource = ConfigResource(
            ResourceType.TOPIC, self._topics.wire(topic), incremental_configs=[entry]
        )
        answers = self._topics.admin.incremental_alter_configs(
            [resource], request_timeout=self._patience_s
        )
        try:
            answers[resource].result()
        except KafkaException as failure:
            error = error_of(failure)
            if error.code() in _REFUSED:
                raise _refused(topic, setting) from failure
            raise translated(error) from failure
        self._await_visible(topic, setting, value)

    def _await_visible(self, topic: str, setting: str, value: str | None) -> None:
        """Wait until a broker shows what the controller has taken, so that who looks next sees it."""
        wire = self._topics.wire(topic)
        give_up = time.monotonic() + self._patience_s
        while time.monotonic() < give_up:
            entries = topic_settings(self._topics.admin, [wire], self._patience_s)[wire]
            if _set_on_topic(entries).get(setting) == value:
                return
            time.sleep(_VISIBLE_STEP_S)

    def _described(self, names: list[str]) -> Iterable[tuple[str, TopicDescription]]:
        if not names:
            return []
        answers = self._topics.admin.describe_topics(
            TopicCollection(names), request_timeout=self._patience_s
        )
        try:
            return [(name, answer.result()) for name, answer in answers.items()]
        except KafkaException as failure:
            raise translated(error_of(failure)) from failure


def _set_on_topic(entries: Mapping[str, ConfigEntry]) -> dict[str, str]:
    """Give what was set on the topic itself, leaving out what it has from its broker."""
    return {
        name: entry.value
        for name, entry in entries.items()
        if ConfigSource(entry.source) is ConfigSource.DYNAMIC_TOPIC_CONFIG
        and entry.value is not None
    }


def _refused(topic: str, setting: str) -> UsageError:
    return UsageError(
        f"トピック {topic} の {setting} をブローカーが受け付けません。ブローカーの設定を確認して"
        f"ください / the broker refuses {setting} of topic {topic}; look at the broker's settings"
    )
