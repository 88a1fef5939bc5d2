"""Counts change notices by 異動事由, as a Faust application on the hub's Kafka.

Set HUB_EXAMPLE_BUS, HUB_EXAMPLE_IDENTITY and HUB_EXAMPLE_CARD, then
``faust -A examples.faust_app.app worker``; see README.md beside this file.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from hub.client.kafka_faust import FaustFeed

if TYPE_CHECKING:
    from faust.types import StreamT

    from hub.client.kafka_opening import UnopenedError
    from hub.client.messages import Received


def tell(error: UnopenedError) -> None:
    """Say that a record was passed over; its words hold nothing of it."""
    sys.stderr.write(f"{error}\n")


card = os.environ.get("HUB_EXAMPLE_CARD")
source = FaustFeed(
    os.environ["HUB_EXAMPLE_BUS"],
    "change-notice",
    Path(os.environ["HUB_EXAMPLE_IDENTITY"]),
    Path(card) if card else None,
    unopened=tell,
)
app = source.app(datadir=os.environ.get("HUB_EXAMPLE_DATA", "faust-data"))
counts: Counter[str] = Counter()
# The same message may come twice: what was counted is not counted again.
counted: set[str] = set()


@app.agent(source.topic(app))
async def count(records: StreamT[Received]) -> None:
    """Count each notice, and print how many there are of each kind."""
    async for record in records:
        if record.id not in counted:
            counted.add(record.id)
            counts[record.items["異動事由"]] += 1
            sys.stdout.write(f"{dict(counts)}\n")
