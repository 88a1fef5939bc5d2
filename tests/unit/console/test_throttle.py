"""Failures slow down the address they come from, for five minutes, and no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hub.console.throttle import MOST, WITHIN_SECONDS, Throttle, TooManyError
from hub.vocabulary.clock import parse_instant

BEGIN = parse_instant("2026-04-01T09:00:00+09:00")


class _SetClock:
    """A clock that stands where a test sets it."""

    def __init__(self) -> None:
        self.instant = BEGIN

    def now(self) -> datetime:
        return self.instant


def test_the_tenth_failure_is_the_last_for_five_minutes() -> None:
    """Nine do no harm; afterwards the address is heard again, whoever else failed."""
    clock = _SetClock()
    throttle = Throttle(clock)
    for _ in range(MOST):
        throttle.require("198.51.100.1")
        throttle.failed("198.51.100.1")
    with pytest.raises(TooManyError):
        throttle.require("198.51.100.1")
    throttle.require("198.51.100.2")
    clock.instant += timedelta(seconds=WITHIN_SECONDS)
    throttle.require("198.51.100.1")


def test_many_addresses_do_not_fill_memory() -> None:
    """Of more than a thousand the one that failed longest ago is forgotten, the latest is not."""
    throttle = Throttle(_SetClock())
    for number in range(1001):
        for _ in range(MOST):
            throttle.failed(str(number))
    throttle.require("0")
    with pytest.raises(TooManyError):
        throttle.require("1000")
