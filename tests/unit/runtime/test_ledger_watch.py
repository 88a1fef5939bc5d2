"""The ledger's lag: nothing while all is signed, its alert at half the grace, a stop past it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import yaml

from hub.custody.states import State
from hub.ledger.record import Entry, Kind
from hub.runtime.custody.desk import FileDesk
from hub.runtime.custody.submission import FileSubmission
from hub.runtime.ledger_watch import LedgerBehindError, LedgerWatch
from hub.runtime.metrics import Metrics
from hub.runtime.outcome import ledger_pages
from hub.runtime.settings import Settings
from hub.runtime.until_idle import run_until_idle
from hub.testing import sandbox_hub
from hub.vocabulary.clock import rfc3339
from tests.unit.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from hub.runtime.hub import Hub

GRACE = 600.0


class Hands:
    """A clock and a timer that a test moves."""

    def __init__(self, start: datetime) -> None:
        self.instant, self.seconds = start, 0.0

    def now(self) -> datetime:
        """Give the instant."""
        return self.instant

    def timer(self) -> float:
        """Give the seconds that passed."""
        return self.seconds

    def pass_on(self, seconds: float) -> None:
        """Let time pass."""
        self.instant += timedelta(seconds=seconds)
        self.seconds += seconds


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Give a hub whose ledger has nothing to record."""
    with sandbox_hub() as made:
        run_until_idle(made)
        yield made


def publish(hub: Hub, at: datetime) -> None:
    """Put a page of one line, decided at an instant, on the bus."""
    entry = Entry(kind=Kind.DISCARD, id="x", sender="hub", at=rfc3339(at), code="discarded")
    hub.bus.publish(ledger_pages([entry.to_line()]))


def watched(hub: Hub) -> tuple[LedgerWatch, Hands, Metrics]:
    """Give a watch over a hub's ledger with time in the test's hands."""
    hands, metrics = Hands(hub.clock.now()), Metrics()
    watch = LedgerWatch(hub.bus, hub.home.path, hands, metrics, GRACE, hands.timer)
    return watch, hands, metrics


def value(metrics: Metrics, name: str) -> float | None:
    """Give a metric's value."""
    return metrics.registry.get_sample_value(name)


def test_the_lag_is_the_age_of_the_oldest_page_without_a_checkpoint(hub: Hub) -> None:
    """A later page does not hide an earlier one; signed, they count no more."""
    watch, hands, metrics = watched(hub)
    assert watch.lag() == 0
    publish(hub, hands.now())
    hands.pass_on(200)
    publish(hub, hands.now())
    hands.pass_on(50)
    assert watch.lag() == 250
    assert value(metrics, "hub_ledger_lag_seconds") == 250
    run_until_idle(hub, "ledger")
    hands.pass_on(10)
    assert watch.lag() == 0
    assert value(metrics, "hub_ledger_lag_seconds") == 0


def test_past_the_grace_the_worker_stops_in_sight_and_goes_on_once_all_is_signed(hub: Hub) -> None:
    """Up to the grace it works; past it an error says what to do, and a metric shows it."""
    watch, hands, metrics = watched(hub)
    publish(hub, hands.now())
    hands.pass_on(GRACE)
    watch.require()
    assert value(metrics, "hub_releases_stopped") == 0
    hands.pass_on(2)
    with pytest.raises(LedgerBehindError, match="--role ledger"):
        watch.require()
    assert value(metrics, "hub_releases_stopped") == 1
    run_until_idle(hub, "ledger")
    watch.require()
    assert value(metrics, "hub_releases_stopped") == 0


def test_a_worker_whose_ledger_is_behind_takes_nothing(hub: Hub) -> None:
    """The batch stays where it is: no release, no record, no position."""
    publish(hub, hub.clock.now() - timedelta(seconds=hub.ledger_grace + 1))
    worker = hub.worker()
    with pytest.raises(LedgerBehindError):
        worker.step()
    run_until_idle(hub, "ledger")
    assert worker.step() is None
    worker.close()


def test_a_file_that_waits_is_not_decided_while_the_ledger_is_behind(hub: Hub) -> None:
    """It stays as it was received: no provision without a ledger that follows (promise 7)."""
    sent = FileSubmission(hub, "delivery-address", hub.party("331007"), None).take(BytesIO(b"x"))
    publish(hub, hub.clock.now() - timedelta(seconds=hub.ledger_grace + 1))
    desk = FileDesk(hub)
    with pytest.raises(LedgerBehindError):
        desk.step()
    hub.custody_log.catch_up()
    assert hub.custody_log.files[str(sent.id)].state is State.RECEIVED
    run_until_idle(hub, "ledger")
    tally = desk.step()
    assert tally is not None
    assert tally.provisions == 1
    desk.close()


def test_a_run_until_idle_lets_the_ledger_catch_up_first(hub: Hub) -> None:
    """Pages of long ago do not stop a run that has the ledger with it."""
    publish(hub, hub.clock.now() - timedelta(days=1))
    with pytest.raises(LedgerBehindError):
        run_until_idle(hub, "worker")
    _, head = run_until_idle(hub, "all")
    assert head is not None
    assert head.size == 2


def test_the_alert_comes_at_half_of_the_grace_that_is_stated() -> None:
    """The rule compares what the worker reports with half of the grace it reports."""
    text = (ROOT / "ops/prometheus/rules.yml").read_text(encoding="utf-8")
    rules = {rule["alert"]: rule for rule in yaml.safe_load(text)["groups"][0]["rules"]}
    half = rules["HubLedgerLagHalfGrace"]["expr"]
    assert half == "max(hub_ledger_lag_seconds) > max(hub_ledger_grace_seconds) / 2"
    assert rules["HubReleasesStopped"]["expr"] == "max(hub_releases_stopped) == 1"
    assert Settings().ledger_grace_seconds == 900


def test_a_hub_moved_to_another_instant_keeps_its_grace(hub: Hub) -> None:
    """Only the clock differs: releases stop after the grace that was set."""
    hub.ledger_grace = GRACE
    assert hub.moved_to(hub.clock.now()).ledger_grace == GRACE
