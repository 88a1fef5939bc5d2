"""The index is kept up beside the services, and nothing waits for it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from prometheus_client import generate_latest
from sqlalchemy import func, select

from hub.ledger.index.schema import MONTHS
from hub.runtime.hub import Hub
from hub.runtime.indexer import Indexer, open_index
from hub.runtime.outcome import ledger_pages
from hub.runtime.services import Supervisor
from hub.runtime.settings import Settings
from hub.runtime.setup import make_sandbox
from hub.runtime.until_idle import run_until_idle
from tests.unit.ledger_index.material import APRIL, all_fields, spread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hub.ledger.index.store import IndexStore
    from hub.runtime.home import Home

_PATIENCE_SECONDS = 60


def taken_in(store: IndexStore) -> int:
    """Give how many records an index holds."""
    with store.reading() as connection:
        return int(connection.scalar(select(func.sum(MONTHS.c.next - 1))) or 0)


def shown(supervisor: Supervisor) -> str:
    """Give what Prometheus would read."""
    return generate_latest(supervisor.metrics.registry).decode()


def until(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a new sandbox home."""
    return make_sandbox(tmp_path / "home", 1, 1, 1)


def record(home: Home, start: int) -> None:
    """Commit twenty messages' records to a home's bus, and take them into its ledger."""
    with Hub.open(Settings(home=home.path)) as hub:
        hub.bus.publish(ledger_pages(spread(start, 20, APRIL)))
        run_until_idle(hub, "ledger")


def test_an_indexer_takes_in_what_is_new_and_then_rests(home: Home) -> None:
    """Each head is looked at once; one that grew is followed."""
    with open_index(home, "sqlite") as store:
        indexer = Indexer(home, store)
        assert not indexer.step(lambda: True)
        for start in (0, 100):
            record(home, start)
            assert indexer.step(lambda: True)
            assert taken_in(store) == len(all_fields(home.path)) > 0
            assert not indexer.step(lambda: True)


def test_the_ledgers_service_keeps_the_index_up(home: Home) -> None:
    """``hub run --role ledger``: what is in the files is soon in the index."""
    record(home, 0)
    supervisor = Supervisor(Settings(home=home.path, idle_seconds=0.01), "ledger")
    service = threading.Thread(target=supervisor.run)
    service.start()
    try:
        with open_index(home, "sqlite") as store:
            until(lambda: taken_in(store) == len(all_fields(home.path)))
    finally:
        supervisor.stop()
        service.join()


def test_services_go_on_while_the_index_cannot_be_used(home: Home) -> None:
    """A database that is away holds up neither ledger nor worker: the index is tried again."""
    nowhere = f"postgresql://nobody@/none?host={home.path}"
    settings = Settings(home=home.path, idle_seconds=0.01, ledger_index=nowhere)
    supervisor = Supervisor(settings, "all")
    service = threading.Thread(target=supervisor.run)
    service.start()
    try:
        restarts = 'hub_restarts_total{service="%s"}'
        until(lambda: restarts % "index" in shown(supervisor))
        assert restarts % "ledger" not in shown(supervisor)
        assert restarts % "worker" not in shown(supervisor)
        assert service.is_alive()
    finally:
        supervisor.stop()
        service.join()
