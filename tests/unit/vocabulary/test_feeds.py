"""Records in Avro binary, held against two other libraries; a cut leaves nothing behind."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.vocabulary.feeds import UnreadableRecordError, Values
from tests.unit.vocabulary.records import (
    FEED,
    WIDTH,
    damaged,
    item_sets,
    read_by_avro,
    read_by_fastavro,
    records,
    written_by_avro,
)


def only(values: Values, kept: set[str]) -> Values:
    """Give the values with every item absent that is not kept."""
    return [
        value if item.official in kept else absent
        for value, absent, item in zip(values, FEED.empty, FEED.items, strict=True)
    ]


@given(records())
def test_a_record_is_the_one_that_avro_writes(values: Values) -> None:
    """The bytes are those of the Apache Avro library, and three readers read the same."""
    payload = FEED.encode(values)
    assert payload == written_by_avro(values)
    assert FEED.open(payload).values == values
    assert read_by_fastavro(payload) == read_by_avro(payload) == values


@given(records())
def test_opening_says_where_each_item_is_and_which_are_there(values: Values) -> None:
    """The bytes between two offsets are one item's; a bit is set where the item is present."""
    opened = FEED.open(FEED.encode(values))
    alone = [only(values, {item.official}) for item in FEED.items]
    for index, each in enumerate(alone):
        piece = opened.payload[opened.offsets[index] : opened.offsets[index + 1]]
        assert FEED.encode(each) == b"\0" * index + piece + b"\0" * (WIDTH - index - 1)
        assert bool(opened.present >> index & 1) == bool(values[index])
    assert opened.offsets[-1] == len(opened.payload)


@given(records(), item_sets())
def test_a_cut_holds_the_kept_items_and_no_other(values: Values, kept: set[str]) -> None:
    """It is the record that would have been written of the kept items alone."""
    cut = FEED.cut(FEED.open(FEED.encode(values)), FEED.runs(kept))
    assert cut == FEED.encode(only(values, kept))
    assert read_by_avro(cut) == only(values, kept)


@given(records(), records(), item_sets())
def test_nothing_can_be_told_of_a_withheld_item(
    values: Values, others: Values, kept: set[str]
) -> None:
    """Two records that differ in withheld items alone are the same bytes after the cut."""
    mixed = [
        value if item.official in kept else other
        for value, other, item in zip(values, others, FEED.items, strict=True)
    ]
    runs = FEED.runs(kept)
    assert FEED.cut(FEED.open(FEED.encode(values)), runs) == FEED.cut(
        FEED.open(FEED.encode(mixed)), runs
    )


@given(st.binary(max_size=200) | damaged())
def test_bytes_of_any_kind_read_as_avro_reads_them_or_not_at_all(payload: bytes) -> None:
    """Nothing but ``UnreadableRecordError`` is raised; what reads is the one spelling of its values."""
    with contextlib.suppress(UnreadableRecordError):
        values = FEED.open(payload).values
        assert read_by_fastavro(payload) == read_by_avro(payload) == values
        assert FEED.encode(values) == payload


@given(records(), st.integers(0, WIDTH - 1))
def test_a_number_spelled_longer_than_needed_is_refused(values: Values, index: int) -> None:
    """An absent item as 80 00 would count as present, and equal values would have unequal bytes."""
    values[index] = FEED.empty[index]
    opened = FEED.open(FEED.encode(values))
    for longer in (b"\x80\x00", b"\x80\x80\x00", b"\x80\x80\x80\x80\x80\x00"):
        payload = (
            opened.payload[: opened.offsets[index]]
            + longer
            + opened.payload[opened.offsets[index + 1] :]
        )
        with pytest.raises(UnreadableRecordError):
            FEED.open(payload)


@pytest.mark.parametrize(
    "number",
    [
        b"\x80\x80\x80\x80\x10",  # 2**31
        b"\x80\x80\x80\x80\x80\x80\x01",
        b"\xff" * 60 + b"\x01",
        b"\x01",  # -1
        b"\xff\xff\xff\xff\x0f",  # -2**31
    ],
)
def test_a_number_beyond_the_items_range_is_refused(number: bytes) -> None:
    """更新順番号 is kept in 32 bits: what is larger, or below zero, does not even read."""
    index = FEED.index["更新順番号"]
    with pytest.raises(UnreadableRecordError):
        FEED.open(b"\0" * index + number + b"\0" * (WIDTH - index - 1))


def test_the_largest_number_reads() -> None:
    """2³¹-1 is a 更新順番号."""
    values = FEED.empty.copy()
    values[FEED.index["更新順番号"]] = 2**31 - 1
    assert FEED.open(FEED.encode(values)).values == values


@given(item_sets())
def test_runs_name_each_kept_item_once_in_as_few_pieces_as_can_be(kept: set[str]) -> None:
    """Runs are in order, apart from one another, and together exactly the kept items."""
    runs = FEED.runs(kept)
    covered = [index for first, after in runs for index in range(first, after)]
    assert covered == sorted(FEED.index[item] for item in kept)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(runs))


@given(records(), item_sets())
def test_the_mask_names_the_items_that_a_cut_carries(values: Values, kept: set[str]) -> None:
    """Present and kept: what the ledger says was provided is what the cut record holds."""
    opened = FEED.open(FEED.encode(values))
    cut = FEED.open(FEED.cut(opened, FEED.runs(kept)))
    names = FEED.present_names(opened.present & FEED.mask(kept))
    assert names == tuple(FEED.named(cut.values)) == FEED.present_names(cut.present)


def test_printing_an_opened_record_shows_none_of_it() -> None:
    """A record in a log or a traceback shows how many items it has, no more."""
    values = FEED.empty.copy()
    values[FEED.index["氏名"]] = "架空　花子"
    opened = FEED.open(FEED.encode(values))
    assert repr(opened) == str(opened) == "Opened(1 items)"
