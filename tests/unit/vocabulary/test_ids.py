"""Ids are UUIDs of version 7, in the order they were minted, and tell when."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.vocabulary.clock import StillClock
from hub.vocabulary.ids import IdMinter, is_id, minted_at

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


class Steps:
    """A clock that goes through given instants, backwards too."""

    def __init__(self, milliseconds: list[int]) -> None:
        self._instants = itertools.cycle(NOON + timedelta(milliseconds=m) for m in milliseconds)

    def now(self) -> datetime:
        """Give the next instant."""
        return next(self._instants)


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.integers(1, 300))
def test_ids_rise_whatever_the_clock_does(milliseconds: list[int], count: int) -> None:
    """Standing still or set back, a minter's ids sort as minted, and none comes twice."""
    mint = IdMinter(Steps(milliseconds)).mint
    ids = [mint() for _ in range(count)]
    assert ids == sorted(set(ids))


def test_many_at_once_go_on_where_one_left_off() -> None:
    """Ids minted together are as many as asked for and in order with the single ones."""
    minter = IdMinter(StillClock(NOON))
    ids = [minter.mint(), *minter.mint_many(1000), minter.mint()]
    assert len(ids) == 1002
    assert ids == sorted(set(ids))


@given(st.datetimes(datetime(1970, 1, 3), datetime(9700, 1, 1)))  # noqa: DTZ001
def test_an_id_is_a_version_7_uuid_of_its_instant(naive: datetime) -> None:
    """RFC 9562: version 7, variant 10, the first 48 bits the Unix time in milliseconds."""
    instant = naive.replace(tzinfo=UTC)
    identifier = IdMinter(StillClock(instant)).mint()
    parsed = uuid.UUID(identifier)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert is_id(identifier)
    assert timedelta(0) <= instant - minted_at(identifier) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0192f3c4-1111-4222-8333-444455556666",  # version 4
        "0192f3c4-1111-7222-7333-444455556666",  # another variant
        "0192F3C4-1111-7222-8333-444455556666",
        "0192f3c4-1111-7222-8333-444455556666\n",
        "{0192f3c4-1111-7222-8333-444455556666}",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",  # the year 10889
        "e677d220-0000-7000-8000-000000000000",  # the year 10000
    ],
)
def test_what_is_not_an_id_of_ours_is_told(text: str) -> None:
    """Other versions, other spellings, and times that no calendar holds."""
    assert not is_id(text)


@given(st.text("0123456789abcdef", min_size=32, max_size=32))
def test_every_id_has_a_time_that_can_be_told(digits: str) -> None:
    """Whatever passes for an id can be dated, so a forged id cannot stop a worker."""
    identifier = str(uuid.UUID(digits))
    identifier = identifier[:14] + "7" + identifier[15:19] + "8" + identifier[20:]
    if is_id(identifier):
        assert minted_at(identifier).year < 9999
