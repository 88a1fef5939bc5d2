"""A ledger that does not keep up: the worker stops in sight, and goes on when it has caught up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.support.hub_command import hub
from tests.support.services import Service

if TYPE_CHECKING:
    from tests.faults.conftest import House

_GRACE = {"HUB_LEDGER_GRACE_SECONDS": "1", "HUB_BATCH_SIZE": "20"}


def test_releases_stop_when_the_ledger_is_behind_and_resume_when_it_is_not(house: House) -> None:
    """Without a ledger the worker stops once the grace is over; with one it carries all there is."""
    house.send(100)
    with Service(house.home, "--role", "worker", env=_GRACE) as worker:
        worker.await_event("batch-committed")
        worker.await_event("releases-stopped")
        assert worker.metric("hub_releases_stopped") == 1
        assert worker.metric("hub_ledger_lag_seconds") > 1
        house.send(100)
        done = len(worker.events("batch-committed"))
        time.sleep(1)  # nothing marks that nothing happens
        assert len(worker.events("batch-committed")) == done
        assert house.backlog() >= 100
        assert len(worker.events("releases-stopped")) == 1, "it is said once"
        with Service(house.home, "--role", "ledger"):
            worker.await_event("releases-resumed")
            worker.await_event("batch-committed", done + 1)
            assert worker.metric("hub_releases_stopped") == 0
        assert worker.stop() == 0
    house.check()


def test_a_worker_alone_is_refused_where_the_ledger_is_behind(house: House) -> None:
    """Exit 3 in one line that says what to run; with the ledger in the same run it goes through."""
    house.send(200)
    words = ("--home", str(house.home), "run", "--until-idle")
    env = _GRACE | {"HUB_BATCH_SIZE": "200"}
    assert hub(*words, "--role", "worker", env=env).code == 0
    time.sleep(1.2)  # the grace
    house.send(20)
    refused = hub(*words, "--role", "worker", env=env)
    assert (refused.code, refused.out) == (3, "")
    assert len(refused.err.splitlines()) == 1
    assert "--role ledger" in refused.err
    assert hub(*words, env=env).code == 0
    house.check()
