"""Nothing is silently pending: of every feed what nobody fetched is given up, and its sender told."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import generate_latest

from hub.runtime.custody.submission import FileSubmission
from hub.runtime.open_legs import OpenLegs
from hub.runtime.submission import Submission
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import TOWN, line_of, notice
from tests.support.transfers import (
    CERTIFICATE,
    MOVE_IN,
    NEW,
    OLD,
    PREFECTURE,
    REPORT,
    REQUEST,
    Play,
    certificate,
    move_in,
    request,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.runtime.hub import Hub

NOTICE, FILES, CITY, CENTRE = "change-notice", "delivery-address", "331007", "jlis"
BEGIN, MOVED, END = (
    "2026-04-01T09:00:00+09:00",
    "2026-04-02T09:00:00+09:00",
    "2026-10-01T09:00:00+09:00",
)
LEGS = {
    NOTICE: (TOWN, PREFECTURE, "undelivered"),
    CERTIFICATE: (OLD, NEW, "unclaimed"),
    MOVE_IN: (NEW, OLD, "undelivered"),
    REPORT: (OLD, PREFECTURE, "undelivered"),
    REQUEST: (NEW, OLD, "undelivered"),
    FILES: (CITY, CENTRE, "undelivered"),
}


def _receipts(hub: Hub) -> list[dict[str, Any]]:
    with closing(Views(":memory:", hub.bus, hub.home.path)) as views:
        return [leg for party in hub.parties for leg in views.receipts(party)]


def _age(hub: Hub) -> float:
    """Give what the metric says of the oldest open leg."""
    with closing(OpenLegs(hub)) as legs:
        legs.look()
    lines = generate_latest(hub.metrics.registry).decode().splitlines()
    return float(next(line for line in lines if line.startswith("hub_oldest_open")).split()[-1])


@pytest.fixture(scope="module")
def unfetched() -> Iterator[tuple[Play, Play]]:
    """Give the hub a day after all feeds were sent, and half a year later; nobody fetched anything."""
    with sandbox_hub(BEGIN) as made:
        play = Play(made, BEGIN)
        assert _age(play.hub) == 0
        notices = Submission(play.hub, NOTICE, play.hub.party(TOWN), Request(), "utf-8")
        list(notices.take(io.BytesIO(line_of(notice(1)))))
        FileSubmission(play.hub, FILES, play.hub.party(CITY), None).take(io.BytesIO(b"x"))
        play.submit(CERTIFICATE, OLD, certificate(1), certificate(2))
        play.run()
        moved = play.at(MOVED)
        moved.submit(MOVE_IN, NEW, move_in(1))
        moved.submit(REQUEST, NEW, request(5))
        moved.run()
        open_then = _age(moved.hub), _receipts(moved.hub)
        assert open_then[0] == pytest.approx(86_400, abs=1)
        assert {leg["code"] for leg in open_then[1]} <= {"released", "claimed"}
        yield moved, moved.at(END).run()


def test_every_leg_has_its_final_receipt_half_a_year_later(unfetched: tuple[Play, Play]) -> None:
    """Each says so with its time and its place in the ledger, and no leg is open any more."""
    _, late = unfetched
    legs = _receipts(late.hub)
    assert {leg["code"] for leg in legs} == {"undelivered", "unclaimed", "claimed"}
    assert all(leg["ledger"] and datetime.fromisoformat(leg["at"]) for leg in legs)
    assert _age(late.hub) == 0


@pytest.mark.parametrize("feed", LEGS)
def test_the_sender_of_what_nobody_fetched_is_told(unfetched: tuple[Play, Play], feed: str) -> None:
    """By a receipt on the leg, whatever kind of feed it is."""
    moved, late = unfetched
    sender, recipient, code = LEGS[feed]
    files = moved.hub.custody_log.files
    kept = {file_id for file_id, each in files.items() if each.file.feed == feed}
    told = [
        leg
        for leg in _receipts(late.hub)
        if (leg["from"], leg["to"], leg["code"]) == (sender, recipient, code)
        and (leg["id"] in kept if kept else leg["id"] not in files)
    ]
    assert len(told) == 1
    assert told[0]["reason"]["code"] == code
