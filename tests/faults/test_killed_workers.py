"""Workers that are killed, stopped or held while notices flow."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from hub.bus.embedded import EmbeddedBus
from hub.runtime.home import open_home
from tests.faults.conftest import RESIDENTS, new_house
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.faults.conftest import Chance, House

SHORT, LONG = 20, 200
_WAITING = 6_000
_LEAST_SENT = 20_000
_LONGEST_WAIT_S = 60
_FENCED = "hub_fenced_batches_total"
_BATCHES = ("20", "50", "200", "500")
_kills = pytest.mark.parametrize("kills", [SHORT, pytest.param(LONG, marks=pytest.mark.long)])


@pytest.fixture(params=["embedded", "kafka"])
def busy_house(request: pytest.FixtureRequest, kills: int, seed: int, tmp_path: Path) -> House:
    """Give a house with much to do; for the long form one of larger towns."""
    kind = "house" if request.param == "embedded" else "kafka_house"
    house: House = request.getfixturevalue(kind)
    if kills == LONG:
        house = new_house(tmp_path / "large", seed, 8 * RESIDENTS)
    house.send(_WAITING)
    return house


def _service(house: House, chance: Chance, role: str) -> Service:
    batch = chance.choice(_BATCHES)
    return Service(house.home, "--role", role, env={"HUB_BATCH_SIZE": batch})


def _at_work(workers: Sequence[Service], chance: Chance) -> Service:
    """Give the one that is first to have committed some further batches, or any one at once.

    On Kafka the partitions that one of them has may hold nothing for a while.
    """
    batches = chance.choice((0, 1, 1, 2, 4))
    if not batches:
        return chance.choice(workers)
    goals = [len(worker.events("batch-committed")) + batches for worker in workers]
    give_up = time.monotonic() + _LONGEST_WAIT_S
    while time.monotonic() < give_up:
        for worker, goal in zip(workers, goals, strict=True):
            if worker.comes("batch-committed", goal, within=0.05):
                return worker
    raise AssertionError(f"none of them works: {[''.join(worker.log) for worker in workers]}")


def _kill_at_work(worker: Service, house: House, chance: Chance) -> bool:
    """Kill one at a random moment of its work; says whether there still was work for it."""
    worker.await_event("service-started")
    chance.let_work(0.1)
    worker.kill()
    return house.backlog() > 0


@_kills
def test_a_worker_killed_at_random_moments_loses_doubles_and_reorders_nothing(
    busy_house: House, chance: Chance, kills: int
) -> None:
    """Killed by kill -9 while it carries notices, and more come in, the history stays whole."""
    hits = 0
    with busy_house.flow(_WAITING, _LEAST_SENT):
        while hits < kills:
            with _service(busy_house, chance, "all") as worker:
                hits += _kill_at_work(_at_work([worker], chance), busy_house, chance)
    busy_house.check()


@_kills
def test_two_workers_killed_in_turn_on_one_home_lose_double_and_reorder_nothing(
    busy_house: House, chance: Chance, kills: int
) -> None:
    """Of two workers on one home the one at work is killed, and the ledger goes on beside them."""
    hits = 0
    with busy_house.flow(_WAITING, _LEAST_SENT), ExitStack() as stack:
        stack.enter_context(Service(busy_house.home, "--role", "ledger"))
        workers = [stack.enter_context(_service(busy_house, chance, "worker")) for _ in "ab"]
        while hits < kills:
            killed = _at_work(workers, chance)
            hits += _kill_at_work(killed, busy_house, chance)
            workers.remove(killed)
            workers.append(stack.enter_context(_service(busy_house, chance, "worker")))
    busy_house.check()


@pytest.mark.parametrize("pauses", [6, pytest.param(60, marks=pytest.mark.long)])
def test_a_worker_that_stood_still_is_fenced_and_doubles_nothing(
    house: House, chance: Chance, pauses: int
) -> None:
    """Stopped in mid-batch while another goes on, it wakes to find its batch committed already."""
    with (
        house.flow(_WAITING, _WAITING),
        Service(house.home, "--role", "worker") as sleeper,
        _service(house, chance, "worker") as other,
    ):
        fenced = 0.0
        for _ in range(pauses):
            behind = len(sleeper.events("batch-committed"))
            sleeper.await_event("batch-committed", behind + 1)
            chance.let_work(0.1)
            before = sleeper.metric(_FENCED)
            fenced += _is_overtaken(sleeper, other) and sleeper.metric(_FENCED) - before
    house.check()
    assert fenced, "it was never stopped in mid-batch"


def _is_overtaken(sleeper: Service, other: Service) -> bool:
    """Stop a worker until another has gone on, then let it finish; says whether it went on.

    One that is stopped while it commits holds the bus, and the other waits for it.
    """
    sleeper.pause()
    done, behind = (len(each.events("batch-committed")) for each in (other, sleeper))
    overtaken = other.comes("batch-committed", done + 3, within=2)
    sleeper.resume()
    sleeper.await_event("batch-committed", behind + 1)
    return overtaken


def test_a_worker_told_to_stop_commits_the_batch_in_hand_and_ends_well(house: House) -> None:
    """SIGTERM in the middle of a batch: it is committed, nothing after it is begun, exit code 0."""
    house.send(8_000)
    with Service(house.home, env={"HUB_BATCH_SIZE": "500"}) as service:
        service.await_event("batch-committed")
        # Whoever holds the writer's place keeps the next batch in hand, done but not committed.
        with EmbeddedBus(open_home(house.home).bus) as bus, bus.store.transaction():
            before = house.backlog()
            time.sleep(1)
            service.ask_to_stop()
        assert service.end() == 0
    assert house.backlog() == before - 500
    assert len(service.events("batch-committed")) == (8_000 - before) // 500 + 1
    house.check()
