"""Business days, held against a second, independent source of Japanese holidays."""

from __future__ import annotations

from datetime import date, timedelta

import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import UsageError
from hub.vocabulary.calendar import is_business_day, next_business_day

FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)
ALL_DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
YEAR_END = {"12-29", "12-30", "12-31", "01-01", "01-02", "01-03"}

days = st.dates(date(1950, 1, 1), date(2098, 1, 1))
closing_days = st.frozensets(st.dates(date(2026, 4, 1), date(2026, 5, 31)), max_size=20)


def is_closed(day: date) -> bool:
    """Say whether a day is closed, by another library and the words of the law."""
    return (
        day.isoweekday() > 5 or day.isoformat()[5:] in YEAR_END or bool(jpholiday.is_holiday(day))
    )


def test_every_day_of_sixteen_years_agrees_with_jpholiday() -> None:
    """2015 to 2030, the moved Olympic holidays and 12/29 to 1/3 included."""
    assert [day for day in ALL_DAYS if is_business_day(day) == is_closed(day)] == []


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2020-07-24", False),  # スポーツの日, moved for the Olympic Games
        ("2020-10-12", True),  # where it would have stood
        ("2019-05-02", False),  # between two holidays, 国民の休日
        ("2026-05-06", False),  # a substitute for a Sunday
        ("2026-12-28", True),
        ("2026-12-29", False),
        ("2027-01-03", False),
        ("2027-01-04", True),
    ],
)
def test_days_that_are_easily_got_wrong(day: str, open_: bool) -> None:  # noqa: FBT001
    """Moved holidays, 国民の休日, substitute days and the turn of the year."""
    assert is_business_day(date.fromisoformat(day)) is open_


def test_the_turn_of_the_year_is_passed_over() -> None:
    """After Monday 2026-12-28 comes Monday 2027-01-04."""
    assert next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)


def test_an_organisations_own_closing_day_is_passed_over() -> None:
    """A day that one body keeps closed is no business day for it, and one for the rest."""
    wednesday, thursday = date(2026, 4, 1), date(2026, 4, 2)
    assert next_business_day(wednesday) == thursday
    assert next_business_day(wednesday, closing_days={thursday}) == date(2026, 4, 3)


@given(days)
def test_the_next_business_day_is_the_first_open_one_after(day: date) -> None:
    """It lies after the day, is open, and every day between is closed."""
    found = next_business_day(day)
    assert found > day
    assert is_business_day(found)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days)]
    assert not any(map(is_business_day, between))


@given(days, st.integers(1, 30), st.integers(1, 30))
def test_counting_in_two_steps_is_counting_in_one(day: date, first: int, second: int) -> None:
    """The n-th after the m-th business day is the (m+n)-th."""
    assert next_business_day(next_business_day(day, first), second) == next_business_day(
        day, first + second
    )


@given(st.dates(date(2026, 4, 1), date(2026, 5, 20)), st.integers(1, 15), closing_days)
def test_closing_days_only_ever_put_off(day: date, count: int, closing: frozenset[date]) -> None:
    """With closing days the day found is never earlier, and never one of them."""
    found = next_business_day(day, count, closing)
    assert found >= next_business_day(day, count)
    assert found not in closing


@pytest.mark.parametrize("count", [0, -1])
def test_counting_no_days_is_refused(count: int) -> None:
    """There is no zeroth business day after a day."""
    with pytest.raises(UsageError):
        next_business_day(date(2026, 4, 1), count)


@pytest.mark.parametrize("day", [date(1948, 7, 19), date(2100, 1, 4), date.max])
def test_a_year_without_a_known_calendar_is_refused(day: date) -> None:
    """Before 1949 and after 2099 no answer is guessed, to the last day a date can be."""
    with pytest.raises(UsageError):
        next_business_day(day)
