"""The units that are on the bus now, what of them was acknowledged, and what an erasure takes.

Units that are sealed are known by the data keys in the vault, one or more a unit, so that nothing
of the bus need be read to know that none can be due. Those without keys are known by their oldest
record.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from hub.bus.port import Batch
from hub.custody.payloads import AGED, Doom, Kind, Unit, falls_due, gives_up_at, may_be_due
from hub.ledger.log_reader import read_head
from hub.runtime import topics
from hub.runtime.custody.boundaries import day_of_page, day_of_sealed, end_of_day
from hub.runtime.custody.rows import rows_of
from hub.runtime.outcome import HUB
from hub.runtime.worker import GROUP
from hub.sealing.keys import Epoch
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from hub.runtime.custody.boundaries import DayOf
    from hub.runtime.hub import Hub

Ends: TypeAlias = "Mapping[str, tuple[int, ...]]"
"""Up to where something goes, a number for each partition of each topic."""

_TRACE_BYTES = 48
_AT_ONCE = 500
_SETTLED = timedelta(hours=1)


class Standing(NamedTuple):
    """How a unit stands: until where it goes, since when all of it is acknowledged, when it is due.

    ``acknowledged_at`` and ``due_at`` are nothing while somebody has still to read of it;
    ``gives_up_at`` is when that ends.
    """

    unit: Unit
    doom: Doom
    acknowledged_at: datetime | None
    due_at: datetime | None
    gives_up_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Say whether the unit must be erased now."""
        return self.due_at is not None and now >= self.due_at


