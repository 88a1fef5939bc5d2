"""The worker: one batch from the bus to everything that follows from it, committed whole.

Promises 1, 2, 5 and 6 of the design hold here: releases, ledger page, receipts, quarantine, state
and position are one transaction, so a crash at any step leaves all of them or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hub.bus.port import FencedError
from hub.intake.arrivals import open_arrivals
from hub.intake.residents import Register
from hub.routing.release import refusals
from hub.runtime.outcome import Outcome
from hub.vocabulary.ids import minted_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hub.bus.port import Batch, Member
    from hub.runtime.desk import Desk
    from hub.runtime.ledger_watch import LedgerWatch
    from hub.runtime.metrics import Metrics
    from hub.runtime.outcome import Clerk
    from hub.sealing.keyring import Keyring
    from hub.vocabulary.clock import Clock

GROUP = "hub.worker"


class Tally(NamedTuple):
    """How many messages a step, or many, brought to which end; and how much was erased."""

    accepted: int = 0
    quarantined: int = 0
    repeated: int = 0
    provisions: int = 0
    refusals: int = 0
    erased: int = 0

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]
        return Tally(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Worker:
    """Carries batches of every feed from intake to release. Use from one thread."""

    def __init__(
        self,
        member: Member,
        desks: Mapping[str, Desk],
        keyring: Keyring,
        clerk: Clerk,
        clock: Clock,
        mint: Callable[[], str],
        metrics: Metrics,
        watch: LedgerWatch,
        batch_size: int = 1000,
    ) -> None:
        self._member = member
        self._desks = desks
        self._keyring = keyring
        self._clerk = clerk
        self._clock = clock
        self._mint = mint
        self._metrics = metrics
        self._watch = watch
        self._batch_size = batch_size

    @property
    def member(self) -> Member:
        """Give the reader of the intake topics, to whose partitions the state belongs."""
        return self._member

    def step(self) -> Tally | None:
        """Take one batch through; nothing where none waits.

        A fenced batch counts as nothing done: another worker committed it, and the next step
        reads on from there. Raises ``LedgerBehindError``, with nothing done, where the ledger is
        too far behind.
        """
        self._watch.require()
        batch = self._member.poll(self._batch_size)
        if batch is None:
            self._metrics.idle()
            return None
        try:
            with self._metrics.batch(len(batch.records)):
                tally = self._carry(batch, self._desks[batch.topic])
        except FencedError:
            self._metrics.fenced()
            return Tally()
        self._metrics.count(tally)
        return tally

    def close(self) -> None:
        """Leave the group, so that other workers get what this one read."""
        self._member.close()

    def _carry(self, batch: Batch, desk: Desk) -> Tally:
        now = self._clock.now()
        self._keyring.refresh()
        arrivals, forged = open_arrivals(batch.records, self._keyring, desk.feed.name, self._mint)
        if arrivals:
            age = now - minted_at(arrivals[0].message_id)
            self._metrics.waits(desk.feed.name, batch.partition, age.total_seconds())
        readings, malformed = desk.intake.read(arrivals, now.date())
        register = self._register(batch, desk.intake.keys(readings))
        accepted = desk.intake.accept(
            readings,
            register,
            lambda sender, asked: desk.planner.plan(sender, asked, now.date()).denial is None,
        )
        releases = desk.releaser.release(accepted.notices, now)
        considered = [*accepted.refused, *accepted.notices]
        refused = refusals(considered, desk.planner, now.date())
        rejected = [*forged, *malformed, *accepted.rejected]
        outcome = Outcome(releases, refused, rejected, accepted.baseline)
        self._member.commit(batch, self._clerk.records(desk, outcome, now), accepted.state)
        return _tally(outcome, len(accepted.notices) + len(accepted.baseline))

    def _register(self, batch: Batch, keys: set[bytes]) -> Register:
        """Load the residents a batch touches, following changes of code."""
        held = self._member.load(batch, keys)
        register = Register(held)
        register.add(self._member.load(batch, Register.pointed_to(held)))
        return register


def _tally(outcome: Outcome, accepted: int) -> Tally:
    quarantined = sum(each.is_quarantined for each in outcome.rejected)
    return Tally(
        accepted=accepted,
        quarantined=quarantined,
        repeated=len(outcome.rejected) - quarantined,
        provisions=len(outcome.releases),
        refusals=len(outcome.refusals),
    )
