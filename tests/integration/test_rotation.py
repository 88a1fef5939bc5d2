"""Keys are changed while messages are on the way; nothing is lost and everything still opens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from connectors.simulators import Municipality
from connectors.simulators.ways import DeskWay
from hub.runtime.until_idle import run_until_idle

if TYPE_CHECKING:
    from hub.runtime.hub import Hub

START = date(2026, 3, 1)


def test_records_from_before_and_after_a_rotation_open(hub: Hub) -> None:
    """Data keys and identities rotated between submit, release and receipt: all records open."""
    now: datetime = hub.clock.now()
    town = Municipality(hub, hub.body("072010"), 40, 1, 0)
    town.load()
    hub.vault.rotate(now)
    run_until_idle(hub)
    sent = town.live(START, 20, 6.0)
    hub.vault.rotate_identity("072010", now)
    run_until_idle(hub)
    hub.vault.rotate_identity("070009", now)
    hub.vault.rotate_identity("hub", now + timedelta(seconds=1))
    hub.vault.rotate(now)
    assert _fetched(hub, "070009") == sent.accepted > 0
    assert _fetched(hub, "jlis") == sent.accepted


def test_every_rotation_begins_a_new_key_for_the_same_parties(hub: Hub) -> None:
    """After a rotation the same sender and recipient use another key; the old one is kept."""
    town = Municipality(hub, hub.body("072010"), 10, 1, 0)
    town.load()
    run_until_idle(hub)
    hub.vault.rotate(hub.clock.now())
    town.live(START, 30, 6.0)
    run_until_idle(hub)
    rows = [row for row in hub.vault.list_keys() if row.sender == "072010"]
    to_hub = [row for row in rows if row.recipient == "hub"]
    assert len(to_hub) == len({row.key_id for row in to_hub}) == 2


def _fetched(hub: Hub, body: str) -> int:
    """Give how many records wait for a body and open."""
    return sum(
        len(handed.records) for handed in DeskWay(hub, hub.body(body)).fetch("change-notice")
    )