class Units:
    """Looks at the units of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._rows = rows_of(hub.home.path)
        self._known: dict[tuple[str, int, date], int] = {}
        self._first_days: dict[tuple[str, int], date] = {}

    def ripe(self, now: datetime) -> Iterator[Standing]:
        """Yield the units that may be due or given up; where none can be, the bus is not asked."""
        for standing in self.living(now, ripe_alone=True):
            if standing.is_due(now) or (standing.gives_up_at and now >= standing.gives_up_at):
                yield standing

    def living(self, now: datetime, *, ripe_alone: bool = False) -> Iterator[Standing]:
        """Yield the units that are there and whose erasure has not begun, oldest first."""
        self._hub.lives.catch_up()
        keys = self._hub.vault.list_keys()
        day_of = day_of_sealed(keys)
        held: dict[Unit, list[str]] = {}
        for key in keys:
            held.setdefault(_unit_of(key.sender, key.recipient, key.epoch), []).append(key.key_id)
        for unit in sorted(held, key=lambda unit: unit.day):
            ripe = may_be_due(self._rows[unit.kind], unit, now)
            if unit.id not in self._hub.lives.units and (ripe or not ripe_alone):
                yield self._standing(unit, tuple(held[unit]), day_of)
        for kind in AGED:
            oldest = self._oldest(kind)
            if oldest and (not ripe_alone or may_be_due(self._rows[kind], oldest, now)):
                yield from self._aged(oldest, now)

    def topics_of(self, unit: Unit) -> list[str]:
        """Give the topics that a unit lies in."""
        feeds = self._hub.books.feeds
        if unit.kind is Kind.INTAKE:
            return [topics.intake(feed).name for feed in feeds]
        if unit.kind is Kind.RELEASE:
            return [topics.release(feed, unit.party).name for feed in feeds]
        named = {
            Kind.QUARANTINE: [topics.quarantine()],
            Kind.RECEIPTS: [topics.receipts()],
            Kind.LEDGER_PAGES: [topics.ledger()],
            Kind.STEPS: [topics.custody(), topics.lives()],
        }
        return [topic.name for topic in named[unit.kind]]

    def unread(self, unit: Unit, doom: Doom) -> Iterator[Batch]:
        """Yield what of a unit its reader has not acknowledged, a batch a partition."""
        group = _group(unit)
        for topic, ends in doom.ends.items():
            for partition, end in enumerate(ends):
                start = self._hub.bus.position(group, topic, partition) if group else end
                while start < end:
                    found = self._hub.bus.follow(topic, partition, start, _AT_ONCE)
                    records = [record for record in found if record.offset < end]
                    if not records:
                        break
                    batch = Batch(group, topic, partition, start, records)
                    yield batch
                    start = batch.end

    def _standing(self, unit: Unit, keys: tuple[str, ...], day_of: DayOf) -> Standing:
        doom = Doom(keys, self._ends(unit, day_of))
        row = self._rows[unit.kind]
        if not self._is_read(unit, doom):
            return Standing(unit, doom, None, None, gives_up_at(row, unit))
        at = max(self._acknowledged(doom), default=unit.ended_at)
        return Standing(unit, doom, at, falls_due(row, unit, at), None)

    def _is_read(self, unit: Unit, doom: Doom) -> bool:
        """Say whether the unit's reader stands behind all of it."""
        group = _group(unit)
        return not group or all(
            self._hub.bus.position(group, topic, partition) >= end
            for topic, partition, end in self._there(doom.ends)
        )

    def _acknowledged(self, doom: Doom) -> Iterator[datetime]:
        for topic, partition, end in self._there(doom.ends):
            at = self._hub.lives.acknowledged_at((topic, partition), end)
            if at:
                yield at

    def is_readable(self, ends: Ends) -> bool:
        """Say whether any record before these ends is still there."""
        return any(True for _ in self._there(ends))

    def _there(self, ends: Ends) -> Iterator[tuple[str, int, int]]:
        """Yield the partitions, each with its end, in which records before it are still there."""
        for topic, offsets in ends.items():
            for partition, end in enumerate(offsets):
                if end > self._hub.bus.extent(topic, partition).begin:
                    yield topic, partition, end

    def _ends(self, unit: Unit, day_of: DayOf) -> Ends:
        return {
            topic: tuple(
                self._end(topic, partition, unit, day_of)
                for partition in range(self._hub.bus.partitions(topic))
            )
            for topic in self.topics_of(unit)
        }

    def _end(self, topic: str, partition: int, unit: Unit, day_of: DayOf) -> int:
        """Give where a unit ends; of a day that is over that stays as it is."""
        key = (topic, partition, unit.day)
        end = self._known.get(key)
        if end is None:
            end = end_of_day(self._hub.bus, topic, partition, unit.day, day_of)
            if self._hub.clock.now() > unit.ended_at + _SETTLED:
                self._known[key] = end
        return end

    def _aged(self, oldest: Unit, now: datetime) -> Iterator[Standing]:
        """Yield what of a kind goes by age, whole months at a time: what is due, else the next."""
        kind = oldest.kind
        ripe = day_in_japan(now) - timedelta(days=self._rows[kind].days)
        free = self._latest_free(kind)
        unit = Unit(kind, "", max(oldest.day, _last_month_end(min(ripe, free))))
        ends = self._kept_back(kind, self._ends(unit, day_of_page))
        if unit.id not in self._hub.lives.units and self.is_readable(ends):
            due_at = falls_due(self._rows[kind], unit, unit.ended_at) if unit.day <= free else None
            yield Standing(unit, Doom((), ends), unit.ended_at, due_at, None)

    def _oldest(self, kind: Kind) -> Unit | None:
        """Give the unit of a kind's oldest record, nothing where there is none."""
        days = [self._first_day(name) for name in self.topics_of(Unit(kind, "", date.max))]
        return Unit(kind, "", _month_end(min(days))) if min(days) < date.max else None

    def _first_day(self, topic: str) -> date:
        """Give the day of a topic's first record; the last of all days where there is none."""
        begin, end = self._hub.bus.extent(topic, 0)
        if begin < end and (topic, begin) not in self._first_days:
            first = self._hub.bus.follow(topic, 0, begin, 1)
            self._first_days[topic, begin] = day_of_page(first[0]) if first else date.max
        return self._first_days.get((topic, begin), date.max)

    def _latest_free(self, kind: Kind) -> date:
        """Give the last day of steps that none needs any more: no file of it is still there."""
        if kind is not Kind.STEPS:
            return date.max
        log = self._hub.custody_log
        log.catch_up()
        opened = [each.steps[0].at for each in log.files.values() if each.state != "verified"]
        opened += [life.reached[next(iter(life.reached))] for life in self._hub.lives.under_way()]
        days = [_last_month_end(day_in_japan(at)) for at in opened]
        return min(days, default=date.max)

    def _kept_back(self, kind: Kind, ends: Ends) -> Ends:
        """Leave the last record of what is followed: its reader looks whether it is still there."""
        limit = read_head(self._hub.home.path).position if kind is Kind.LEDGER_PAGES else None
        kept = {}
        for topic, (end, *_) in ends.items():
            last = self._hub.bus.extent(topic, 0).end if limit is None else limit
            kept[topic] = (max(0, min(end, last - 1)),)
        return kept

    def with_traces(self, doom: Doom) -> Doom:
        """Add the first bytes of the first record of each partition, to look for afterwards."""
        bus, traces = self._hub.bus, []
        for topic, partition, end in self._there(doom.ends if doom.keys else {}):
            first = bus.follow(topic, partition, 0, 1)
            traces += [r.value[:_TRACE_BYTES] for r in first if r.offset < end]
        return doom._replace(traces=tuple(traces))


def _unit_of(sender: str, recipient: str, epoch: str) -> Unit:
    day = Epoch.parse(epoch).day
    if recipient != HUB:
        return Unit(Kind.RELEASE, recipient, day)
    return Unit(Kind.QUARANTINE if sender == HUB else Kind.INTAKE, "", day)


def _last_month_end(day: date) -> date:
    """Give the last day of the month before a day's."""
    return day.replace(day=1) - timedelta(days=1)


def _month_end(day: date) -> date:
    """Give the last day of a day's month."""
    return _last_month_end(day.replace(day=1) + timedelta(days=32))


def _group(unit: Unit) -> str:
    """Give the group that reads a unit, empty where none does."""
    readers = {Kind.INTAKE: GROUP, Kind.RELEASE: f"receive.{unit.party}"}
    return readers.get(unit.kind, "")
