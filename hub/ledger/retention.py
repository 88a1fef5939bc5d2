"""From which day a month of the ledger may go. Pure.

A month's retention is counted from its last day, so that its last record is kept as long as any.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from hub.errors import UsageError

_DECEMBER: Final = 12


def free_from(month: str, years: int) -> date:
    """Give the first day on which a month (``YYYY-MM``) kept for so many years may be dropped.

    2026-04 for 7 years: 2033-05-01. Raises ``UsageError`` where that lies past the calendar.
    """
    year, number = int(month[:4]), int(month[5:])
    year, number = (year + 1, 1) if number == _DECEMBER else (year, number + 1)
    try:
        return date(year + years, number, 1)
    except ValueError:
        raise UsageError(
            "保存期間の年数が長すぎます / the years of retention are too many"
        ) from None
