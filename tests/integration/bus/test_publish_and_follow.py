"""Publishing is all or nothing, and what was published is followed as it was."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.bus.partition import partition_of
from hub.bus.port import Record
from hub.errors import UsageError
from tests.integration.bus.processes import await_ready, release, waiting_worker, worker
from tests.integration.bus.reading import everything, key_of, numbered, values

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from tests.integration.bus.adapters import Home

_NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
_HEADERS = st.lists(
    st.tuples(_NAMES, st.binary(max_size=20).map(lambda raw: raw.replace(b"\0", b"-"))), max_size=5
)
_RECORDS = st.builds(
    Record,
    st.sampled_from(["in", "out"]),
    st.none() | st.binary(max_size=40),
    st.binary(max_size=200),
    _HEADERS.map(tuple),
)


def test_a_publication_with_one_impossible_record_leaves_none(bus: Bus) -> None:
    """Publish is all or nothing: a good record beside one of an unknown topic is not written."""
    with pytest.raises(UsageError):
        bus.publish([Record("in", b"k", b"good"), Record("unknown", b"k", b"bad")])
    assert values(bus, "in") == []
    bus.publish([Record("in", b"k", b"later")])
    assert values(bus, "in") == [b"later"]


def test_a_header_with_nul_refuses_the_whole_publication(bus: Bus) -> None:
    """Headers hold no NUL: a record with one is refused, and its neighbours with it."""
    with pytest.raises(UsageError):
        bus.publish([Record("in", b"k", b"good"), Record("in", b"k", b"", (("a", b"b\0c"),))])
    assert values(bus, "in") == []


def test_nothing_is_a_publication_too(bus: Bus) -> None:
    """An empty publication is no error and writes nothing."""
    bus.publish([])
    assert values(bus, "in") == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=st.lists(_RECORDS, max_size=12))
def test_records_come_back_byte_for_byte(bus: Bus, records: list[Record]) -> None:
    """Keys, values and headers are read as they were written, in order, in their key's partition."""
    places = [(t, p) for t in ("in", "out") for p in range(bus.partitions(t))]
    before = {place: len(everything(bus, *place)) for place in places}
    bus.publish(records)
    for topic, partition in places:
        new = everything(bus, topic, partition)[before[topic, partition] :]
        wanted = [
            (record.key, record.value, record.headers)
            for record in records
            if record.topic == topic
            and partition_of(record.key, bus.partitions(topic)) == partition
        ]
        assert [(r.key, r.value, r.headers) for r in new] == wanted


def test_order_within_a_partition_is_the_order_of_publication(bus: Bus) -> None:
    """Records of one key stay in order over many publications, with rising offsets."""
    for start in range(0, 300, 30):
        bus.publish(numbered("in", range(start, start + 30), key_of(2, 4)))
        bus.publish(numbered("in", range(start, start + 30), key_of(1, 4)))
    for partition in (1, 2):
        found = everything(bus, "in", partition)
        assert [int(r.value) for r in found] == list(range(300))
        assert all(a.offset < b.offset for a, b in itertools.pairwise(found))


def test_follow_begins_at_its_position_and_stops_at_its_limit(bus: Bus) -> None:
    """Follow gives at most so many records, from the position on; at the end it gives nothing."""
    bus.publish(numbered("in", range(10), None))
    found = everything(bus, "in", 0)
    assert list(bus.follow("in", 0, found[4].offset, 3)) == found[4:7]
    assert list(bus.follow("in", 0, found[-1].offset + 1, 3)) == []


def test_following_moves_no_group(bus: Bus) -> None:
    """A follower keeps its own position: what it has read still waits for the group."""
    bus.join("group", ["in"])
    bus.publish(numbered("in", range(5)))
    assert len(values(bus, "in")) == 5
    assert bus.backlog("group", "in") == 5


def test_an_unknown_topic_is_refused_on_publish_and_empty_on_follow(bus: Bus) -> None:
    """A topic that was not ensured takes nothing, gives nothing and has no partition."""
    with pytest.raises(UsageError):
        bus.publish([Record("unknown", None, b"")])
    assert list(bus.follow("unknown", 0, 0, 10)) == []
    assert bus.partitions("unknown") == 0
    assert bus.backlog("group", "unknown") == 0


def test_another_partition_count_is_refused(bus: Bus) -> None:
    """Ensuring a topic again is no error; with another partition count it is, and changes nothing."""
    bus.ensure("in", 4)
    with pytest.raises(UsageError):
        bus.ensure("in", 5)
    assert bus.partitions("in") == 4


def test_a_reader_never_sees_half_a_commit(shared_home: Home) -> None:
    """While another process publishes, each commit is seen in all its partitions or in none."""
    commits, places = 120, [(topic, partition) for topic in ("in", "out") for partition in range(2)]
    with shared_home.open() as bus:
        bus.ensure("in", 2)
        bus.ensure("out", 2)
        seen = 0
        with worker(shared_home, "publish", commits) as process:
            while seen < 5 * commits and process.poll() in (None, 0):
                for (
                    place
                ) in places:  # each place is read after the one before: it may only have more
                    found = len(everything(bus, *place))
                    assert found % 5 == 0
                    assert found >= seen
                    seen = found
            assert process.wait() == 0
        assert [len(everything(bus, *place)) for place in places] == [5 * commits] * 4


def test_publishers_in_several_processes_wait_for_each_other(shared_home: Home) -> None:
    """Publications made at the same time are all taken, each whole; none is told to come back."""
    with shared_home.open() as bus, ExitStack() as workers:
        bus.ensure("in", 2)
        bus.ensure("out", 2)
        together = [
            workers.enter_context(waiting_worker(shared_home, "publish", 60)) for _ in range(3)
        ]
        for process in together:
            await_ready(process)
        for process in together:
            release(process)
        assert [process.wait() for process in together] == [0] * 3
        for partition in range(2):
            found = [record.value for record in everything(bus, "in", partition)]
            assert sorted(found) == sorted([b"%d" % number for number in range(60)] * 15)
            assert all(len(set(found[at : at + 5])) == 1 for at in range(0, len(found), 5))
