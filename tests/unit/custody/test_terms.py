"""When a file is due: by the sender's business days, held against a second calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.custody.terms import MOST_DAYS, Terms, read_terms
from hub.errors import UsageError
from hub.vocabulary.clock import JST
from tests.unit.custody.files import INSTANTS, ONE_DAY, at, shipped

_YEAR_END = {"12-29", "12-30", "12-31", "01-01", "01-02", "01-03"}
TEN_YEARS = [date(2025, 1, 1) + timedelta(days=n) for n in range(3652)]


def _is_open(day: date, closing: frozenset[date] = frozenset()) -> bool:
    """Say whether offices work on a day, by another library and the words of the law."""
    closed = day.isoformat()[5:] in _YEAR_END or jpholiday.is_holiday(day) or day in closing
    return day.isoweekday() < 6 and not closed


def _slow(day: date, days: int, closing: frozenset[date] = frozenset()) -> date:
    """Give the so-manieth open day after a day, counted one by one."""
    while days:
        day += timedelta(days=1)
        days -= _is_open(day, closing)
    return day


def test_every_day_of_ten_years_is_due_on_the_next_open_day_at_the_hour() -> None:
    """A file sent at noon of any day is due at 17:00 JST of the next open day."""
    for day in TEN_YEARS:
        due = ONE_DAY.due_at(datetime.combine(day, time(12), JST))
        assert due == datetime.combine(_slow(day, 1), time(17), JST), day


@given(INSTANTS, st.integers(1, MOST_DAYS), st.frozensets(st.sampled_from(TEN_YEARS), max_size=9))
def test_any_period_and_closing_days_count_open_days_alone(
    instant: datetime, days: int, closing: frozenset[date]
) -> None:
    """The due day is open, lies after the day of sending, and has so many open days behind it."""
    terms = Terms(
        days,
        time(17),
        timedelta(minutes=15),
        5,
        is_open=False,
        source="a test",
        closing_days=closing,
    )
    due = terms.due_at(instant)
    assert due == datetime.combine(_slow(instant.date(), days, closing), time(17), JST)
    assert due > instant


@given(INSTANTS, INSTANTS)
def test_what_is_sent_later_is_never_due_earlier(one: datetime, other: datetime) -> None:
    """The order of sending is the order of falling due."""
    first, second = sorted((one, other))
    assert ONE_DAY.due_at(first) <= ONE_DAY.due_at(second)


def test_the_alarm_comes_at_half_of_the_time_left() -> None:
    """Due at 17:00, alarm at 17:07:30, overdue at 17:15."""
    due = at("2026-04-02 17:00")
    assert ONE_DAY.alarm_at(due) == at("2026-04-02 17:07:30")
    assert ONE_DAY.overdue_at(due) == at("2026-04-02 17:15")


def test_a_day_counts_in_japan_whatever_zone_the_instant_has() -> None:
    """Wednesday 16:00 UTC is Thursday in Japan, so the file is due on Friday."""
    assert ONE_DAY.due_at(datetime.fromisoformat("2026-04-01T16:00:00+00:00")) == at(
        "2026-04-03 17:00"
    )


@pytest.mark.parametrize("organisation", ["331007", "072010", "112291", "341002"])
def test_every_body_has_a_period_and_none_has_none(organisation: str) -> None:
    """One business day, 17:00, 15 minutes, 5 business days: nothing is kept without a day."""
    terms = read_terms(shipped(), organisation, {}, frozenset())
    assert (terms.business_days, terms.hour, terms.grace, terms.undelivered_days) == (
        1,
        time(17),
        timedelta(minutes=15),
        5,
    )


def test_a_period_that_the_document_leaves_open_may_be_set() -> None:
    """福島市: 一定期間経過後; 岡山市 has said one business day, and stays there."""
    own = {"business_days": 3}
    assert read_terms(shipped(), "072010", own, frozenset()).business_days == 3
    with pytest.raises(UsageError):
        read_terms(shipped(), "331007", own, frozenset())


@pytest.mark.parametrize(
    "own",
    [
        {"business_days": 0},
        {"business_days": -1},
        {"business_days": MOST_DAYS + 1},
        {"business_days": True},
        {"business_days": "none"},
        {"business_days": 1, "hour": "23:00"},
        {"days": 3},
    ],
)
def test_no_setting_means_for_ever(own: dict[str, object]) -> None:
    """A period of none, too long a one, and a key nobody knows are refused."""
    with pytest.raises(UsageError):
        read_terms(shipped(), "072010", own, frozenset())


def test_a_year_without_a_calendar_is_an_error_not_a_guess() -> None:
    """Nothing is dated beyond the years that the calendar covers."""
    with pytest.raises(UsageError):
        ONE_DAY.due_at(at("2099-12-31 12:00"))
