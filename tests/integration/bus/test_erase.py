"""What every bus keeps of an erasure: before an offset nothing is left, behind it all is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.bus.partition import partition_of
from hub.bus.port import Extent, FencedError, Record

if TYPE_CHECKING:
    from hub.bus.port import Bus

_KEY = b"k"
_PLACE = partition_of(_KEY, 4)


def _fill(bus: Bus, count: int) -> list[int]:
    """Publish so many records to one partition and give their offsets."""
    bus.publish([Record("in", _KEY, b"value %d" % number) for number in range(count)])
    return [record.offset for record in bus.follow("in", _PLACE, 0, count)]


def _ends(offset: int) -> dict[str, list[int]]:
    ends = [0] * 4
    ends[_PLACE] = offset
    return {"in": ends}


def test_what_lies_before_an_offset_is_gone_and_the_rest_is_as_it_was(bus: Bus) -> None:
    """Read from anywhere, the first record is the one at the offset; further ones follow it."""
    offsets = _fill(bus, 10)
    bus.erase(_ends(offsets[6]))
    left = bus.follow("in", _PLACE, 0, 100)
    assert [record.offset for record in left] == offsets[6:]
    assert left[0].value == b"value 6"
    assert bus.extent("in", _PLACE).begin == offsets[6]
    assert bus.extent("in", (_PLACE + 1) % 4).begin == 0
    bus.erase(_ends(offsets[6]))
    bus.publish([Record("in", _KEY, b"later")])
    assert [record.value for record in bus.follow("in", _PLACE, offsets[9] + 1, 9)] == [b"later"]


def test_an_empty_partition_begins_at_its_end(bus: Bus) -> None:
    """Also once all was erased; what comes then has higher offsets, and a group reads on to it."""
    assert bus.extent("in", _PLACE) == Extent(0, 0)
    offsets = _fill(bus, 3)
    member = bus.join("g", ["in"])
    batch = member.poll(10)
    assert batch is not None
    member.commit(batch, [])
    bus.erase(_ends(offsets[-1] + 1))
    found = bus.extent("in", _PLACE)
    assert found.begin > offsets[-1]
    assert list(bus.follow("in", _PLACE, 0, 10)) == []
    bus.publish([Record("in", _KEY, b"later")])
    again = member.poll(10)
    assert again is not None
    assert [record.value for record in again.records] == [b"later"]
    assert again.records[0].offset >= found.begin


def test_state_is_given_whole_and_changed_without_moving_a_position(bus: Bus) -> None:
    """An empty batch commits state alone; one from before another's commit is fenced."""
    _fill(bus, 2)
    member = bus.join("g", ["in"])
    batch = member.poll(1)
    assert batch is not None
    member.commit(batch, [], {b"b": b"2", b"a": b"1", b"c": b""})
    (here,) = [each for each in member.here() if each.partition == _PLACE]
    assert here.start == batch.end
    assert list(member.state(here)) == [(b"a", b"1"), (b"b", b"2"), (b"c", b"")]
    member.commit(here, [], {b"b": None})
    assert list(member.state(here)) == [(b"a", b"1"), (b"c", b"")]
    again = member.poll(5)
    assert again is not None
    assert again.start == batch.end
    member.commit(again, [])
    with pytest.raises(FencedError):
        member.commit(here, [], {b"a": None})


def test_where_many_partitions_end_is_asked_at_once(bus: Bus) -> None:
    """Each as ``extent`` has it, those without records and those erased among them."""
    offsets = _fill(bus, 4)
    bus.erase(_ends(offsets[2]))
    places = [("in", partition) for partition in range(4)]
    found = bus.ends(places)
    assert found == {place: bus.extent(*place).end for place in places}
    assert found["in", _PLACE] > offsets[-1]
    assert dict(bus.ends([])) == {}
