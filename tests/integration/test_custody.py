"""Custody on either bus: lateness in sight, hand-over against erasure, many restarts."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from hub.custody.states import Cause, ForbiddenStepError, State
from hub.runtime.custody import holds, overview
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.until_idle import purge, run_until_idle
from hub.vocabulary.clock import parse_instant

if TYPE_CHECKING:
    from pathlib import Path

    from hub.runtime.hub import Hub

# The hub stands at Wednesday 2026-04-01 09:00; what is sent then is due on Thursday.
DUE = "2026-04-02T17:00:00+09:00"
ALARM = "2026-04-02T17:07:30+09:00"
OVERDUE = "2026-04-02T17:15:00+09:00"


def _at(hub: Hub, instant: str) -> Hub:
    return hub.moved_to(parse_instant(instant))


def _sent(hub: Hub, out: Path, count: int = 1) -> list[str]:
    """Send so many files, and hand them over; gives their ids."""
    city, centre = hub.party("331007"), hub.party("jlis")
    for _ in range(count):
        content = BytesIO(secrets.token_bytes(100))
        FileSubmission(hub, "delivery-address", city, None).take(content)
    run_until_idle(hub)
    return [given.file_id for given in FileCounter(hub, "delivery-address", centre).fetch(out)]


def _states(hub: Hub) -> set[str]:
    return {line["state"] for line in overview.lines(hub)}


def test_lateness_is_counted_at_half_time_and_at_the_deadline(hub: Hub, tmp_path: Path) -> None:
    """Neither when due; alarm at 17:07:30; overdue at 17:15; neither once it is erased."""
    _sent(hub, tmp_path)
    assert overview.count_late(_at(hub, DUE)) == (0, 0)
    assert overview.count_late(_at(hub, ALARM)) == (1, 0)
    assert overview.count_late(_at(hub, OVERDUE)) == (0, 1)
    assert purge(_at(hub, OVERDUE)) == 1
    assert overview.count_late(_at(hub, OVERDUE)) == (0, 0)


def test_a_storm_of_restarts_erases_each_file_once(hub: Hub, tmp_path: Path) -> None:
    """A new custodian for every step, and more of them than there are steps."""
    ids = _sent(hub, tmp_path, 3)
    late = _at(hub, DUE)
    certified = 0
    for _ in range(6):
        custodian = Custodian(_at(hub, DUE))
        certified += custodian.step()
        custodian.close()
    assert certified == len(ids)
    assert _states(late) == {State.VERIFIED}


def test_a_hand_over_under_way_when_the_erasure_begins_gives_nothing(
    hub: Hub, tmp_path: Path
) -> None:
    """The recipient who comes a moment late: no file, no part of one, nothing called sent."""
    _sent(hub, tmp_path / "first")
    counter = FileCounter(hub, "delivery-address", hub.party("jlis"))
    under_way = counter.fetch(tmp_path / "second")
    assert purge(_at(hub, DUE)) == 1
    assert list(under_way) == []
    assert list((tmp_path / "second").glob("*")) == []


def test_what_is_gone_cannot_be_held(hub: Hub, tmp_path: Path) -> None:
    """Once the erasure has begun a hold is refused, and says so."""
    (identifier,) = _sent(hub, tmp_path)
    purge(_at(hub, DUE))
    with pytest.raises(ForbiddenStepError):
        holds.hold(_at(hub, DUE), identifier, Cause.INCIDENT, ["one", "two"])
