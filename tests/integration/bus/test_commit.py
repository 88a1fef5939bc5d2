"""Outputs, state and position become durable together or not at all."""

from __future__ import annotations

import itertools
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hub.bus.port import Batch, Record
from hub.errors import UsageError
from tests.integration.bus.processes import await_ready, release, waiting_worker, worker
from tests.integration.bus.reading import everything, key_of, next_batch, numbered, values
from tests.integration.bus.worker import GROUP, KEPT, REMOVED

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from tests.integration.bus.adapters import Home


def test_a_commit_with_an_impossible_output_changes_nothing(bus: Bus) -> None:
    """When one output cannot be written, neither outputs, state nor position are."""
    bus.publish(numbered("in", range(3)))
    member = bus.join("group", ["in"])
    batch = next_batch(member)
    outputs = [Record("out", b"k", b"good"), Record("unknown", b"k", b"bad")]
    with pytest.raises(UsageError):
        member.commit(batch, outputs, {b"seen": b"3"})
    assert values(bus, "out") == []
    assert member.load(batch, [b"seen"]) == {}
    assert bus.backlog("group", "in") == 3
    member.commit(batch, outputs[:1], {b"seen": b"3"})
    assert (values(bus, "out"), bus.backlog("group", "in")) == ([b"good"], 0)


def test_state_is_of_one_partition_of_one_topic(bus: Bus) -> None:
    """The same key holds something else in another partition or topic, or nothing."""
    for topic, partition in (("in", 0), ("in", 1), ("out", 0)):
        bus.publish([Record(topic, key_of(partition, bus.partitions(topic)), b"")])
    member = bus.join("group", ["in", "out"])
    batches = {(b.topic, b.partition): b for b in (next_batch(member) for _ in range(3))}
    member.commit(batches["in", 0], [], {b"key": b"zero", b"empty": b""})
    member.commit(batches["in", 1], [], {b"key": b"one"})
    asked = [b"key", b"empty", b"absent"]
    assert member.load(batches["in", 0], asked) == {b"key": b"zero", b"empty": b""}
    assert member.load(batches["in", 1], asked) == {b"key": b"one"}
    assert member.load(batches["out", 0], asked) == {}


def test_state_is_replaced_removed_and_seen_after_reopening(shared_home: Home) -> None:
    """State is as last committed: a new value replaces the old, None removes, a reopening keeps."""
    with shared_home.open() as bus:
        bus.ensure("in", 1)
        bus.publish(numbered("in", range(3)))
        member = bus.join("group", ["in"])
        first = next_batch(member).take(1)
        member.commit(first, [], {b"kept": b"1", b"replaced": b"1", b"removed": b"1"})
        second = next_batch(member).take(1)
        member.commit(second, [], {b"replaced": b"2", b"removed": None, b"never": None})
        member.close()
    with shared_home.open() as bus:
        member = bus.join("group", ["in"])
        held = member.load(next_batch(member), [b"kept", b"replaced", b"removed", b"never"])
        assert held == {b"kept": b"1", b"replaced": b"2"}


def test_a_batch_of_5000_records_of_1_kib_commits_at_once(bus: Bus) -> None:
    """Five thousand records are read as one batch and written as one."""
    bus.publish([Record("in", b"k", b"%1024d" % number) for number in range(5000)])
    member = bus.join("group", ["in"])
    moved: list[bytes] = []
    while bus.backlog("group", "in"):
        batch = next_batch(member, 5000)
        moved += [record.value for record in batch.records]
        member.commit(batch, [Record("out", b"k", record.value) for record in batch.records])
    assert values(bus, "out") == moved == [b"%1024d" % number for number in range(5000)]


def test_a_record_of_1_mib_goes_through_whole(bus: Bus) -> None:
    """One large value is published, read and written on as it is."""
    large = bytes(range(256)) * 4096
    bus.publish([Record("in", b"k", large)])
    member = bus.join("group", ["in"])
    batch = next_batch(member)
    member.commit(batch, [Record("out", b"k", batch.records[0].value)], {b"large": large})
    assert values(bus, "out") == [large]
    assert member.load(batch, [b"large"]) == {b"large": large}


def test_killed_before_any_step_of_a_commit_all_or_nothing_remains(shared_home: Home) -> None:
    """SIGKILL before each step leaves nothing of the commit; right after it, everything is there.

    The batch that was cut off is read again by the next worker, so one bus serves all the deaths.
    """
    with shared_home.open() as bus:
        bus.ensure("in", 1)
        bus.ensure("out", 2)
        bus.publish(numbered("in", range(4)))
        member = bus.join(GROUP, ["in"])
        batch = next_batch(member)
        member.commit(batch.take(1), [], {KEPT: b"old", REMOVED: b"old"})
        for step in itertools.count():
            with worker(shared_home, "die", step) as process:
                committed = process.communicate()[0] == "committed"
            assert process.returncode == -signal.SIGKILL
            found = (
                sorted(values(bus, "out")),
                bus.backlog(GROUP, "in"),
                member.load(batch, [KEPT, REMOVED]),
            )
            if committed:
                break
            assert found == ([], 3, {KEPT: b"old", REMOVED: b"old"})
        assert found == ([b"1", b"2", b"3"], 0, {KEPT: b"new"})
        assert step >= 4  # position, outputs, state, commit: at least these were cut off


def test_workers_killed_again_and_again_lose_double_and_reorder_nothing(shared_home: Home) -> None:
    """Two workers copy 2,000 numbered records, seven times one of them is killed.

    Each record is copied once, in order within its partition, and the state has counted each once.
    """
    with shared_home.open() as bus, ExitStack() as workers:
        bus.ensure("in", 4)
        bus.ensure("out", 4)
        keys = [key_of(partition, 4) for partition in range(4)]
        bus.publish([Record("in", keys[n % 4], b"%d" % n) for n in range(2000)])
        bus.join(GROUP, ["in"]).close()
        waiting = [workers.enter_context(waiting_worker(shared_home, "copy", 20)) for _ in range(9)]
        for process in waiting:
            await_ready(process)
        running, struck = [waiting.pop(), waiting.pop()], []
        for process in running:
            release(process)
        for copied in range(150, 1051, 150):
            while len(values(bus, "out")) < copied:
                assert any(process.poll() in (None, 0) for process in running)
            struck.append(running.pop(0))
            struck[-1].kill()
            running.append(waiting.pop())
            release(running[-1])
        assert [process.wait() for process in running] == [0, 0]
        assert [process.wait() for process in struck].count(-signal.SIGKILL) >= 3
        for partition in range(4):
            found = [int(record.value) for record in everything(bus, "out", partition)]
            assert found == list(range(partition, 2000, 4))
        member = bus.join("checker", ["in"])
        for _ in range(4):
            assert member.load(next_batch(member), [b"count"]) == {b"count": b"500"}


def test_two_who_commit_by_hand_go_on_beside_each_other(shared_home: Home) -> None:
    """Neither polls: each reads by itself, and goes on from where the other has left off."""
    with shared_home.open() as mine, shared_home.open() as theirs:
        mine.ensure("in", 1)
        mine.publish(numbered("in", range(6)))
        hands = [bus.join("group", ["in"]) for bus in (mine, theirs)]
        for turn in (0, 1, 0, 0, 1, 0):
            start = mine.position("group", "in", 0)
            (record,) = mine.follow("in", 0, start, 1)
            hands[turn].commit(Batch("group", "in", 0, start, [record]), [])
        assert mine.backlog("group", "in") == 0
