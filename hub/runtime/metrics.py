"""What Prometheus reads: counts and times, never a name or a number of a person."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, time
from time import perf_counter
from typing import TYPE_CHECKING

from prometheus_client import Histogram

from hub.runtime.metrics_gateway import OfTheGateway
from hub.runtime.metrics_maker import Maker
from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from hub.runtime.worker import Tally


_SIZES = (1, 10, 100, 500, 1000, 2000, 5000, 10_000)


class _OfTheBus(Maker):
    """What a bus on a network tells (see ``hub.bus.watch``)."""

    def __init__(self) -> None:
        super().__init__()
        self._transactions = self._times(
            "hub_transaction_seconds", "Time of one transaction of a bus on a network.", "outcome"
        )
        self._deals = self._counter("hub_rebalances", "Times the partitions were dealt anew.")
        self._held = self._gauge("hub_partitions_held", "Partitions this process reads.")
        self._restores = self._times(
            "hub_restore_seconds", "Time to bring a partition's local state up to date."
        )
        self._restored = self._counter("hub_restored_records", "Records of state read again.")
        self._certificates = self._gauge(
            "hub_kafka_certificate_expiry_timestamp_seconds",
            "When a certificate runs out by which Kafka is reached.",
            "certificate",
        )
        self._rights = self._gauge(
            "hub_rights_differing",
            "Rights and users on the bus that are not as the rules have them, after a look.",
            "what",
        )
        self._rights_looked = self._gauge(
            "hub_rights_looked_timestamp_seconds", "When rights were last held against the rules."
        )

    def transaction(self, seconds: float, *, committed: bool) -> None:
        """Count a transaction (see ``hub.bus.watch``)."""
        self._transactions.labels("committed" if committed else "aborted").observe(seconds)

    def dealt(self, partitions: int) -> None:
        """Count a rebalance (see ``hub.bus.watch``)."""
        self._deals.inc()
        self._held.set(partitions)

    def restored(self, records: int, seconds: float) -> None:
        """Count a restoration of state (see ``hub.bus.watch``)."""
        self._restores.observe(seconds)
        self._restored.inc(records)

    def certificates(self, expiries: Mapping[str, float]) -> None:
        """Set when certificates run out, in seconds since 1970, by what each is."""
        for certificate, instant in expiries.items():
            self._certificates.labels(certificate).set(instant)

    def rights(self, give: int, person: int) -> None:
        """Set what a look at the rights has left: what is to be given, and what needs a person."""
        self._rights.labels("give").set(give)
        self._rights.labels("person").set(person)
        self._rights_looked.set_to_current_time()


class _OfTheLedger(Maker):
    """How far the ledger is behind, and what follows from that."""

    def __init__(self) -> None:
        super().__init__()
        self._pages = self._gauge(
            "hub_ledger_pages_waiting",
            "Ledger pages committed on the bus but not under a checkpoint.",
        )
        self._lag = self._gauge(
            "hub_ledger_lag_seconds",
            "Age of the oldest ledger page on the bus that no checkpoint covers.",
        )
        self._grace = self._gauge(
            "hub_ledger_grace_seconds", "Lag of the ledger past which nothing is released."
        )
        self._stopped = self._gauge(
            "hub_releases_stopped",
            "1 while nothing is released because the ledger is too far behind.",
        )

    def ledger_waits(self, pages: int) -> None:
        """Set how many ledger pages no checkpoint covers yet."""
        self._pages.set(pages)

    def ledger_lag(self, seconds: float) -> None:
        """Set the age of the oldest page that no checkpoint covers."""
        self._lag.set(seconds)

    def ledger_grace(self, seconds: float) -> None:
        """Set the lag past which nothing is released."""
        self._grace.set(seconds)

    def releases_stopped(self, *, stopped: bool) -> None:
        """Set whether releases are stopped by the ledger's lag."""
        self._stopped.set(stopped)


class Metrics(_OfTheBus, _OfTheLedger, OfTheGateway):
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        super().__init__()
        self._messages = self._counter(
            "hub_messages", "Messages by what became of them.", "outcome"
        )
        self._legs = self._counter("hub_legs", "Legs released or refused.", "outcome")
        self._batches = self._times("hub_batch_seconds", "Time of one batch, commit included.")
        self._batch_records = Histogram(
            "hub_batch_records", "Records of one batch.", buckets=_SIZES, registry=self.registry
        )
        self._fenced = self._counter("hub_fenced_batches", "Batches another worker committed.")
        self._restarts = self._counter("hub_restarts", "Restarts of a service.", "service")
        self._waiting = self._gauge(
            "hub_oldest_waiting_seconds",
            "Age of the oldest message a worker had before it when it last looked.",
            *("feed", "partition"),
        )
        self._open_leg = self._gauge(
            "hub_oldest_open_leg_seconds",
            "Age of the oldest message of which a leg has no final receipt, 0 where there is none.",
        )
        self._late = self._gauge(
            "hub_custody_late_files",
            "Files and payloads not certified as erased: half of the time is over (alarm), or all.",
            "lateness",
        )
        self._rules = self._gauge(
            "hub_rules_signed_timestamp_seconds",
            "When the rules were signed that a worker here decides by.",
        )

    @contextmanager
    def batch(self, records: int) -> Iterator[None]:
        """Time one batch that commits."""
        began = perf_counter()
        yield
        self._batches.observe(perf_counter() - began)
        self._batch_records.observe(records)

    def count(self, tally: Tally) -> None:
        """Add what one batch brought."""
        for outcome in ("accepted", "quarantined", "repeated"):
            self._messages.labels(outcome).inc(getattr(tally, outcome))
        self._legs.labels("released").inc(tally.provisions)
        self._legs.labels("refused").inc(tally.refusals)

    def fenced(self) -> None:
        """Count a batch that another worker committed first."""
        self._fenced.inc()

    def waits(self, feed: str, partition: int, seconds: float) -> None:
        """Set the age of the message that a partition's next batch begins with."""
        self._waiting.labels(feed, str(partition)).set(max(seconds, 0))

    def idle(self) -> None:
        """Note that nothing waits."""
        self._waiting.clear()

    def leg_open(self, seconds: float) -> None:
        """Set the age of the oldest message of which a leg has no final receipt."""
        self._open_leg.set(max(seconds, 0))

    def custody(self, alarm: int, overdue: int) -> None:
        """Set how many files are late."""
        self._late.labels("alarm").set(alarm)
        self._late.labels("overdue").set(overdue)

    def restarted(self, service: str) -> None:
        """Count a service's restart."""
        self._restarts.labels(service).inc()

    def rules_signed(self, day: date) -> None:
        """Set the day on which the rules were signed."""
        self._rules.set(datetime.combine(day, time(), JST).timestamp())
