"""The ledger's writer, killed while it appends, signs and publishes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hub.ledger.verify import verify
from tests.support.services import Service

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Chance, House


@pytest.mark.parametrize("kills", [12, pytest.param(120, marks=pytest.mark.long)])
def test_a_ledger_whose_writer_is_killed_verifies_after_every_kill(
    house: House, chance: Chance, kills: int
) -> None:
    """Killed at random moments the ledger verifies from its files, only grows, and misses nothing."""
    sizes = []
    worker = Service(house.home, "--role", "worker", env={"HUB_BATCH_SIZE": "20"})
    with house.flow(300, 2_000), worker:
        for _ in range(kills):
            with Service(house.home, "--role", "ledger") as writer:
                writer.await_event("service-started")
                if chance.random() < 0.7:
                    _await_growth(house.home)
                chance.let_work(0.1)
                writer.kill()
            report = verify(house.home)
            assert report.verified, report.problems
            sizes.append(report.records)
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0], "the writer never got to write"
    house.check()


def _await_growth(home: Path) -> None:
    """Wait until the writer has signed over something new."""
    checkpoints = list(home.glob("ledger/*/checkpoint"))
    before = [path.read_bytes() for path in checkpoints]
    give_up = time.monotonic() + 30
    while [path.read_bytes() for path in checkpoints] == before:
        assert time.monotonic() < give_up, "the writer does not get on"
        time.sleep(0.005)
