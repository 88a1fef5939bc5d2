"""The embedded bus: one machine, no server, one SQLite file.

A commit is one SQLite transaction. A group's position is moved only from where the batch began,
so of two members that hold the same batch the second finds the position gone and is fenced: no
leases, no clocks, nothing to wait for after a crash (docs/adr/0003). ``:memory:`` gives the same bus
without a file, for unit tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from hub.bus.administration import Found, FoundTopic
from hub.bus.declared import KEPT
from hub.bus.embedded_store import Store
from hub.bus.port import BacklogError, Batch, Delivered, Extent, FencedError, Record
from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from hub.bus.declared import Topic

DEFAULT_MAX_BACKLOG = 20_000_000


class EmbeddedBus:
    """A bus in one SQLite file (see ``hub.bus.port.Bus``)."""

    def __init__(self, path: Path | str, *, max_backlog: int = DEFAULT_MAX_BACKLOG) -> None:
        self.store = Store(path)
        self._max_backlog = max_backlog

    @property
    def identity(self) -> str:
        """Give nothing: the home's own bus is known by its file."""
        return ""

    @property
    def administration(self) -> EmbeddedAdministration:
        """Give what looks after the topics."""
        return EmbeddedAdministration(self)

    def ensure(self, topic: str, partitions: int, settings: str = KEPT) -> None:
        """Create the topic where it does not exist; a different partition count is an error."""
        del settings  # A file has none.
        if partitions < 1:
            raise UsageError("区画数は1以上にしてください / a topic needs at least one partition")
        if self.partitions(topic) == partitions:
            return
        self.store.create(topic, partitions)
        if self.partitions(topic) != partitions:
            raise UsageError(
                f"トピック {topic} の区画数が宣言と異なります"
                f" / topic {topic} has another number of partitions than declared"
            )

    def partitions(self, topic: str) -> int:
        """Give the topic's number of partitions, 0 where it does not exist."""
        return self.store.topic(topic).partitions

    def publish(self, records: Sequence[Record]) -> None:
        """Commit all these records, or none and raise."""
        with self.store.transaction():
            self.admit(records)
            self.store.append(records)

    def admit(self, records: Sequence[Record]) -> None:
        """Raise ``BacklogError`` where a reader of these records' topics is too far behind."""
        for topic in {record.topic for record in records}:
            if self.store.worst_backlog(topic) >= self._max_backlog:
                raise BacklogError(
                    "処理待ちが上限に達しています。hub run で処理してから送ってください"
                    " / the backlog is at its limit; run `hub run` and send again"
                )

    def join(self, group: str, topics: Sequence[str]) -> EmbeddedMember:
        """Become a member of a group that shares the partitions of these topics."""
        return EmbeddedMember(self.store, group, topics)

    def follow(
        self, topic: str, partition: int, position: int, max_records: int
    ) -> list[Delivered]:
        """Give committed records from ``position`` on; the reader keeps its position itself."""
        return self.store.read(topic, partition, position, max_records)

    def position(self, group: str, topic: str, partition: int) -> int:
        """Give the offset that the group reads next."""
        return self.store.position(group, topic, partition)

    def positions(self, group: str, topic: str) -> Mapping[int, int]:
        """Give the offsets that the group reads next in a topic's partitions."""
        return {
            partition: self.store.position(group, topic, partition)
            for partition in range(self.partitions(topic))
        }

    def backlog(self, group: str, topic: str) -> int:
        """Give how many records of the topic the group has not committed."""
        return self.store.backlog(group, topic)

    def ends(self, places: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Give where the records of many partitions end."""
        return {place: self.store.extent(*place).end for place in places}

    def extent(self, topic: str, partition: int) -> Extent:
        """Give where the committed records of a partition begin and end."""
        return self.store.extent(topic, partition)

    def erase(self, ends: Mapping[str, Sequence[int]]) -> None:
        """Take records away, then write the file anew, so that no page keeps a copy of them."""
        with self.store.transaction():
            for topic, offsets in ends.items():
                for partition, before in enumerate(offsets):
                    self.store.remove(topic, partition, before)
        self.store.sweep()

    def is_whole(self) -> bool:
        """Say whether the file is all of one moment; reads all of it, for one that was copied."""
        return self.store.is_whole()

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class EmbeddedMember:
    """A member of a group on the embedded bus (see ``hub.bus.port.Member``)."""

    def __init__(self, store: Store, group: str, topics: Sequence[str]) -> None:
        self._store = store
        self._group = group
        self._places = [(t, p) for t in topics for p in range(store.topic(t).partitions)]
        self._turn = 0
        store.enrol(group, [topic for topic in topics if store.topic(topic).partitions])

    def poll(self, max_records: int) -> Batch | None:
        """Give the next batch of a partition that has one, turning around the partitions."""
        for _ in self._places:
            topic, partition = self._places[self._turn]
            self._turn = (self._turn + 1) % len(self._places)
            start = self._store.position(self._group, topic, partition)
            records = self._store.read(topic, partition, start, max_records)
            if records:
                return Batch(self._group, topic, partition, start, records)
        return None

    def here(self) -> list[Batch]:
        """Give an empty batch for each partition, at the group's position."""
        return [
            Batch(self._group, topic, p, self._store.position(self._group, topic, p), ())
            for topic, p in self._places
        ]

    def state(self, batch: Batch) -> Iterator[tuple[bytes, bytes]]:
        """Give all state held in the batch's partition, in order of the keys."""
        return self._store.state(batch.topic, batch.partition)

    def load(self, batch: Batch, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the state held under these keys in the batch's partition."""
        return self._store.load(batch.topic, batch.partition, keys)

    def commit(
        self,
        batch: Batch,
        outputs: Sequence[Record],
        state: Mapping[bytes, bytes | None] | None = None,
    ) -> None:
        """Make outputs, state and the position after the batch durable at once."""
        with self._store.transaction():
            if self._store.position(batch.group, batch.topic, batch.partition) != batch.start:
                raise FencedError(
                    "他の処理が先にこの区画を進めました"
                    " / another worker was first on this partition; read again"
                )
            self._store.move(batch.group, batch.topic, batch.partition, batch.end)
            self._store.append(outputs)
            self._store.keep(batch.topic, batch.partition, state or {})

    def close(self) -> None:
        """Leave the group; the embedded bus keeps nothing of a member."""


class EmbeddedAdministration:
    """Looks after the topics of a file (see ``hub.bus.administration``)."""

    has_brokers = False
    rights = None

    def __init__(self, bus: EmbeddedBus) -> None:
        self._bus = bus

    def found(self) -> Found:
        """Give the topics; a file has neither settings nor copies of them."""
        topics = self._bus.store.topics().items()
        return Found({name: FoundTopic(partitions, 1, {}) for name, partitions in topics}, {})

    def create(self, topics: Sequence[Topic]) -> None:
        """Create topics."""
        for topic in topics:
            self._bus.ensure(*topic)

    def set(self, topic: str, setting: str, value: str | None) -> None:
        """Refuse, since a file has no settings."""
        del topic, setting, value
        raise UsageError("組み込みのバスに設定はありません / the embedded bus has no settings")
