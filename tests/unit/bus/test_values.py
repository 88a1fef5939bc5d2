"""The values of the port."""

from __future__ import annotations

from hub.bus.port import Batch, Delivered, Record

_SENTINEL = b"\xe5\xb1\xb1\xe7\x94\xb0"
_READ = [Delivered(offset, _SENTINEL, _SENTINEL, (("h", _SENTINEL),)) for offset in (3, 4, 7)]
_BATCH = Batch("group", "in", 0, 2, _READ)


def test_printing_shows_no_key_value_or_header() -> None:
    """What a record holds is not in its printed form, alone or within a batch."""
    record = Record("in", _SENTINEL, _SENTINEL, (("h", _SENTINEL),))
    shown = f"{record!r} {_READ[0]!r} {_BATCH!r} {record} {_READ} {_BATCH}"
    assert repr(_SENTINEL)[2:-1] not in shown
    assert _SENTINEL.decode() not in shown


def test_a_batch_ends_after_its_last_record_even_where_offsets_have_gaps() -> None:
    """The end is counted from the last offset, not from the number of records."""
    assert _BATCH.end == 8
    assert (_BATCH.take(2).end, _BATCH.take(1).end) == (5, 4)


def test_an_empty_part_of_a_batch_ends_where_it_starts() -> None:
    """Taking nothing moves nothing."""
    assert _BATCH.take(0).end == _BATCH.start == 2


def test_taking_more_than_there_is_takes_all() -> None:
    """A count beyond the batch is the whole batch."""
    assert _BATCH.take(99) == _BATCH
