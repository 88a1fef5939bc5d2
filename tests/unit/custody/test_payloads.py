"""The lives of payloads: when a unit goes, from its day, its acknowledgement and the settings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.custody.payloads import (
    Doom,
    Kind,
    Life,
    Row,
    Stage,
    Unit,
    falls_due,
    gives_up_at,
    may_be_due,
    overdue_at,
)
from hub.errors import UsageError
from hub.runtime.custody.rows import rows_of, shipped
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from pathlib import Path

DAYS = st.dates(date(2020, 1, 1), date(2034, 12, 31))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2034, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=JST)
)


def _row(days: int = 7, undelivered_days: int = 90) -> Row:
    return Row(Kind.RELEASE, days, 30, undelivered_days, "source", "why")


@given(day=DAYS, at=MOMENTS, days=st.integers(1, 90))
def test_a_unit_lives_so_many_days_after_its_day_and_its_last_acknowledgement(
    day: date, at: datetime, days: int
) -> None:
    """Never less after either of the two, and exactly so long after the later one."""
    unit = Unit(Kind.RELEASE, "070009", day)
    due = falls_due(_row(days), unit, at)
    assert due == max(unit.ended_at, at) + timedelta(days=days)
    assert may_be_due(_row(days), unit, due)
    assert overdue_at(due) > due


@given(day=DAYS)
def test_the_name_of_a_unit_says_what_it_is(day: date) -> None:
    """Kind, who reads it where that is not the hub, and the day; and it is read back."""
    for unit in (Unit(Kind.INTAKE, "", day), Unit(Kind.RELEASE, "jlis", day)):
        assert Unit.parse(unit.id) == unit
    assert Unit(Kind.RELEASE, "jlis", date(2026, 6, 15)).id == "release.jlis.2026-06-15"
    with pytest.raises(ValueError, match="Kind"):
        Unit.parse("unheard-of.2026-06-15")


def test_a_day_ends_at_midnight_in_japan() -> None:
    """The 15th has ended at 15:00 UTC."""
    ended = Unit(Kind.INTAKE, "", date(2026, 6, 15)).ended_at
    assert ended == datetime(2026, 6, 16, tzinfo=JST)


def test_only_what_somebody_fetches_is_given_up() -> None:
    """After its limit, counted from the end of its day; the hub's own reading has none."""
    unit = Unit(Kind.RELEASE, "jlis", date(2026, 6, 15))
    assert gives_up_at(_row(), unit) == datetime(2026, 9, 14, tzinfo=JST)
    assert gives_up_at(_row(undelivered_days=0), unit) is None


@given(first=MOMENTS, second=MOMENTS)
def test_stages_follow_one_another_and_none_is_dated_back(
    first: datetime, second: datetime
) -> None:
    """Due, shredded, verified, in this order alone; a clock set back dates nothing earlier."""
    unit = Unit(Kind.INTAKE, "", date(2026, 6, 15))
    life = Life(unit, Doom((), {}), {Stage.DUE: first})
    assert [stage for stage in Stage if life.may_reach(stage)] == [Stage.SHREDDED]
    later = life.reach(Stage.SHREDDED, second)
    assert later.reached[Stage.SHREDDED] >= first
    assert [stage for stage in Stage if later.may_reach(stage)] == [Stage.VERIFIED]


def test_every_kind_has_its_life_with_a_source_and_an_end() -> None:
    """No kind without a row, none without a reason, none that may be set to for ever."""
    assert set(shipped()) == set(Kind)
    for row in shipped().values():
        assert 1 <= row.days <= row.most_days
        assert row.source
        assert row.why


def test_a_home_sets_days_within_the_rows_own_bounds(tmp_path: Path) -> None:
    """Another number counts; none, for ever, an unknown kind and what is no TOML are refused."""
    assert rows_of(tmp_path) == shipped()
    file = tmp_path / "retention.toml"
    file.write_text("[payload]\nrelease = 14\n", encoding="utf-8")
    assert rows_of(tmp_path)[Kind.RELEASE].days == 14
    assert rows_of(tmp_path)[Kind.INTAKE] == shipped()[Kind.INTAKE]
    for wrong in ("release = 0", "release = 31", 'release = "never"', "letters = 3", "release"):
        file.write_text(f"[payload]\n{wrong}\n", encoding="utf-8")
        with pytest.raises(UsageError):
            rows_of(tmp_path)
