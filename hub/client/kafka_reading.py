"""One subscription of a recipient on Kafka: who reads, what opens, what was acknowledged."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from aiokafka import TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaConnectionError, KafkaError, SaslAuthenticationFailed

from hub.client.errors import ClientError
from hub.client.kafka_feed import Announcements, moved_on, translated
from hub.client.kafka_opening import UnopenedError
from hub.client.messages import Message
from hub.sealing.errors import UnknownKeyError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiokafka import ConsumerRecord

    from hub.client.kafka_feed import Door
    from hub.client.kafka_opening import Opener

_WAIT_MS = 1000
# After a silence so long the brokers are asked whether they still know us.
_QUIET_SECONDS = 20
_ANSWER_SECONDS = 10
# A commit is a question to the broker: one a message would be most of the time of a message.
_COMMIT_SECONDS = 0.2


class Reading(ConsumerRebalanceListener):  # type: ignore[misc]
    """One subscription: its member of the group, what opens its records, and the announcements.

    Use from one loop. Whatever was fetched before partitions were dealt anew counts for nothing: it
    comes again, to whoever has its partition then.
    """

    def __init__(self, door: Door, feed: str, organisation: str, opener: Opener) -> None:
        self._door = door
        self._topic = door.topic(feed, organisation)
        self._shown = door.shown()
        self._consumer = door.reader(organisation)
        self._opener = opener
        self._announcements = Announcements(door, opener)
        self._deal = self._fetched = 0
        self._heard = time.monotonic()
        self._closed = False
        self._pending: dict[TopicPartition, int] = {}
        self._committed = time.monotonic()

    async def start(self) -> None:
        """Join the group; raises ``RefusedError`` where the brokers do not know who this is."""
        try:
            await self._consumer.start()
        except KafkaConnectionError as error:
            if await self._door.is_turned_away():
                raise translated(SaslAuthenticationFailed()) from error
            raise
        self._consumer.subscribe([self._topic], listener=self)

    def is_outdated(self) -> bool:
        """Say whether the card's password or certificate has been replaced since the beginning."""
        return self._door.shown() != self._shown

    async def fetch(self, most: int) -> list[ConsumerRecord[bytes, bytes]]:
        """Give the next records, those of a partition in order, or none after a second."""
        found = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=most)
        self._fetched = self._deal
        if found:
            self._heard = time.monotonic()
        elif time.monotonic() > self._heard + _QUIET_SECONDS:
            await self._require_let_in()
        return [record for records in found.values() for record in records]

    async def _require_let_in(self) -> None:
        """Ask the brokers a question after a silence; ``RefusedError`` where they know us no more."""
        try:
            await asyncio.wait_for(
                self._consumer.end_offsets(list(self._consumer.assignment())), _ANSWER_SECONDS
            )
        except (KafkaError, TimeoutError) as error:
            # Brokers that are away are waited for.
            if await self._door.is_turned_away():
                raise translated(SaslAuthenticationFailed()) from error
        self._heard = time.monotonic()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Tell what was acknowledged while the partitions are still ours; aiokafka calls this."""
        del revoked
        with suppress(ClientError):
            await self.commit()
        self._deal += 1

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin what is ours from now on; aiokafka calls this."""
        del assigned
        self._pending.clear()

    async def message(
        self,
        record: ConsumerRecord[bytes, bytes],
        unopened: Callable[[UnopenedError], None] | None,
    ) -> Message | None:
        """Give a record as a message; nothing where it was passed over or has gone to another."""
        place = TopicPartition(record.topic, record.partition)
        if not self._is_ours(place, self._fetched):
            return None
        acknowledge = partial(self._acknowledge, place, record.offset + 1, self._fetched)
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

    def _is_ours(self, place: TopicPartition, deal: int) -> bool:
        """Say whether a partition has been ours without a break since it was dealt."""
        return deal == self._deal and place in self._consumer.assignment()

    async def _acknowledge(self, place: TopicPartition, end: int, deal: int, _: str) -> None:
        # One who has left the group, or lost the partition, could still move its position.
        if self._closed or not self._is_ours(place, deal):
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
