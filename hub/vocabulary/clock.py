"""Time as the hub tells it: one clock port, Japan Standard Time, RFC 3339 on the outside.

The law counts days in Japan, so a date is always a date in JST (UTC+9, no summer time).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

from hub.errors import UsageError

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
JST = timezone(timedelta(hours=9), "JST")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Where the present instant comes from."""

    def now(self) -> datetime:
        """Give the present instant, aware of its zone."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Give the machine's present instant in JST."""
        return datetime.now(UTC).astimezone(JST)


class StillClock:
    """A clock that stands still at one instant, as ``--as-of`` asks."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(JST)

    def now(self) -> datetime:
        """Give the instant the clock stands at."""
        return self._instant


def day_in_japan(instant: datetime) -> date:
    """Give the day that an instant, aware of its zone, falls on in Japan."""
    return instant.astimezone(JST).date()


def today(clock: Clock) -> date:
    """Give the present day in Japan."""
    return day_in_japan(clock.now())


def parse_instant(text: str) -> datetime:
    """Read RFC 3339 with a zone, or a date alone, which means 00:00 in Japan.

    Before 1970 no id can be minted, so no such instant is taken.
    """
    try:
        is_date = _DATE.fullmatch(text)
        instant = datetime.fromisoformat(f"{text}T00:00:00+09:00" if is_date else text)
        here = instant.astimezone(JST)
    except (ValueError, OverflowError):
        raise UsageError(
            "日時は RFC 3339 (例 2026-04-01T09:00:00+09:00) か日付 (例 2026-04-01) で指定してください"
            " / give the instant as RFC 3339 or as a date"
        ) from None
    if instant.tzinfo is None:
        raise UsageError(
            "日時に時差 (+09:00 など) を付けてください / give the instant with its UTC offset"
        )
    if here < _EPOCH:
        raise UsageError("1970年以後の日時を指定してください / give an instant of 1970 or later")
    return here


def parse_day(text: str) -> date | None:
    """Read YYYY-MM-DD; nothing for any other spelling and for days that never were."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # fromisoformat also takes 20260401 and 2026-W14-3.
    return day if day.isoformat() == text else None


def rfc3339(instant: datetime) -> str:
    """Write an instant in JST to the millisecond, e.g. ``2026-04-01T09:00:00.000+09:00``."""
    return instant.astimezone(JST).isoformat(timespec="milliseconds")
