"""Instants are told in Japan, read strictly, and a date alone means midnight there."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.vocabulary.clock import (
    JST,
    StillClock,
    SystemClock,
    parse_day,
    parse_instant,
    rfc3339,
    today,
)

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1970, 1, 3), datetime(9999, 1, 1), timezones=zones)  # noqa: DTZ001


def test_a_date_alone_is_midnight_in_japan() -> None:
    """2026-04-01 is 15:00 of the day before in UTC."""
    assert parse_instant("2026-04-01") == datetime(2026, 3, 31, 15, tzinfo=UTC)


@given(instants)
def test_what_is_written_reads_back_to_the_millisecond(instant: datetime) -> None:
    """Whatever zone an instant comes in, it is written in JST and read back the same."""
    written = rfc3339(instant)
    assert written.endswith("+09:00")
    assert abs(parse_instant(written) - instant) < timedelta(milliseconds=1)


@given(st.text("0123456789-:.TZW+ ") | st.text())
def test_any_other_text_is_a_usage_error(text: str) -> None:
    """Nothing else is raised, whatever is typed."""
    with contextlib.suppress(UsageError):
        assert parse_instant(text).tzinfo is JST


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T09:00:00",
        "2026-W14-3",
        "2026-02-30",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "1970-01-01",
        "２０２６-０４-０１",
        "",
    ],
)
def test_what_is_no_instant_of_ours_is_refused(text: str) -> None:
    """No zone, a week, an impossible day, an instant that no calendar or id of ours can hold."""
    with pytest.raises(UsageError) as refused:
        parse_instant(text)
    assert refused.value.exit_code == 2


def test_a_still_clock_stands_still_in_japan() -> None:
    """It gives the same instant for ever, in JST, and Japan's own day."""
    clock = StillClock(datetime(2026, 3, 31, 15, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.now().utcoffset() == timedelta(hours=9)
    assert today(clock) == date(2026, 4, 1)


def test_the_systems_clock_tells_the_present() -> None:
    """It lies between two readings of the machine's own clock."""
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)
    assert SystemClock().now().tzinfo is JST


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: date) -> None:
    """YYYY-MM-DD gives the day, from the first year to the last."""
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    ["", "20260401", "2026-W14-3", "2026-4-1", "2026-02-30", "2026-04-01 ", "２０２６-04-01"],
)
def test_any_other_spelling_of_a_day_is_none(text: str) -> None:
    """One day, one spelling; days that never were are none either."""
    assert parse_day(text) is None
