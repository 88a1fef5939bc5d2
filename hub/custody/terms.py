"""How long a file is kept: the terms of an organisation, and the moments that follow from them.

Days are business days of the sender (``hub.vocabulary.calendar``). A year that the calendar does
not cover raises ``UsageError``: no file is taken whose last day is not known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hub.errors import UsageError
from hub.vocabulary.calendar import next_business_day
from hub.vocabulary.clock import JST, day_in_japan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MOST_DAYS = 20
"""Business days that a period left to be set may be set to: a longer one is no 速やかに."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one organisation.

    ``business_days`` after sending a file is due at ``hour`` (JST); ``grace`` later it is overdue;
    after ``undelivered_days`` business days nobody need fetch it any more. ``is_open`` says that the
    organisation's document leaves the period to be set.
    """

    business_days: int
    hour: time
    grace: timedelta
    undelivered_days: int
    is_open: bool
    source: str
    closing_days: frozenset[date] = frozenset()

    def due_at(self, sent_at: datetime) -> datetime:
        """Give when a file sent at an instant is due."""
        return self._at_hour(sent_at, self.business_days)

    def gives_up_at(self, received_at: datetime) -> datetime:
        """Give when a file received at an instant is erased unless it was sent before."""
        return self._at_hour(received_at, self.undelivered_days)

    def alarm_at(self, due_at: datetime) -> datetime:
        """Give when half of the time left for the erasure is over."""
        return due_at + self.grace / 2

    def overdue_at(self, due_at: datetime) -> datetime:
        """Give when a file that is not verified as erased is overdue."""
        return due_at + self.grace

    def _at_hour(self, begin: datetime, days: int) -> datetime:
        day = next_business_day(day_in_japan(begin), days, self.closing_days)
        return datetime.combine(day, self.hour, JST)


def read_terms(
    document: Mapping[str, Any],
    organisation: str,
    own: Mapping[str, Any],
    closing_days: frozenset[date],
) -> Terms:
    """Give an organisation's terms: the rules' ``document``, with what the home sets (``own``).

    ``own`` may hold ``business_days``, where the organisation's document leaves the period open.
    Raises ``UsageError`` where it holds anything else, or a period that is none.
    """
    row = document["default"] | document["organisation"].get(organisation, {})
    terms = Terms(
        business_days=row["business_days"],
        hour=row["hour"],
        grace=timedelta(minutes=row["grace_minutes"]),
        undelivered_days=row["undelivered_business_days"],
        is_open=row["is_open"],
        source=row["source"],
        closing_days=closing_days,
    )
    return replace(terms, business_days=_set_days(own, terms)) if own else terms


def _set_days(own: Mapping[str, Any], terms: Terms) -> int:
    days = own.get("business_days")
    if not terms.is_open or own.keys() != {"business_days"}:
        raise UsageError(
            "custody.toml で設定できるのは、評価書が期間を定めていない機関の business_days だけです"
            " / custody.toml may set business_days alone, of a body whose document leaves it open"
        )
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        raise UsageError(
            f"custody.toml の business_days は1から{MOST_DAYS}までの整数にしてください"
            f" / business_days in custody.toml must be a whole number from 1 to {MOST_DAYS}"
        )
    return days
