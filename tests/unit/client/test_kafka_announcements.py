"""Announcements are read to the end that was asked for, however slowly a broker gives them."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka.errors import KafkaTimeoutError

from hub.bus.kafka_access import Cluster
from hub.client import kafka_feed
from hub.client.kafka_feed import Announcements, Door

if TYPE_CHECKING:
    from collections.abc import Mapping

NEVER = 1000


class SlowReader:
    """A reader of aiokafka's shape whose first fetches bring nothing; then a record, then markers.

    A real broker cannot be made slow just between the question for the end and the fetch.
    """

    def __init__(self, empty: int) -> None:
        self._fetches = [*[None] * empty, b"announcement", None]
        self._position = 0

    async def end_offsets(self, places: list[Any]) -> Mapping[Any, int]:
        """Give the end: one record and one marker."""
        return dict.fromkeys(places, 2)

    async def position(self, _: object) -> int:
        """Give where it stands."""
        return self._position

    async def getmany(self, place: object, timeout_ms: int) -> Mapping[Any, list[Any]]:
        """Give what the next fetch brings, and stand behind it."""
        await asyncio.sleep(0 if timeout_ms else 1)
        value = self._fetches.pop(0)
        if value is not None or len(self._fetches) == 0:
            self._position += 1
        return {place: [SimpleNamespace(value=value)]} if value is not None else {}


def _read(reader: SlowReader) -> list[bytes]:
    learnt: list[bytes] = []
    opener: Any = SimpleNamespace(learn=learnt.append)
    announcements = Announcements(Door(Cluster("localhost:9092"), ""), opener)
    announcements._consumer = reader
    asyncio.run(announcements.read_on())
    return learnt


def test_an_empty_fetch_is_not_the_end() -> None:
    """Else a good record would count as one whose key nobody announced, and be passed over."""
    assert _read(SlowReader(empty=3)) == [b"announcement"]


def test_what_does_not_come_in_time_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the brokers, which may be tried again; nothing is passed over for it."""
    monkeypatch.setattr(kafka_feed, "_PATIENCE_SECONDS", 0.01)
    with pytest.raises(KafkaTimeoutError):
        _read(SlowReader(empty=NEVER * NEVER))
