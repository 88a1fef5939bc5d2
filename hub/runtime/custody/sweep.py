"""Forgets residents who left: looks through the state of a worker's partitions, once a day each.

The worker does it, since the state of a partition changes with the batches of whoever reads it. On
the embedded bus the bytes go at once, on a broker when it next compacts the state topic.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hub.bus.port import FencedError
from hub.custody.payloads import Kind, Unit
from hub.ledger.record import Entry
from hub.ledger.record import Kind as RecordKind
from hub.runtime import topics
from hub.runtime.custody.rows import rows_of
from hub.runtime.desk import FORGETS
from hub.runtime.outcome import HUB, ledger_pages
from hub.vocabulary.clock import day_in_japan, rfc3339
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from datetime import date, datetime

    from hub.bus.port import Batch, Member
    from hub.runtime.hub import Hub


class Sweep:
    """Forgets those who left, in the partitions that one worker reads. Use from its thread."""

    def __init__(self, hub: Hub, member: Member) -> None:
        self._hub = hub
        self._member = member
        self._days = timedelta(days=rows_of(hub.home.path)[Kind.RESIDENT_STATE].days)
        self._looked: date | None = None
        self._feeds = {topics.intake(feed).name: feed for feed in FORGETS}

    def step(self) -> int:
        """Look through every partition not looked through today; gives how many removed anything."""
        today = day_in_japan(self._hub.clock.now())
        if today == self._looked:
            return 0
        self._looked = today
        lives = self._hub.lives
        lives.catch_up()
        now = lives.date(self._hub.clock.now())
        removed = 0
        for here in self._member.here():
            swept = lives.swept.get(_name(here))
            if here.topic in self._feeds and here.start and (swept is None or swept < today):
                removed += self._look_through(here, now)
        if removed:
            # So that no page of the embedded bus keeps what was removed.
            self._hub.bus.erase({})
        return removed

    def _look_through(self, here: Batch, now: datetime) -> bool:
        last = day_in_japan(now) - self._days - timedelta(days=1)
        gone = FORGETS[self._feeds[here.topic]](self._member.state(here), last)
        lines = [_certificate(here, len(gone), now)] if gone else []
        forgotten = _unit(here, now) if gone else None
        outputs = [*ledger_pages(lines), self._hub.lives.sweep(_name(here), now, forgotten)]
        try:
            self._member.commit(here, outputs, gone)
        except FencedError:
            # Another worker went on with the partition, and will look through it.
            return False
        return bool(gone)


def _name(here: Batch) -> str:
    return f"{here.topic}/{here.partition}"


def _unit(here: Batch, now: datetime) -> Unit:
    return Unit(Kind.RESIDENT_STATE, str(here.partition), day_in_japan(now))


def _certificate(here: Batch, count: int, now: datetime) -> bytes:
    """Give the ledger line of what was forgotten; ``count`` is how many keys of the state."""
    return Entry(
        kind=RecordKind.ERASURE,
        id=_unit(here, now).id,
        sender=HUB,
        at=rfc3339(now),
        count=count,
        code=because("erased").code,
    ).to_line()
