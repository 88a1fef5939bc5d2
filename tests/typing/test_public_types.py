"""The types that a user's own code sees of ``hub.testing`` and ``hub.bus.port``.

mypy checks this file in ``make check``: an ``assert_type`` that no longer holds, or a mistake that is
no longer found (an unused ``type: ignore``), fails there. Run as tests, the same lines show that
the types tell the truth.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Protocol, Self, assert_type

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.bus.port import Batch, Bus, Delivered, Extent, FencedError, Member, Record
from hub.runtime.worker import Tally
from hub.testing import sandbox_hub

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import TracebackType

    from hub.bus.administration import Administration
    from hub.runtime.hub import Hub


class MyBus:
    """An adapter of somebody's own, which keeps everything in a list."""

    def __init__(self) -> None:
        self.kept: list[Record] = []

    @property
    def identity(self) -> str:
        """Give no name: nobody else can open it."""
        return ""

    @property
    def administration(self) -> Administration:
        """Give nobody: its topics need no care."""
        raise NotImplementedError

    def ensure(self, topic: str, partitions: int, settings: str = "kept") -> None:
        """Create nothing."""

    def publish(self, records: Sequence[Record]) -> None:
        """Keep the records."""
        self.kept.extend(records)

    def admit(self, records: Sequence[Record]) -> None:
        """Take any number: nobody reads it."""

    def join(self, group: str, topics: Sequence[str]) -> Member:
        """Give a member that finds nothing."""
        return MyMember(group, topics)

    def partitions(self, topic: str) -> int:
        """Give one partition a topic."""
        return int(bool(topic))

    def follow(
        self, topic: str, partition: int, position: int, max_records: int
    ) -> list[Delivered]:
        """Give the records of a topic."""
        found = [record for record in self.kept if record.topic == topic and partition == 0]
        numbered = [Delivered(n, r.key, r.value, r.headers) for n, r in enumerate(found)]
        return numbered[position : position + max_records]

    def position(self, group: str, topic: str, partition: int) -> int:
        """Give the beginning."""
        return len(group) * len(topic) * partition * 0

    def backlog(self, group: str, topic: str) -> int:
        """Give nothing."""
        return self.position(group, topic, 0)

    def positions(self, group: str, topic: str) -> Mapping[int, int]:
        """Give where a group reads next."""
        return {0: self.position(group, topic, 0)}

    def ends(self, places: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
        """Give where the records of partitions end."""
        return {place: self.extent(*place).end for place in places}

    def extent(self, topic: str, partition: int) -> Extent:
        """Give where the records of a topic begin and end."""
        return Extent(0, len(self.follow(topic, partition, 0, len(self.kept))))

    def erase(self, ends: Mapping[str, Sequence[int]]) -> None:
        """Keep no record of these topics."""
        self.kept = [record for record in self.kept if record.topic not in ends]

    def close(self) -> None:
        """Let go of nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class MyMember:
    """A member of that bus."""

    def __init__(self, group: str, topics: Sequence[str]) -> None:
        self.reads = group, topics

    def poll(self, max_records: int) -> Batch | None:
        """Give no batch."""
        return None if max_records else Batch("", "", 0, 0, ())

    def here(self) -> Sequence[Batch]:
        """Hold no partition."""
        return ()

    def state(self, batch: Batch) -> Iterable[tuple[bytes, bytes]]:
        """Give no state."""
        return [] if batch else [(b"", b"")]

    def load(self, batch: Batch, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give no state."""
        return {} if batch else dict.fromkeys(keys, b"")

    def commit(
        self,
        batch: Batch,
        outputs: Sequence[Record],
        state: Mapping[bytes, bytes | None] | None = None,
    ) -> None:
        """Refuse: somebody else was first."""
        raise FencedError(f"{batch.end} {len(outputs)} {state is None}")

    def close(self) -> None:
        """Leave."""


class HalfABus(Protocol):
    """What lacks most of a bus."""

    def publish(self, records: Sequence[Record]) -> None:
        """Publish alone does not make a bus."""
        ...


def copy(bus: Bus, source: str, target: str) -> int:
    """Copy a topic, typed against the port alone."""
    found = bus.follow(source, 0, 0, 100)
    assert_type(found, Sequence[Delivered])
    bus.publish([Record(target, each.key, each.value, each.headers) for each in found])
    return len(found)


def an_own_bus() -> Bus:
    """Give one, which a type checker must take for a bus."""
    return MyBus()


@pytest.mark.parametrize("make", [an_own_bus, lambda: EmbeddedBus(":memory:")])
def test_anything_with_the_ports_methods_is_a_bus(make: Callable[[], Bus]) -> None:
    """An adapter needs no base class; the embedded one is a bus like any other."""
    with make() as bus:
        for topic in ("a", "b"):
            bus.ensure(topic, 1)
        bus.publish([Record("a", None, b"1"), Record("a", b"key", b"2", (("h", b"v"),))])
        assert copy(bus, "a", "b") == 2
        assert [each.value for each in bus.follow("b", 0, 0, 10)] == [b"1", b"2"]


def test_the_values_of_the_port_are_typed() -> None:
    """Records, batches and members say what they hold."""
    record = Record("topic", None, b"value")
    assert_type(record.key, bytes | None)
    assert_type(record.headers, tuple[tuple[str, bytes], ...])
    batch = Batch(
        "group", "topic", 0, 5, [Delivered(5, None, b"", ()), Delivered(6, None, b"", ())]
    )
    assert_type(batch.take(1), Batch)
    assert (batch.end, batch.take(1).end) == (7, 6)
    member: Member = MyMember("group", ["topic"])
    assert_type(member.poll(1), Batch | None)
    with pytest.raises(FencedError):
        member.commit(batch, [record], {b"key": None})


def half_a_bus_is_none(half: HalfABus, embedded: EmbeddedBus) -> Bus:
    """Mistakes that a type checker must find; never run."""
    Record("topic", "key", b"value")  # type: ignore[arg-type]
    Record("topic", None, b"value").value = b"other"  # type: ignore[misc]
    embedded.publish("topic")  # type: ignore[arg-type]
    copy(half, "a", "b")  # type: ignore[arg-type]
    return half  # type: ignore[return-value]


def test_a_hub_for_tests_is_a_typed_hub() -> None:
    """``sandbox_hub`` gives a ``Hub``, on the bus in memory or on one's own."""
    with sandbox_hub("2026-04-01", bus=EmbeddedBus(":memory:")) as hub:
        typed: Hub = hub
        assert_type(hub.bus, Bus)
        assert_type(hub.parties, list[str])
        assert_type(typed.worker().step(), Tally | None)
        assert "072010" in hub.parties
