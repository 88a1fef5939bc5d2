"""What the tests read of a bus, by the port alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hub.bus.partition import partition_of
from hub.bus.port import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.bus.port import Batch, Bus, Delivered, Member

_PATIENCE_S = 30.0


def next_batch(member: Member, max_records: int = 1000) -> Batch:
    """Poll until there is a batch: a bus on a network may need several turns."""
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        batch = member.poll(max_records)
        if batch is not None:
            return batch
    raise AssertionError("no batch came")


def drain(bus: Bus, member: Member, group: str, topic: str, max_records: int = 1000) -> None:
    """Commit all that the topic holds for the group."""
    while bus.backlog(group, topic):
        member.commit(next_batch(member, max_records), [])


def everything(bus: Bus, topic: str, partition: int) -> list[Delivered]:
    """Follow a partition from its start to its end."""
    found: list[Delivered] = []
    position = 0
    while page := bus.follow(topic, partition, position, 500):
        found += page
        position = page[-1].offset + 1
    return found


def values(bus: Bus, topic: str) -> list[bytes]:
    """Give the values of a topic, partition after partition."""
    return [r.value for p in range(bus.partitions(topic)) for r in everything(bus, topic, p)]


def key_of(partition: int, partitions: int) -> bytes:
    """Find a key that belongs to this partition."""
    candidates = (b"key-%d" % number for number in range(10_000))
    return next(key for key in candidates if partition_of(key, partitions) == partition)


def numbered(topic: str, numbers: Sequence[int], key: bytes | None = b"k") -> list[Record]:
    """Make records whose values are their numbers."""
    return [Record(topic, key, b"%d" % number) for number in numbers]
