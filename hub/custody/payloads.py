"""The life of every payload that is no file: what is erased together, and when it must go. No I/O.

A unit is what one day put on the bus for one kind and party, in Japan's days: it has its own data
keys, so that destroying them ends it alone. How long each kind lives stands in
``rules/retention.toml``. Units without keys (receipts, pages, steps) hold no personal data and go
by age.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Mapping

_GRACE = timedelta(days=1)
"""How long after its due moment a unit that is not verified as erased counts as overdue."""


class Kind(StrEnum):
    """The kinds of payload, each a row of ``rules/retention.toml``."""

    INTAKE = "intake"
    RELEASE = "release"
    QUARANTINE = "quarantine"
    RESIDENT_STATE = "resident-state"
    RECEIPTS = "receipts"
    LEDGER_PAGES = "ledger-pages"
    STEPS = "steps"
    TEMPORARY_NUMBER = "temporary-number"


KEYED = (Kind.INTAKE, Kind.RELEASE, Kind.QUARANTINE)
"""Sealed under the data keys of their day."""
AGED = (Kind.RECEIPTS, Kind.LEDGER_PAGES, Kind.STEPS)
"""Without personal data, gone by age alone."""


class Row(NamedTuple):
    """How long one kind lives, in days; ``source`` is a document's line or says that none gives one.

    ``undelivered_days`` is after how many days nobody need fetch it any more, 0 where nobody
    fetches it; ``most_days`` is the longest life that a home may set.
    """

    kind: Kind
    days: int
    most_days: int
    undelivered_days: int
    source: str
    why: str


class Unit(NamedTuple):
    """What is erased together; ``party`` is who reads it, empty where it is the hub itself."""

    kind: Kind
    party: str
    day: date

    @property
    def id(self) -> str:
        """Give the unit's name, e.g. ``release.070009.2026-06-15``."""
        return ".".join(part for part in (self.kind, self.party, self.day.isoformat()) if part)

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read what ``id`` gives; raises ``ValueError`` for anything else."""
        kind, _, rest = text.partition(".")
        party, _, day = rest.rpartition(".")
        return cls(Kind(kind), party, date.fromisoformat(day))

    @property
    def ended_at(self) -> datetime:
        """Give when the unit's day was over: nothing is added to it from then on."""
        return datetime.combine(self.day + timedelta(days=1), time(), JST)


class Stage(StrEnum):
    """How far the erasure of a unit has gone; spelled as ``hub.custody.states.State`` has them."""

    DUE = "due"
    SHREDDED = "shredded"
    VERIFIED = "verified"


_FOLLOWS = {None: Stage.DUE, Stage.DUE: Stage.SHREDDED, Stage.SHREDDED: Stage.VERIFIED}


class Doom(NamedTuple):
    """What an erasure takes: keys by id, and of each topic's partitions all before an offset.

    ``traces`` are the first bytes of some sealed values, to look for afterwards.
    """

    keys: tuple[str, ...]
    ends: Mapping[str, tuple[int, ...]]
    traces: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"Doom({len(self.keys)} keys, {len(self.ends)} topics)"


class Life(NamedTuple):
    """The erasure of one unit so far: when each stage was reached, and what it takes."""

    unit: Unit
    doom: Doom
    reached: Mapping[Stage, datetime]

    @property
    def stage(self) -> Stage:
        """Give the stage reached last."""
        return list(self.reached)[-1]

    def may_reach(self, stage: Stage) -> bool:
        """Say whether a stage follows from the last one."""
        return _FOLLOWS.get(self.stage) is stage

    def reach(self, stage: Stage, at: datetime) -> Life:
        """Give the life at its next stage; a time before the last one's counts as that one's."""
        latest = self.reached[self.stage]
        return self._replace(reached={**self.reached, stage: max(at, latest)})


def falls_due(row: Row, unit: Unit, acknowledged_at: datetime) -> datetime:
    """Give when a unit must go: so many days after its day and its last acknowledgement."""
    return max(unit.ended_at, acknowledged_at) + timedelta(days=row.days)


def gives_up_at(row: Row, unit: Unit) -> datetime | None:
    """Give from when on nobody need fetch the unit any more; nothing where nobody fetches it."""
    return unit.ended_at + timedelta(days=row.undelivered_days) if row.undelivered_days else None


def may_be_due(row: Row, unit: Unit, now: datetime) -> bool:
    """Say whether a unit can be due or given up at all yet, before the bus is looked at."""
    return now >= unit.ended_at + timedelta(days=row.days)


def alarm_at(due_at: datetime) -> datetime:
    """Give when half of the time for an erasure is over."""
    return due_at + _GRACE / 2


def overdue_at(due_at: datetime) -> datetime:
    """Give when a unit that is not verified as erased is overdue."""
    return due_at + _GRACE
