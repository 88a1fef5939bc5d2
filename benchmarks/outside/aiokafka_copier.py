"""A transactional copier: ``aiokafka_copier.py BROKER IN OUT GROUP SESSION_MS BATCH``.

One transactional id for each input partition, as Kafka's older way to fence has it: aiokafka cannot
send the group's metadata with the offsets. It ends at the first error; whoever runs it starts it anew.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from aiokafka import (
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRebalanceListener,
)

_TRANSACTION_MS = 10_000
_WAIT_MS = 100


class Copier(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a group, with one producer for each partition that it holds."""

    def __init__(self, broker: str, source: str, group: str, session_ms: int) -> None:
        self._broker = broker
        self._source = source
        self._group = group
        self._producers: dict[Any, AIOKafkaProducer] = {}
        # Held for the length of a transaction, so that a partition goes between two of them.
        self._busy = asyncio.Lock()
        # What was fetched before the partitions were dealt anew will be fetched again.
        self._deals = 0
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=broker,
            group_id=group,
            enable_auto_commit=False,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 5,
        )

    async def on_partitions_revoked(self, revoked: Any) -> None:  # noqa: ANN401
        """Let go of the producers of partitions that go."""
        async with self._busy:
            self._deals += 1
            for place in revoked:
                producer = self._producers.pop(place, None)
                if producer is not None:
                    await producer.stop()

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ANN401
        """Do nothing: records may come before this is called, so producers are made for them."""

    async def _begin(self, place: Any) -> None:  # noqa: ANN401
        """Begin under the partition's name, which fences who had it."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self._broker,
            transactional_id=f"{self._group}-{place.partition}",
            transaction_timeout_ms=_TRANSACTION_MS,
        )
        await producer.start()
        self._producers[place] = producer

    async def copy(self, target: str, batch: int) -> None:
        """Copy until an error comes."""
        self._consumer.subscribe([self._source], listener=self)
        await self._consumer.start()
        while True:
            found = await self._consumer.getmany(timeout_ms=_WAIT_MS)
            deal = self._deals
            for place, records in found.items():
                for start in range(0, len(records), batch):
                    async with self._busy:
                        if deal == self._deals:
                            await self._carry(target, place, records[start : start + batch])

    async def _carry(self, target: str, place: Any, records: list[Any]) -> None:  # noqa: ANN401
        if place not in self._producers:
            await self._begin(place)
        producer = self._producers[place]
        async with producer.transaction():
            for record in records:
                await producer.send(target, record.value, partition=place.partition)
            after = {place: records[-1].offset + 1}
            await producer.send_offsets_to_transaction(after, self._group)


async def main(  # noqa: D103
    broker: str, source: str, target: str, group: str, session_ms: str, batch: str
) -> None:
    await Copier(broker, source, group, int(session_ms)).copy(target, int(batch))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
