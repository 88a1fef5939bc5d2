"""A disk that runs full: one clear line, nothing half done, and on it goes once there is room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import new_house
from tests.faults.small_disk import SmallDisk, small_disk
from tests.support.hub_command import Done, hub
from tests.support.outside import verified
from tests.support.sender import submit_words
from tests.support.services import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Chance, House

_MEGABYTES = 160
_RESIDENTS = 1_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Give a disk that can be filled."""
    with small_disk(tmp_path / "disk", _MEGABYTES) as made:
        yield made


@pytest.fixture
def house_on_disk(disk: SmallDisk, seed: int) -> House:
    """Give a house whose home lies on that disk."""
    return new_house(disk.place / "home", seed, _RESIDENTS)


def _refused(done: Done) -> None:
    """Require exit 3, and one line that names what is missing: room."""
    assert done.code == 3, done.err
    assert done.out == ""
    assert len(done.err.splitlines()) == 1, done.err
    assert "空き" in done.err
    assert "space" in done.err


def test_commands_on_a_full_disk_say_so_and_take_nothing(
    house_on_disk: House, disk: SmallDisk
) -> None:
    """Submit and run are refused with exit 3 in one line; afterwards both do all there is to do."""
    house = house_on_disk
    sender = house.senders[0]
    house.send(1_000)
    home = ("--home", str(house.home), "--format", "json")
    file = b"\n".join(sender.next_lines(800))
    disk.fill()
    _refused(hub("submit", *submit_words(house.home, sender.town.code), "-", stdin=file))
    _refused(hub(*home, "run", "--until-idle"))
    assert verified(house.home)["verified"]
    disk.make_room()
    taken = hub("submit", *submit_words(house.home, sender.town.code), "-", stdin=file)
    assert taken.code == 0
    sender.note(taken.lines)
    history = house.check()
    assert not history.count("duplicate"), "something of the refused file had been taken"


def test_a_service_on_a_disk_that_runs_full_waits_for_room_and_goes_on(
    house_on_disk: House, disk: SmallDisk, chance: Chance
) -> None:
    """It says why in one line each time it tries, stays up, and loses nothing once there is room."""
    house = house_on_disk
    house.send(1_500)
    with Service(house.home, env={"HUB_BATCH_SIZE": "20"}) as service:
        service.await_event("batch-committed")
        chance.let_work(0.05)
        disk.fill()
        service.await_event("service-failed", 2)
        assert service.runs
        assert verified(house.home)["verified"]
        failures = service.events("service-failed")
        for words in (each["error"] for each in failures):
            assert "空き" in words
            assert "space" in words
        disk.make_room()
        done = len(service.events("batch-committed"))
        service.await_event("batch-committed", done + 1)
        assert service.stop() == 0
    assert all(json.loads(line) for line in service.log), "every line of the log is an event"
    house.check()
