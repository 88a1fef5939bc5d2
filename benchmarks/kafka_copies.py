"""The two copies that the pipeline is measured beside, on the bare client with the hub's settings.

Both read the same messages in batches and commit each batch's outputs and offsets as one
transaction with the group's metadata: no hub code runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from benchmarks.kafka_town import INTAKE
from hub.bus import kafka_settings
from hub.bus.kafka_access import Cluster
from hub.bus.kafka_settings import Patience
from hub.bus.kafka_topics import Topics
from hub.bus.kafka_transactions import Addressed

if TYPE_CHECKING:
    from hub.bus.port import Headers

_TWIN = "copy."
_WAIT_S = 30.0


Writing = Callable[[Sequence[Message], int], Iterable[Addressed]]
"""What a copy writes for the messages it has read and the number of the batch, from 0."""


def same_messages(twins: Twins) -> Writing:
    """Write each message on unchanged."""
    topic = twins.make(INTAKE.name)

    def write(batch: Sequence[Message], _: int) -> Iterable[Addressed]:
        return (
            Addressed(topic, m.partition() or 0, m.key(), m.value(), _headers(m)) for m in batch
        )

    return write


def _headers(message: Message) -> Headers:
    found: Any = message.headers()
    return found or ()


def same_outputs(outputs: Sequence[Sequence[Addressed]]) -> Writing:
    """Write what was written before for a batch of this number."""
    return lambda _, number: outputs[number]


class Twins:
    """Topics like the hub's under names of their own, so that a copy disturbs nothing.

    They are not compacted, which spares the copies a little of the broker's work.
    """

    def __init__(self, address: str) -> None:
        self._hub = Topics(Cluster(address), "", Patience())
        self._own = Topics(Cluster(address), _TWIN, Patience())

    def of(self, record: Addressed) -> Addressed:
        """Give a record with the twin of its topic."""
        return record._replace(topic=self.make(record.topic))

    def make(self, topic: str) -> str:
        """Make the twin of a topic where there is none, and give its name on the broker."""
        if not self._own.partitions(topic):
            self._own.ensure(topic, self._hub.partitions(topic))
        return self._own.wire(topic)


class Copier(NamedTuple):
    """A reader of the town's messages under a group's name, and its transactional producer."""

    consumer: Consumer
    producer: Producer
    writing: Writing

    @classmethod
    def join(cls, address: str, group: str, writing: Writing) -> Copier:
        """Begin to read where the group stands; give it back with ``close``."""
        patience = Patience()
        consumer = Consumer(kafka_settings.member(Cluster(address), group, patience))
        consumer.subscribe([INTAKE.name])
        producer = Producer(kafka_settings.producer(Cluster(address), group, patience))
        producer.init_transactions()
        return cls(consumer, producer, writing)

    def copy(self, number: int, size: int) -> int:
        """Carry the next ``size`` messages in one transaction; gives how many they were."""
        batch = self._read(size)
        self.producer.begin_transaction()
        for record in self.writing(batch, number):
            self.producer.produce(
                record.topic,
                record.value,
                record.key,
                record.partition,
                headers=list(record.headers),
            )
        last = batch[-1]
        after = TopicPartition(INTAKE.name, last.partition() or 0, (last.offset() or 0) + 1)
        metadata = self.consumer.consumer_group_metadata()
        self.producer.send_offsets_to_transaction([after], metadata)
        self.producer.commit_transaction()
        return len(batch)

    def _read(self, size: int) -> list[Message]:
        batch: list[Message] = []
        while len(batch) < size:
            found = self.consumer.consume(size - len(batch), _WAIT_S)
            if not found:
                raise AssertionError("the town has too few notices for this run")
            # What carries an error only says that a partition ends here.
            batch += [message for message in found if message.error() is None]
        return batch

    def close(self) -> None:
        """Leave the group."""
        self.consumer.close()
