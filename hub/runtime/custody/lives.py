"""What the bus is told of payloads: until where they were acknowledged, and how each erasure went.

Lines of the topic ``lives``, without personal data, stamped as the steps of files are. A mark says
that a partition was acknowledged up to an offset; a step says how far the erasure of a unit has
gone, and the first one of a unit what it takes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from hub.custody.payloads import Doom, Life, Stage, Unit
from hub.runtime import topics
from hub.runtime.stamps import Stamp
from hub.runtime.tail import Tail
from hub.vocabulary.clock import day_in_japan, rfc3339

if TYPE_CHECKING:
    from hub.bus.port import Bus, Record
    from hub.sealing.vault import Vault

Place = tuple[str, int]


class Mark(NamedTuple):
    """All of a partition before ``end`` was acknowledged, or given up, by this instant."""

    end: int
    at: datetime


class Lives:
    """The marks, erasures and sweeps of one hub, as of the last ``catch_up``. Use from one thread."""

    def __init__(self, bus: Bus, vault: Vault) -> None:
        self._topic = topics.lives().name
        self._stamp = Stamp(vault.secret("custody-steps"))
        self._tail = Tail(bus, self._topic)
        self._marks: dict[Place, list[Mark]] = {}
        self._latest: datetime | None = None
        self.units: dict[str, Life] = {}
        self.swept: dict[str, date] = {}
        self.forgotten: list[tuple[Unit, datetime]] = []

    def catch_up(self) -> None:
        """Read the lines that have been added."""
        for record in self._tail.read_on():
            if self._stamp.is_on(record):
                self._take(orjson.loads(record.value))

    def date(self, now: datetime) -> datetime:
        """Give the present instant, or the latest line's where the clock is behind it."""
        return max(now, self._latest) if self._latest else now

    def acknowledged_at(self, place: Place, end: int) -> datetime | None:
        """Give when all of a partition before an offset had been acknowledged, if a mark says so."""
        marks = (mark.at for mark in self._marks.get(place, ()) if mark.end >= end)
        return next(marks, None)

    def noted(self, place: Place) -> int:
        """Give the offset before which a partition was acknowledged, or given up, as marks say."""
        return max((mark.end for mark in self._marks.get(place, ())), default=0)

    def mark(self, topic: str, partition: int, end: int, at: datetime) -> Record:
        """Give the record of a mark."""
        return self._record({"mark": topic, "partition": partition, "end": end}, at)

    def begin(self, unit: Unit, doom: Doom, at: datetime) -> Record:
        """Give the record that decides to erase a unit, and says what that takes."""
        taken = {
            "keys": doom.keys,
            "ends": doom.ends,
            "traces": [trace.hex() for trace in doom.traces],
        }
        return self._record({"unit": unit.id, "stage": Stage.DUE, "doom": taken}, at)

    def step(self, unit: Unit, stage: Stage, at: datetime) -> Record:
        """Give the record of a later stage of an erasure."""
        return self._record({"unit": unit.id, "stage": stage}, at)

    def sweep(self, name: str, at: datetime, removed: Unit | None = None) -> Record:
        """Give the record which says that something was looked through, and what was removed."""
        return self._record({"swept": name, "removed": removed.id if removed else None}, at)

    def opening(self, at: datetime) -> Record:
        """Give the record that begins the topic, so that there is one to take turns by."""
        return self.sweep("lives", at)

    def under_way(self) -> list[Life]:
        """Give the erasures that have begun and are not verified."""
        return [life for life in self.units.values() if life.stage is not Stage.VERIFIED]

    def _record(self, fields: dict[str, Any], at: datetime) -> Record:
        line = orjson.dumps({**fields, "at": rfc3339(at)})
        return self._stamp.record(self._topic, None, line)

    def _take(self, fields: dict[str, Any]) -> None:
        at = datetime.fromisoformat(fields["at"])
        self._latest = max(at, self._latest or at)
        if "mark" in fields:
            place = (fields["mark"], fields["partition"])
            self._marks.setdefault(place, []).append(Mark(fields["end"], at))
        elif "swept" in fields:
            self.swept[fields["swept"]] = day_in_japan(at)
            if fields["removed"]:
                self.forgotten.append((Unit.parse(fields["removed"]), at))
        else:
            self._reach(fields, at)

    def _reach(self, fields: dict[str, Any], at: datetime) -> None:
        """Take a step; one that does not follow counts for nothing: another was first."""
        name, stage = fields["unit"], Stage(fields["stage"])
        held = self.units.get(name)
        if held is None and "doom" in fields:
            self.units[name] = Life(Unit.parse(name), _doom(fields["doom"]), {stage: at})
        elif held is not None and held.may_reach(stage):
            self.units[name] = held.reach(stage, at)


def _doom(fields: dict[str, Any]) -> Doom:
    ends = {topic: tuple(offsets) for topic, offsets in fields["ends"].items()}
    traces = tuple(bytes.fromhex(trace) for trace in fields["traces"])
    return Doom(tuple(fields["keys"]), ends, traces)
