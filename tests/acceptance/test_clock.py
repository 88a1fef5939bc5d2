"""The clock of a sandbox: ``--as-of`` and HUB_NOW, and instants that never go back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.hub_command import FEED, hub
from tests.support.invented import as_lines, someone

if TYPE_CHECKING:
    from tests.support.hub_command import Sandbox


def _instants(sandbox: Sandbox) -> list[datetime]:
    return [datetime.fromisoformat(row["at"]) for row in sandbox.receipts("072010").lines]


def test_a_date_is_midnight_in_japan_and_the_clock_stands_still(sandbox: Sandbox) -> None:
    """RFC 3339, or a date = 00:00 JST; it stands still during a command."""
    day = sandbox.at("2026-06-12")
    day.submit("072010", as_lines(*(someone().notice() for _ in range(20))))
    day.run()
    assert set(_instants(day)) == {datetime.fromisoformat("2026-06-12T00:00:00+09:00")}


def test_an_earlier_instant_dates_no_record(sandbox: Sandbox) -> None:
    """The home keeps the latest instant seen; an earlier one neither … nor dates a record."""
    latest = datetime.fromisoformat("2026-06-12T09:30:00+09:00")
    sandbox.at(latest.isoformat()).run()
    earlier = sandbox.at("2026-06-11T00:00:00Z")
    earlier.submit("072010", as_lines(someone().notice(), someone().notice("転居")))
    earlier.run()
    assert _instants(earlier) == [latest, latest]
    verified = earlier.hub("ledger", "verify", str(sandbox.home)).result
    assert verified["verified"] is True


def test_the_environment_sets_the_clock_and_the_flag_beats_it(sandbox: Sandbox) -> None:
    """``--as-of`` or HUB_NOW, sandbox only."""
    home = str(sandbox.home)
    plan = as_lines(someone().notice(異動年月日="2026-06-14"))
    call = ("submit", "--feed", FEED, "--from", "072010", "-", "--home", home)
    dry = (*call, "--dry-run")
    assert hub(*dry, stdin=plan, env={"HUB_NOW": "2026-06-13T23:59:59+09:00"}).code == 1
    assert hub(*dry, stdin=plan, env={"HUB_NOW": "2026-06-13T15:00:00Z"}).code == 0
    at = ("--as-of", "2026-06-14")
    assert hub(*dry, *at, stdin=plan, env={"HUB_NOW": "2026-06-13"}).code == 0


@pytest.mark.parametrize("now", ["2026-02-30", "1969-12-31"])
def test_an_instant_that_is_none_is_a_wrong_call(sandbox: Sandbox, now: str) -> None:
    """RFC 3339, or a date; 2 the call or its input is wrong."""
    done = sandbox.at(now).run()
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 1
