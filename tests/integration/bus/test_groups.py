"""Groups: polling, positions, redelivery, fencing, backlog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.bus.port import BacklogError, FencedError, Record
from tests.integration.bus.reading import drain, everything, key_of, next_batch, numbered, values

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from tests.integration.bus.adapters import Home


def test_polling_goes_on_where_the_group_committed(bus: Bus) -> None:
    """Poll gives the records after the group's position, in order, each once."""
    bus.publish(numbered("in", range(25)))
    member, seen = bus.join("group", ["in"]), []
    while bus.backlog("group", "in"):
        batch = next_batch(member, 10)
        member.commit(batch, [])
        seen.append([int(record.value) for record in batch.records])
    assert seen == [list(range(10)), list(range(10, 20)), list(range(20, 25))]


def test_polling_an_empty_topic_gives_nothing_at_once(bus: Bus) -> None:
    """With nothing to read, and with a topic that does not exist, poll gives None."""
    assert bus.join("group", ["in"]).poll(10) is None
    assert bus.join("group", ["unknown"]).poll(10) is None


def test_a_batch_is_of_one_partition_and_no_longer_than_asked(bus: Bus) -> None:
    """A batch holds records of one partition only, at most ``max_records``."""
    for partition in range(4):
        bus.publish(numbered("in", range(7), key_of(partition, 4)))
    member, sizes = bus.join("group", ["in"]), []
    while bus.backlog("group", "in"):
        batch = next_batch(member, 3)
        assert {record.key for record in batch.records} == {key_of(batch.partition, 4)}
        sizes.append(len(batch.records))
        member.commit(batch, [])
    assert max(sizes) <= 3
    assert sum(sizes) == 28


def test_no_partition_starves_beside_a_busy_one(bus: Bus) -> None:
    """A partition that always has more does not keep the other partitions or topics waiting."""
    bus.publish(numbered("in", range(200), key_of(0, 4)))
    for partition in (1, 2, 3):
        bus.publish(numbered("in", [partition], key_of(partition, 4)))
    bus.publish(numbered("out", [0], key_of(1, 2)))
    member, seen = bus.join("group", ["in", "out"]), set()
    for _ in range(12):
        batch = next_batch(member, 2)
        seen.add((batch.topic, batch.partition))
        member.commit(batch, [])
    assert seen == {("in", 0), ("in", 1), ("in", 2), ("in", 3), ("out", 1)}


def test_an_uncommitted_batch_is_read_again_after_reopening(shared_home: Home) -> None:
    """What was read and not committed is delivered again, the same, after close and reopen."""
    with shared_home.open() as bus:
        bus.ensure("in", 1)
        bus.publish(numbered("in", range(5)))
        member = bus.join("group", ["in"])
        first = next_batch(member)
        member.close()
    with shared_home.open() as bus:
        member = bus.join("group", ["in"])
        again = next_batch(member)
        assert list(again.records) == list(first.records)
        member.commit(again, [])
    with shared_home.open() as bus:
        assert bus.backlog("group", "in") == 0


def test_another_group_has_its_own_position(bus: Bus) -> None:
    """A group reads every record whatever another group has committed."""
    bus.publish(numbered("in", range(9)))
    one, other = bus.join("one", ["in"]), bus.join("other", ["in"])
    drain(bus, one, "one", "in")
    assert (bus.backlog("one", "in"), bus.backlog("other", "in")) == (0, 9)
    assert len(next_batch(other).records) == 9


def test_taking_part_of_a_batch_commits_only_that_part(bus: Bus) -> None:
    """``take(n)`` moves the position over n records; the rest comes with the next poll."""
    bus.publish(numbered("in", range(10)))
    member = bus.join("group", ["in"])
    batch = next_batch(member)
    member.commit(batch.take(4), [])
    assert bus.backlog("group", "in") == 6
    assert [int(record.value) for record in next_batch(member).records] == [4, 5, 6, 7, 8, 9]
    with pytest.raises(FencedError):
        member.commit(batch, [])


def test_of_two_with_the_same_batch_the_second_is_fenced_and_goes_on(shared_home: Home) -> None:
    """The loser leaves neither outputs nor state behind, then polls again and goes on."""
    with shared_home.open() as bus, shared_home.open() as rival_bus:
        bus.ensure("in", 1)
        bus.ensure("out", 1)
        bus.publish(numbered("in", range(10)))
        member = bus.join("group", ["in"])
        batch = next_batch(member, 5)
        rival = rival_bus.join("group", ["in"])
        taken = next_batch(rival, 5)
        assert list(taken.records) == list(batch.records)
        rival.commit(taken, [Record("out", b"k", b"rival")], {b"by": b"rival"})
        with pytest.raises(FencedError):
            member.commit(batch, [Record("out", b"k", b"late")], {b"by": b"late", b"x": b"late"})
        assert values(bus, "out") == [b"rival"]
        following = next_batch(member, 5)
        assert [int(record.value) for record in following.records] == [5, 6, 7, 8, 9]
        assert member.load(following, [b"by", b"x"]) == {b"by": b"rival"}
        member.commit(following, [Record("out", b"k", b"next")])
        assert values(bus, "out") == [b"rival", b"next"]


def test_beyond_its_backlog_a_topic_takes_nothing_until_the_readers_caught_up(home: Home) -> None:
    """At ``max_backlog`` publish raises, writes nothing, and works again after a commit."""
    with home.open(max_backlog=10) as bus:
        bus.ensure("in", 1)
        bus.ensure("out", 1)
        member = bus.join("group", ["in"])
        bus.publish(numbered("in", range(10)))
        with pytest.raises(BacklogError):
            bus.publish([Record("out", None, b"beside"), Record("in", None, b"beyond")])
        assert (len(values(bus, "in")), values(bus, "out")) == (10, [])
        member.commit(next_batch(member).take(1), [])
        bus.publish(numbered("in", [10]))
        drain(bus, member, "group", "in")
        assert [int(record.value) for record in everything(bus, "in", 0)] == list(range(11))


def test_a_topic_that_no_group_reads_has_no_limit(home: Home) -> None:
    """Outputs that are only followed never hold a publisher back."""
    with home.open(max_backlog=10) as bus:
        bus.ensure("out", 1)
        for start in range(0, 50, 10):
            bus.publish(numbered("out", range(start, start + 10)))
        assert len(values(bus, "out")) == 50


def test_the_slowest_group_sets_the_limit(home: Home) -> None:
    """A group that has caught up does not hide one that has not."""
    with home.open(max_backlog=10) as bus:
        bus.ensure("in", 1)
        quick, _slow = bus.join("quick", ["in"]), bus.join("slow", ["in"])
        bus.publish(numbered("in", range(10)))
        drain(bus, quick, "quick", "in")
        with pytest.raises(BacklogError):
            bus.publish(numbered("in", [10]))
