"""The ledger's writer, killed while it appends, signs and publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.outside import verified
from tests.support.services import Service

if TYPE_CHECKING:
    from tests.faults.conftest import Chance, House


@pytest.mark.parametrize("kills", [12, pytest.param(120, marks=pytest.mark.long)])
def test_a_ledger_whose_writer_is_killed_verifies_after_every_kill(
    house: House, chance: Chance, kills: int
) -> None:
    """Killed at random moments the ledger verifies from its files, only grows, and misses nothing."""
    sizes = []
    worker = Service(house.home, "--role", "worker", env={"HUB_BATCH_SIZE": "50"})
    with house.flow(1_000, 6_000), worker:
        for _ in range(kills):
            with Service(house.home, "--role", "ledger") as writer:
                writer.await_event("service-started")
                chance.let_work(0.2)
                writer.kill()
            report = verified(house.home)
            assert report["verified"], report["problems"]
            sizes.append(report["records"])
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0], "the writer never got to write"
    house.check()
