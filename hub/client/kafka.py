"""For those who read their own topics on the hub's Kafka, with their own keys and no secret of the hub.

    async with KafkaClient("kafka://bus.example:9092", identity, card) as client:
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
from typing import TYPE_CHECKING, Self

from aiokafka.errors import KafkaError

from hub.client.errors import NotAcknowledgedError
from hub.client.kafka_feed import Door, translated
from hub.client.kafka_identity import read_identity
from hub.client.kafka_opening import Opener, UnopenedError
from hub.client.kafka_reading import Reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from hub.client.messages import Message

__all__ = ["KafkaClient", "UnopenedError"]

_CLOSED_SECONDS = 0.25


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
        self._readings: list[Reading] = []

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
        while True:
            # Anew with a new password or certificate: aiokafka would go on with the old one.
            reading = Reading(self._door, feed, self._identity.organisation, opener)
            self._readings.append(reading)
            try:
                await reading.start()
                while not reading.is_outdated():
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

    async def __aexit__(self, *_: object) -> None:
        for reading in tuple(self._readings):
            await reading.close()
        # Connections of TLS are closed some turns of the loop later.
        await asyncio.sleep(_CLOSED_SECONDS)


def _require_acknowledged(message: Message) -> None:
    if not message.acknowledged:
        raise NotAcknowledgedError(
            "メッセージは async with の中で扱ってください / use every message in an async with block"
        )
