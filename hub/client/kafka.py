"""For those who read their own topics on the hub's Kafka, with their own keys and no secret of the hub.

    async with KafkaClient("kafka://bus.example:9093", identity, card) as client:
        async for message in client.subscribe("change-notice"):
            async with message:
                store(message.items)

The same records, in the same order, as by ``hub receive`` and the gateway. A message is acknowledged
when its block ends without an error; until then it comes again. The broker is told within a fifth of a
second or with the next message: a process that is killed before that has it again. Needs the extra
``kafka-client``.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from hub.client.errors import NotAcknowledgedError
from hub.client.kafka_feed import Announcements, Door, moved_on, translated
from hub.client.kafka_identity import read_identity
from hub.client.kafka_opening import Opener, UnopenedError
from hub.client.messages import Message
from hub.sealing.errors import UnknownKeyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from types import TracebackType

    from aiokafka import AIOKafkaConsumer, ConsumerRecord

__all__ = ["KafkaClient", "UnopenedError"]

_WAIT_MS = 1000
_CLOSED_SECONDS = 0.25
# A commit is a question to the broker: one a message would be most of the time of a message.
_COMMIT_SECONDS = 0.2


class KafkaClient:
    """One recipient on Kafka, as its identity file says; use it in an ``async with`` block.

    ``identity`` is the file that ``hub keys hand-out`` wrote, ``card`` how the brokers let one in
    (a file as ``kafka.toml``), ``rules`` a folder of rules where the hub goes by its own. Errors are
    those of ``hub.client.errors``, and ``UsageError`` for files that are not as they should be.
    """

    def __init__(
        self, address: str, identity: Path, card: Path | None = None, rules: Path | None = None
    ) -> None:
        self._door = Door.of(address, card)
        self._identity = read_identity(identity)
        self._rules = rules
        self._readings: list[_Reading] = []

    def __repr__(self) -> str:
        return f"KafkaClient({self._identity.organisation!r})"

    async def subscribe(
        self,
        feed: str,
        *,
        at_once: int = 100,
        unopened: Callable[[UnopenedError], None] | None = None,
    ) -> AsyncIterator[Message]:
        """Yield messages as they come, in order of each resident, without an end.

        Several processes of one recipient share the partitions. A record that does not open goes to
        ``unopened`` and is passed over; without one it is raised, and nothing is passed over. Raises
        ``NotAcknowledgedError`` where a message was passed over.
        """
        opener = Opener(self._identity, feed, self._rules)
        consumer = self._door.reader(feed, self._identity.organisation)
        reading = _Reading(consumer, opener, Announcements(self._door, opener))
        self._readings.append(reading)
        try:
            await reading.start()
            while True:
                for record in await reading.fetch(at_once):
                    message = await reading.message(record, unopened)
                    if message is not None:
                        yield message
                        _require_acknowledged(message)
                await reading.commit()
        except KafkaError as error:
            raise translated(error) from error
        finally:
            self._readings.remove(reading)
            await reading.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for reading in tuple(self._readings):
            await reading.close()
        # Connections of TLS are closed some turns of the loop later.
        await asyncio.sleep(_CLOSED_SECONDS)


class _Reading:
    """One subscription: its member of the group, what opens its records, and the announcements."""

    def __init__(
        self, consumer: AIOKafkaConsumer, opener: Opener, announcements: Announcements
    ) -> None:
        self._consumer = consumer
        self._opener = opener
        self._announcements = announcements
        self._closed = False
        self._pending: dict[TopicPartition, int] = {}
        self._committed = time.monotonic()

    async def start(self) -> None:
        """Join the group."""
        await self._consumer.start()

    async def fetch(self, most: int) -> list[ConsumerRecord[bytes, bytes]]:
        """Give the next records, those of a partition in order, or none after a second."""
        found = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=most)
        return [record for records in found.values() for record in records]

    async def message(
        self,
        record: ConsumerRecord[bytes, bytes],
        unopened: Callable[[UnopenedError], None] | None,
    ) -> Message | None:
        """Give a record as a message; nothing where it was passed over or has gone to another."""
        place = TopicPartition(record.topic, record.partition)
        if place not in self._consumer.assignment():
            return None
        acknowledge = partial(self._acknowledge, place, record.offset + 1)
        try:
            opened = await self._open(record)
        except UnopenedError as error:
            if unopened is None:
                raise
            unopened(error)
            await acknowledge("")
            return None
        return Message({**opened, "cursor": ""}, acknowledge)

    async def _open(self, record: ConsumerRecord[bytes, bytes]) -> dict[str, Any]:
        headers = tuple(record.headers)
        place = f"{record.topic}/{record.partition}@{record.offset}"
        for _ in range(2):
            try:
                return self._opener.open(headers, record.value, place)
            except UnknownKeyError:
                # Announced before anything was sealed under it: so it is there by now, or gone.
                await self._announcements.read_on()
        raise UnopenedError(UnknownKeyError.code, place)

    async def _acknowledge(self, place: TopicPartition, end: int, _: str) -> None:
        # One who has left the group, or lost the partition, could still move its position.
        if self._closed or place not in self._consumer.assignment():
            raise moved_on()
        self._pending[place] = end
        if time.monotonic() > self._committed + _COMMIT_SECONDS:
            await self.commit()

    async def commit(self) -> None:
        """Tell the broker what was acknowledged since the last time, where it is still ours."""
        pending, self._pending = self._pending, {}
        ours = {
            place: end for place, end in pending.items() if place in self._consumer.assignment()
        }
        try:
            if ours:
                await self._consumer.commit(ours)
        except KafkaError as error:
            raise translated(error) from error
        self._committed = time.monotonic()

    async def close(self) -> None:
        """Tell what is left to tell, and leave the group."""
        if self._closed:
            return
        self._closed = True
        try:
            await self.commit()
        finally:
            await self._consumer.stop()
            await self._announcements.close()


def _require_acknowledged(message: Message) -> None:
    if not message.acknowledged:
        raise NotAcknowledgedError(
            "メッセージは async with の中で扱ってください / use every message in an async with block"
        )
