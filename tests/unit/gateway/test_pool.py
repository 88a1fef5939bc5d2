"""A thread's room stays open as long as its surroundings are well."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hub.bus.port import BacklogError
from hub.errors import SurroundingsError
from hub.gateway.pool import Pool
from hub.runtime.metrics import Metrics
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.slips import SlipBusyError
from tests.support.hub_command import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from hub.gateway.pool import Room


@pytest.mark.parametrize(
    ("error", "stays"), [(BacklogError, True), (SlipBusyError, True), (SurroundingsError, False)]
)
def test_a_room_stays_where_a_call_is_to_wait_and_goes_where_the_surroundings_failed(
    tmp_path: Path, error: type[SurroundingsError], *, stays: bool
) -> None:
    """Opened anew it reads every log: that is not for each call that comes too soon."""
    home = make_sandbox(tmp_path / "home", towns=1, residents=1, seed=1)
    pool = Pool(Settings(home=home.path, now=NOW), Metrics(), threads=1)
    rooms = []

    def enter(room: Room) -> None:
        rooms.append(room)

    def fail(room: Room) -> None:
        enter(room)
        raise error

    async def story() -> None:
        with pytest.raises(error):
            await pool.run("072010", fail)
        await pool.run("072010", enter)

    try:
        asyncio.run(story())
    finally:
        pool.close()
    assert (rooms[0] is rooms[1]) is stays
