"""A service that keeps an address book from change notices: ``python -m examples.asyncio_service BOOK``.

HUB_EXAMPLE_BUS, HUB_EXAMPLE_IDENTITY and HUB_EXAMPLE_CARD say where the hub's Kafka is and who one is;
see README.md beside this file. It prints how many people and notices there are, and none of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from examples.asyncio_service.book import Book
from hub.client.errors import UnavailableError
from hub.client.kafka import KafkaClient, UnopenedError

_PAUSE_SECONDS = 5.0


def tell(error: UnopenedError) -> None:
    """Say that a record was passed over; its words hold nothing of it."""
    sys.stderr.write(f"{error}\n")


async def keep(book: Book) -> None:
    """Take every notice as it comes, without an end; where Kafka is away, try again."""
    card = os.environ.get("HUB_EXAMPLE_CARD")
    client = KafkaClient(
        os.environ["HUB_EXAMPLE_BUS"],
        Path(os.environ["HUB_EXAMPLE_IDENTITY"]),
        Path(card) if card else None,
    )
    while True:
        with suppress(UnavailableError):
            async with client:
                async for message in client.subscribe("change-notice", unopened=tell):
                    async with message:
                        book.take(message.id, message.items)
                        people, taken = book.count()
                        sys.stdout.write(f"people: {people}, notices: {taken}\n")
                        sys.stdout.flush()
        await asyncio.sleep(_PAUSE_SECONDS)


async def main(file: Path) -> None:
    """Keep the book until the service is told to stop."""
    book = Book(file)
    keeping = asyncio.create_task(keep(book))
    for signaled in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signaled, keeping.cancel)
    with suppress(asyncio.CancelledError):
        await keeping
    book.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
