"""The bus as the hub sees it: topics of partitions, and batches that commit whole or not at all.

What every adapter keeps, and the conformance suite in ``tests/integration/bus`` shows:

1. A batch's outputs, state changes and read position become durable together or not at all.
2. Records of one partition are read in the order they were committed, each by one member of a
   group at a time: of two that hold the same batch one at most commits it, the other is fenced.
3. Nothing is read that was not committed; what was read and not committed is read again.
4. State belongs to a partition of the topic that a group reads, and is seen as last committed.
   One group of a topic's readers keeps state; what the others see of it may be a while old.
5. A publisher that is too far ahead of the readers is told so, and loses nothing.
6. What is erased before an offset is read by nobody again; what lies behind it is as it was.

On a network a commit may lose its answer. A member finds out by itself what became of it; a
publisher cannot, and is told so by an error of its own: it looks before it sends again.

Headers are text (CloudEvents): UTF-8 without NUL. Keys choose the partition by murmur2, alike in
every adapter. Values are sealed before they reach the bus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from hub.bus.declared import KEPT
from hub.errors import HubError, SurroundingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from types import TracebackType

    from hub.bus.administration import Administration

Headers = tuple[tuple[str, bytes], ...]


class Record(NamedTuple):
    """A record to be written; without a key it goes to partition 0."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Headers = ()

    def __repr__(self) -> str:
        return f"Record(topic={self.topic!r}, {len(self.value)} bytes)"


class Delivered(NamedTuple):
    """A committed record as it is read; ``offset`` rises in its partition, perhaps with gaps."""

    offset: int
    key: bytes | None
    value: bytes
    headers: Headers

    def __repr__(self) -> str:
        return f"Delivered(offset={self.offset}, {len(self.value)} bytes)"


class Batch(NamedTuple):
    """Records of one partition, in order, starting at the group's position ``start``."""

    group: str
    topic: str
    partition: int
    start: int
    records: Sequence[Delivered]

    def __repr__(self) -> str:
        return (
            f"Batch({self.topic}/{self.partition} from {self.start}, {len(self.records)} records)"
        )

    @property
    def end(self) -> int:
        """Give the position after the batch."""
        return self.records[-1].offset + 1 if self.records else self.start

    def take(self, count: int) -> Batch:
        """Give the batch's first ``count`` records as a batch."""
        return self._replace(records=self.records[:count])


class Extent(NamedTuple):
    """The offset of a partition's first record, and the one after its last; gaps may lie between."""

    begin: int
    end: int


class FencedError(HubError):
    """Another member committed this batch first; drop the work and read again."""


class BacklogError(SurroundingsError):
    """The readers are too far behind; start `hub run` and send again."""


class BusUnavailableError(SurroundingsError):
    """The bus cannot be reached or written; nothing of the batch was committed."""


class OutcomeUnknownError(BusUnavailableError):
    """The bus was lost while it committed: look before sending again."""


class Member(Protocol):
    """One reader of a group's topics. Use from one thread."""

    def poll(self, max_records: int) -> Batch | None:
        """Give the next batch of a partition that has one, else nothing, soon.

        Nothing means that all that was visible when it was called has been given. A member on a
        network first waits for its partitions, for some seconds at most.
        """
        ...

    def here(self) -> Sequence[Batch]:
        """Give an empty batch for each partition that this member reads, at the group's position.

        What is committed with it moves nothing, and is fenced where another member was first.
        """
        ...

    def state(self, batch: Batch) -> Iterable[tuple[bytes, bytes]]:
        """Give all state held in the batch's partition, in order of the keys."""
        ...

    def load(self, batch: Batch, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the state held under these keys in the batch's partition; absent keys are left out."""
        ...

    def commit(
        self,
        batch: Batch,
        outputs: Sequence[Record],
        state: Mapping[bytes, bytes | None] | None = None,
    ) -> None:
        """Make outputs, state (nothing = removed) and the position after the batch durable at once.

        Raises ``FencedError`` when another member has moved the position meanwhile.
        """
        ...

    def close(self) -> None:
        """Leave the group; nothing uncommitted remains."""
        ...


class Bus(Protocol):
    """A bus: publish atomically, read as a member of a group, or follow a topic by oneself."""

    @property
    def identity(self) -> str:
        """Give what tells this bus from another that a home may be used with; empty for its own."""
        ...

    @property
    def administration(self) -> Administration:
        """Give what looks after the topics."""
        ...

    def ensure(self, topic: str, partitions: int, settings: str = KEPT) -> None:
        """Create the topic where it does not exist; a different partition count is an error.

        ``settings`` names the table of ``topics/topics.toml`` that a new topic is made with, where
        the bus has settings at all.
        """
        ...

    def publish(self, records: Sequence[Record]) -> None:
        """Commit all these records, or none and raise."""
        ...

    def admit(self, records: Sequence[Record]) -> None:
        """Raise ``BacklogError`` where a reader of these records' topics is too far behind.

        ``publish`` looks by itself; who brings new work by a commit asks before it.
        """
        ...

    def join(self, group: str, topics: Sequence[str]) -> Member:
        """Become a member of a group that shares the partitions of these topics."""
        ...

    def partitions(self, topic: str) -> int:
        """Give the topic's number of partitions, 0 where it does not exist."""
        ...

    def follow(
        self, topic: str, partition: int, position: int, max_records: int
    ) -> Sequence[Delivered]:
        """Give committed records from ``position`` on; the reader keeps its position itself."""
        ...

    def position(self, group: str, topic: str, partition: int) -> int:
        """Give the offset that the group reads next."""
        ...

    def positions(self, group: str, topic: str) -> Mapping[int, int]:
        """Give the offsets that the group reads next in a topic's partitions, asked at once."""
        ...

    def backlog(self, group: str, topic: str) -> int:
        """Give how many records of the topic the group has not committed.

        0 where it has committed all; a large number may be an estimate.
        """
        ...

    def ends(self, places: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Give where the committed records of many partitions (topic, number) end, asked at once."""
        ...

    def extent(self, topic: str, partition: int) -> Extent:
        """Give where the committed records of a partition begin and end; both alike where none is."""
        ...

    def erase(self, ends: Mapping[str, Sequence[int]]) -> None:
        """Take away of each topic's partitions the records before an offset, read or not.

        Doing it again does no harm. An adapter takes the bytes off its own disk; a broker removes
        its files by itself, later.
        """
        ...

    def close(self) -> None:
        """Let go of everything the bus holds on this machine."""
        ...

    def __enter__(self) -> Self:
        """Use the bus for the length of a block."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the bus."""
        ...
