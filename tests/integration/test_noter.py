"""What a recipient acknowledged by its position alone has its receipt and its mark, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import Batch, Record
from hub.runtime import topics
from hub.runtime.custody.noter import Noter
from hub.runtime.submission import sender_record
from hub.runtime.until_idle import note, run_until_idle
from hub.runtime.views import Views
from hub.testing import sandbox_hub
from hub.vocabulary.requests import Request
from tests.support.notices import PREFECTURE, TOWN, notice, values_of

if TYPE_CHECKING:
    from pathlib import Path

    from hub.runtime.hub import Hub

FEED = "change-notice"
RELEASE = topics.release(FEED, PREFECTURE).name


def _carry(hub: Hub, *serials: int) -> None:
    feed = hub.books.feeds[FEED]
    for serial in serials:
        record = sender_record(hub, feed, TOWN, Request(), hub.mint(), values_of(notice(serial)))
        hub.bus.publish([record])
    run_until_idle(hub)


def _move_on(hub: Hub, most: int = 100) -> int:
    """Move the recipient's position and write nothing, as a plain reader does; gives by how many."""
    moved = 0
    for partition in range(hub.bus.partitions(RELEASE)):
        start = hub.bus.position(f"receive.{PREFECTURE}", RELEASE, partition)
        records = hub.bus.follow(RELEASE, partition, start, most - moved)
        if records:
            member = hub.bus.join(f"receive.{PREFECTURE}", [RELEASE])
            member.commit(Batch(f"receive.{PREFECTURE}", RELEASE, partition, start, records), [])
            member.close()
            moved += len(records)
    return moved


def _codes(hub: Hub, folder: Path) -> list[str]:
    views = Views(folder / "views.sqlite", hub.bus, hub.home.path)
    legs = [leg for leg in views.receipts(TOWN) if leg["to"] == PREFECTURE]
    views.close()
    return sorted(leg["code"] for leg in legs)


def test_each_record_before_the_position_has_its_receipt_once(tmp_path: Path) -> None:
    """And those behind it have none; a second look finds nothing to note."""
    with sandbox_hub() as hub:
        _carry(hub, 1, 2, 3)
        assert _move_on(hub, 2) == 2
        assert note(hub) == 2
        assert _codes(hub, tmp_path) == ["acknowledged"] * 2 + ["released"]
        assert note(hub) == 0
        assert _move_on(hub) == 1
        run_until_idle(hub)
        assert _codes(hub, tmp_path) == ["acknowledged"] * 3


def test_what_was_noted_has_a_mark_so_that_its_day_can_go() -> None:
    """At the instant of noting: the days of the payload are counted from there."""
    with sandbox_hub() as hub:
        _carry(hub, 1)
        _move_on(hub)
        note(hub)
        hub.lives.catch_up()
        marks = [
            hub.lives.acknowledged_at((RELEASE, partition), 1)
            for partition in range(hub.bus.partitions(RELEASE))
        ]
        assert [mark for mark in marks if mark] == [hub.clock.now()]


def test_of_two_noters_one_notes(tmp_path: Path) -> None:
    """The other finds it done, though it had looked before."""
    with sandbox_hub() as hub:
        first, second = Noter(hub), Noter(hub)
        _carry(hub, 1, 2)
        _move_on(hub)
        assert first.step() + second.step() + first.step() == 2
        assert _codes(hub, tmp_path) == ["acknowledged"] * 2
        first.close()
        second.close()


def test_a_record_that_names_no_message_stops_nobody(tmp_path: Path) -> None:
    """It has no receipt; what stands behind it has its own."""
    with sandbox_hub() as hub:
        hub.bus.publish([Record(RELEASE, b"k", b"of nobody", (("ce_id", b"1"),))])
        _carry(hub, 1)
        assert _move_on(hub) == 2
        assert note(hub) == 2
        assert _codes(hub, tmp_path) == ["acknowledged"]
