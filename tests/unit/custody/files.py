"""Files in custody for tests, and ways to take them on."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from hub.custody.states import Cause, Custody, File, State, Step
from hub.custody.terms import Terms
from hub.resources import read_text
from hub.vocabulary.clock import JST

ONE_DAY = Terms(1, time(17), timedelta(minutes=15), 5, is_open=False, source="a test")

# Ten years of instants; the zone is given apart.
INSTANTS = st.datetimes(
    datetime(2025, 1, 1),  # noqa: DTZ001
    datetime(2034, 12, 1),  # noqa: DTZ001
    timezones=st.just(JST),
)


def shipped() -> dict[str, Any]:
    """Give the terms that ship with the hub, as data."""
    return tomllib.loads(read_text("rules", "custody.toml"))


def at(text: str) -> datetime:
    """Give an instant in Japan, e.g. of ``2026-04-01 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def received(instant: datetime, terms: Terms = ONE_DAY) -> Custody:
    """Give a file that came in at an instant."""
    file = File("f", "delivery-address", "331007", "jlis", terms.gives_up_at(instant))
    whole = replace(file, size=10, chunks=2, content="0" * 64)
    return Custody.begin(file, instant).take(Step(State.RECEIVED, instant, Cause.SUBMITTED), whole)


def accepted(instant: datetime, terms: Terms = ONE_DAY) -> Custody:
    """Give a file that came in and was accepted at an instant."""
    return received(instant, terms).take(Step(State.ACCEPTED, instant, Cause.PERMITTED))


def sent(custody: Custody, instant: datetime, terms: Terms = ONE_DAY) -> Custody:
    """Give the file after it was handed over at an instant."""
    due_at = terms.due_at(max(instant, custody.latest))
    return custody.take(Step(State.SENT, instant, Cause.HANDED_OVER, due_at=due_at))
