"""Business days in Japan, by which deadlines are counted.

Closed are Saturdays, Sundays, 国民の祝日 with 国民の休日 and substitute days (国民の祝日に関する法律3),
29 December to 3 January (行政機関の休日に関する法律1①三; local bodies by ordinance under 地方自治法4の2),
and an organisation's own closing days.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays

from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

# 国民の祝日に関する法律 took effect in July 1948; equinoxes are computed, not yet decided, beyond.
_FIRST_YEAR, _LAST_YEAR = 1949, 2099
_YEAR_END = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
_SATURDAY = 5


@lru_cache(maxsize=256)
def _holidays_of(year: int) -> frozenset[date]:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise UsageError(
            f"{_FIRST_YEAR}年から{_LAST_YEAR}年までの日付を指定してください"
            f" / the calendar covers {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    return frozenset(holidays.country_holidays("JP", years=year))


def is_business_day(day: date, closing_days: Collection[date] = ()) -> bool:
    """Say whether offices work on this day."""
    return not (
        day.weekday() >= _SATURDAY
        or (day.month, day.day) in _YEAR_END
        or day in _holidays_of(day.year)
        or day in closing_days
    )


def next_business_day(day: date, count: int = 1, closing_days: Collection[date] = ()) -> date:
    """Give the ``count``-th business day after ``day`` (``day`` itself never counts)."""
    if count < 1:
        raise UsageError("日数は1以上で指定してください / count business days from 1")
    while count:
        try:
            day += timedelta(days=1)
        except OverflowError:
            _holidays_of(date.max.year)
        count -= is_business_day(day, closing_days)
    return day
