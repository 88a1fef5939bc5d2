"""The prefecture as a reader who is connected, and a subscription of its that ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from confluent_kafka import Consumer, KafkaError, TopicPartition

if TYPE_CHECKING:
    from tests.integration.security.conftest import Place

FEED = "change-notice"
RELEASE = f"release.{FEED}.070009"


def reader(place: Place) -> Consumer:
    """Give the prefecture's reader, standing at the end of what is there for it."""
    given = {"group.id": place.wire("receive.070009"), "enable.partition.eof": True}
    consumer = Consumer(place.client("org-070009", **given))
    consumer.assign([TopicPartition(place.wire(RELEASE), 0, 0)])
    hears(consumer, KafkaError._PARTITION_EOF)
    return consumer


def hears(consumer: Consumer, code: int) -> float:
    """Wait until a reader hears this; gives after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < 15:
        message = consumer.poll(0.1)
        error = message.error() if message is not None else None
        if error is not None and error.code() == code:
            return time.monotonic() - began
    raise AssertionError(f"never heard {code}")


def subscribe(place: Place, until: str) -> None:
    """Let the prefecture's subscription end after this day."""
    text = f'[[subscription]]\norganisation = "070009"\nfeed = "{FEED}"\nuntil = {until}\n'
    file = place.home.path / "subscriptions.toml"
    file.write_text(text + 'reason = "試行の終了"\n', encoding="utf-8")
