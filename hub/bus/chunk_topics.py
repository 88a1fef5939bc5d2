"""Sealed chunks on Kafka: a topic a file, deleted whole (docs/adr/0028).

Each record is the SHA-256 of a chunk and the chunk. Nobody on a network can see whether a sender
still lives: a file counts as being written while something comes at least every ten minutes, for
an hour after it was begun at most.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from hub.bus import declared
from hub.bus.chunks import ChunksDamagedError, ChunksGoneError
from hub.bus.port import Record
from hub.traces import found_in
from hub.vocabulary.ids import is_id, minted_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from hub.bus.kafka import KafkaBus
    from hub.bus.port import Bus
    from hub.vocabulary.clock import Clock

LONGEST_SENDING = timedelta(hours=1)
"""A file that is not whole so long after it was begun is given up."""
LONGEST_SILENCE = timedelta(minutes=10)
"""So is one that has begun to come, and of which nothing has come for so long."""

_AT_ONCE = 4
_HASH_BYTES = 32


class ChunkTopics:
    """The sealed files of one bus on Kafka (see ``hub.bus.chunks``)."""

    def __init__(
        self,
        bus: KafkaBus,
        clock: Clock,
        searched: Path,
        longest_silence: timedelta = LONGEST_SILENCE,
    ) -> None:
        """Keep files on ``bus``; traces are looked for in what this machine keeps, ``searched``.

        What brokers keep on their disks is not for a client to see.
        """
        self._bus = bus
        self._topics = bus.topic_shelf
        self._clock = clock
        self._searched = searched
        self._longest_silence = longest_silence.total_seconds()

    def begin(self, file_id: str) -> TopicWriter:
        """Begin a file that was not there."""
        name = _topic(file_id)
        row = declared.topics()["file"]
        self._bus.ensure(name, row.partitions, row.settings)
        return TopicWriter(self._bus, name)

    def read(self, file_id: str) -> Iterator[bytes]:
        """Yield the chunks in order, a few in memory at a time."""
        name, position = _topic(file_id), 0
        if not self._bus.partitions(name):
            raise ChunksGoneError
        while records := self._bus.follow(name, 0, position, _AT_ONCE):
            for record in records:
                position = record.offset + 1
                yield _chunk(record.value)

    def idle(self) -> set[str]:
        """Give the files that nobody seems to be writing."""
        return {file_id for file_id in self._files() if not self._is_written(file_id)}

    def busy(self) -> set[str]:
        """Give the files that somebody may be writing."""
        return {file_id for file_id in self._files() if self._is_written(file_id)}

    def remove(self, file_ids: Collection[str]) -> None:
        """Delete the topics of files."""
        for file_id in file_ids:
            self._topics.drop(_topic(file_id))

    def finds(self, traces: Collection[bytes]) -> set[bytes]:
        """Give those of these bytes that stand in a file of this machine's folder."""
        return found_in([self._searched], traces)

    def _files(self) -> list[str]:
        begin = _topic("")
        found = [name for name in self._topics.names() if name.startswith(begin)]
        return [file_id for name in found if is_id(file_id := name.removeprefix(begin))]

    def _is_written(self, file_id: str) -> bool:
        is_young = self._clock.now() - minted_at(file_id) < LONGEST_SENDING
        return is_young and not self._bus.is_silent(_topic(file_id), self._longest_silence)


class TopicWriter:
    """One file under way; a few chunks are one transaction (see ``hub.bus.chunks``)."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._waiting: list[Record] = []

    def add(self, chunk: bytes) -> None:
        """Add the next sealed chunk."""
        value = hashlib.sha256(chunk).digest() + chunk
        self._waiting.append(Record(self._topic, None, value))
        if len(self._waiting) == _AT_ONCE:
            self._write()

    def finish(self) -> None:
        """Make all chunks durable."""
        self._write()

    def _write(self) -> None:
        self._bus.publish(self._waiting)
        self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting = []


def _topic(file_id: str) -> str:
    return declared.topics()["file"].name.format(file=file_id)


def _chunk(value: bytes) -> bytes:
    digest, chunk = value[:_HASH_BYTES], value[_HASH_BYTES:]
    if hashlib.sha256(chunk).digest() != digest:
        raise ChunksDamagedError(
            "封をしたファイルが壊れています。送信元に再送を依頼してください"
            " / a sealed file is damaged on the bus: ask its sender to send it again"
        )
    return chunk
