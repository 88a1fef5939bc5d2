"""The simulated neighbours: what they do when told to misbehave, and what the hub makes of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from connectors.simulators import Municipality, RegistryServer
from hub.runtime.until_idle import run_until_idle
from hub.runtime.worker import Tally

if TYPE_CHECKING:
    from hub.runtime.hub import Hub

START = date(2026, 3, 1)


def test_a_town_that_repeats_everything_is_released_once(hub: Hub) -> None:
    """Every notice sent twice is released once; the second is a duplicate, recorded as such."""
    town = Municipality(hub, hub.body("072010"), 40, 1, 0, repeat=True)
    town.load()
    run_until_idle(hub)
    sent = town.live(START, 30, 6.0)
    tally, _ = run_until_idle(hub)
    assert sent.accepted > 0
    assert tally.accepted == tally.repeated == sent.accepted
    assert tally.provisions == 2 * sent.accepted


def test_a_careless_town_loses_only_its_faulty_lines(hub: Hub) -> None:
    """Faulty lines are quarantined one by one; every good line beside them is released."""
    town = Municipality(hub, hub.body("331007"), 40, 1, 0, careless=True)
    town.load()
    run_until_idle(hub)
    sent = town.live(START, 30, 6.0)
    tally, _ = run_until_idle(hub)
    assert sent.quarantined == 10
    assert tally == Tally(accepted=sent.accepted, provisions=2 * sent.accepted)


def test_a_deaf_server_gets_everything_later_in_the_same_order(hub: Hub) -> None:
    """What a server did not acknowledge waits for it, unchanged and in order."""
    town = Municipality(hub, hub.body("072010"), 40, 1, 0)
    town.load()
    run_until_idle(hub)
    sent = town.live(START, 30, 6.0)
    run_until_idle(hub)
    deaf = RegistryServer(hub, hub.body("070009"), deaf=True)
    assert deaf.fetch() == deaf.fetch() == sent.accepted
    assert deaf.acknowledged == 0
    awake = RegistryServer(hub, hub.body("070009"))
    assert awake.fetch() == awake.acknowledged == sent.accepted
    assert awake.fetch() == 0


def test_each_server_gets_only_its_own_towns(hub: Hub) -> None:
    """A prefecture receives from its own municipalities; the national side from prefectures."""
    towns = [
        Municipality(hub, hub.body(code), 40, 1, slot)
        for slot, code in enumerate(("072010", "331007"))
    ]
    for town in towns:
        town.load()
    run_until_idle(hub)
    sent = [town.live(START, 30, 6.0).accepted for town in towns]
    run_until_idle(hub)
    servers = [RegistryServer(hub, hub.body(body)) for body in ("070009", "330001", "jlis")]
    for server in servers:
        server.fetch()
    assert [dict(server.received) for server in servers] == [
        {"072010": sent[0]},
        {"331007": sent[1]},
        {"070009": sent[0], "330001": sent[1]},
    ]
