"""What the brokers of a Kafka cluster, and the topics on them, are set to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confluent_kafka import KafkaException
from confluent_kafka.admin import ConfigResource, ResourceType  # type: ignore[attr-defined]

from hub.bus.kafka_errors import error_of, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from concurrent.futures import Future

    from confluent_kafka.admin import AdminClient, ConfigEntry  # type: ignore[attr-defined]


def broker_settings(
    admin: AdminClient, brokers: Iterable[int], patience_s: float
) -> dict[int, dict[str, str]]:
    """Give every setting of these brokers as it holds now, defaults included."""
    asked = [
        # One broker a request: the client refuses more, since each is asked of that broker itself.
        admin.describe_configs(
            [ConfigResource(ResourceType.BROKER, str(number))], request_timeout=patience_s
        )
        for number in brokers
    ]
    return {
        int(number): {
            name: entry.value for name, entry in entries.items() if entry.value is not None
        }
        for answers in asked
        for number, entries in _results(answers).items()
    }


def topic_settings(
    admin: AdminClient, topics: Iterable[str], patience_s: float
) -> dict[str, Mapping[str, ConfigEntry]]:
    """Give every setting of these topics, by their names on the broker, with where it is set."""
    resources = [ConfigResource(ResourceType.TOPIC, topic) for topic in topics]
    if not resources:
        return {}
    return _results(admin.describe_configs(resources, request_timeout=patience_s))


def _results(
    answers: Mapping[ConfigResource, Future[dict[str, ConfigEntry]]],
) -> dict[str, Mapping[str, ConfigEntry]]:
    try:
        return {resource.name: answer.result() for resource, answer in answers.items()}
    except KafkaException as failure:
        raise translated(error_of(failure)) from failure
