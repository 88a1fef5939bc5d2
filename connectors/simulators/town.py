"""A municipality's registry system: it keeps its residents, sends what changes, and hears what became of it.

It goes on where it was killed: what has no answer is sent again under the same number. What was
quarantined because something before it was missing is sent again, in order, once that has come.
"""

from __future__ import annotations

import hashlib
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from connectors.simulators.register import Register
from connectors.simulators.ways import Shipment
from connectors.synthetic import bad_lines, json_line
from connectors.synthetic.people import BASELINE_ENDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from connectors.simulators.manners import Manners
    from connectors.simulators.ways import DeskWay, Way
    from connectors.synthetic import Population
    from connectors.synthetic.life import Items

FEED = "change-notice"
_LINES_A_FILE = 500
_MOST_DAYS_LATE = 3
_A_YEAR = 365
_ANY_DAY = 1 << 32


class Told(NamedTuple):
    """The content of a file, and the checksum (SHA-256, hex) its sender tells if it is another."""

    content: bytes
    promised: str | None = None

    def __repr__(self) -> str:
        return f"Told({len(self.content)} bytes)"


class Town:
    """One municipality, sending for itself or for the wards it has.

    ``folder`` is where its register lies. Days are numbered from that of its first ``live``.
    """

    def __init__(
        self, folder: Path, population: Population, manners: Manners, yearly_rate: float
    ) -> None:
        self.body = population.town
        self.register = Register(folder)
        self._population = population
        self._manners = manners
        self._rate = yearly_rate

    def load(self, desk: DeskWay) -> None:
        """Send the initial load, unless it was sent; the hub tells nobody of it."""
        memory = self.register.memory
        if memory.noted("loaded", ""):
            return
        with memory.act():
            slip = memory.noted("load", str(uuid4()))
            memory.note("load", slip)
        lines = b"".join(json_line(items) + b"\n" for items in self._population.residents())
        desk.load(Shipment(FEED, slip, lines))
        for _ in desk.answers():
            with memory.act():
                memory.note("loaded", "yes")

    @property
    def has_begun(self) -> bool:
        """Say whether it has begun to send its initial load."""
        return bool(self.register.memory.noted("load", ""))

    @property
    def day(self) -> int:
        """Give the number of the day that is to be lived next."""
        return int(self.register.memory.noted("day", "0"))

    def live(self, start: date) -> None:
        """Let a day go by: what changes on it is noted, to be sent. ``start`` is day 0."""
        memory, day = self.register.memory, self.day
        with memory.act():
            if day == 0 and self._manners.has("careless"):
                for _, line in self._faulty():
                    self.register.add_faulty(line)
            for place, items in enumerate(self._changes(start, day)):
                self.register.add(items, json_line(items), day + self._delay(day, place))
            memory.note("day", str(day + 1))

    def backlog(self, end: date) -> Iterator[Items]:
        """Yield the changes of the year before a day that were not added yet, for a load at once."""
        start = max(end - timedelta(days=_A_YEAR), BASELINE_ENDS + timedelta(days=1))
        stream = self._population.notices(start, (end - start).days, self._rate)
        done = int(self.register.memory.noted("added", "0"))
        return (items for _, items in itertools.islice(stream, done, None))

    def add(self, changes: Sequence[Items]) -> None:
        """Note changes to be sent now, the next ones of ``backlog``."""
        memory = self.register.memory
        with memory.act():
            for items in changes:
                self.register.add(items, json_line(items), 0)
            memory.note("added", str(int(memory.noted("added", "0")) + len(changes)))

    def send(self, way: Way, *, calm: bool = False) -> int:
        """Send what waits, misbehaving as it was asked to unless ``calm``; gives how many lines."""
        day = _ANY_DAY if calm else self.day
        again = self.register.waiting(day, tried=True)
        fresh = self.register.waiting(day, tried=False)
        for chunk in _chunks(again):
            self._ship(way, chunk, [Told(self.register.content(chunk))])
        for chunk in _chunks(fresh if calm else self._shuffled(fresh)):
            content = self.register.content(chunk)
            self._ship(way, chunk, [Told(content)] if calm else self._told(chunk[0], content))
        return len(again) + len(fresh)

    def resume(self, way: Way) -> int:
        """Send again what has no answer, after a kill; gives how many shipments there were."""
        left = self.register.unanswered()
        for slip, promised, content in left:
            way.send(Shipment(FEED, slip, content, promised))
        return len(left)

    def listen(self, way: Way) -> int:
        """Note what the hub has said of lines sent; gives how many of them came to an end."""
        register, memory = self.register, self.register.memory
        for answer in way.answers():
            with memory.act():
                register.answer(answer)
        for legs in way.legs():
            with memory.act():
                for leg in legs:
                    register.leg(leg)
        with memory.act():
            return register.settle()

    def close(self) -> None:
        """Let go of the register."""
        self.register.memory.close()

    def _changes(self, start: date, day: int) -> Iterator[Items]:
        stream = self._population.notices(start, 1, self._rate, skip_days=day)
        return (items for _, items in stream)

    def _delay(self, day: int, place: int) -> int:
        """Give by how many days a line is late: who reorders sends some of them days later."""
        occasion = (day << 32) + place
        if not self._manners.shows("reorder", occasion):
            return 0
        return 1 + self._manners.throw("late", occasion, _MOST_DAYS_LATE)

    def _faulty(self) -> Iterable[tuple[str, bytes]]:
        place = self._population.prefecture_name + self._population.area_names[0]
        return bad_lines(self._population.seed, self._population.areas[0], place)

    def _shuffled(self, numbers: Sequence[int]) -> Sequence[int]:
        if not self._manners.has("reorder"):
            return numbers
        return sorted(numbers, key=lambda each: self._manners.throw("shuffle", each, 1 << 32))

    def _told(self, occasion: int, whole: bytes) -> list[Told]:
        """Give what goes in place of some lines; a town that errs sends less, other, or more."""
        if self._manners.shows("torn", occasion):
            return [Told(whole[: len(whole) * 2 // 3], _checksum(whole))]
        if self._manners.shows("checksum", occasion):
            return [Told(whole, _checksum(whole[:-1]))]
        return [Told(whole)] * (2 if self._manners.shows("duplicate", occasion) else 1)

    def _ship(self, way: Way, numbers: Sequence[int], files: Sequence[Told]) -> None:
        """Note that lines go in files, then send these, each under a number of its own."""
        shipments = [Shipment(FEED, str(uuid4()), *each) for each in files]
        with self.register.memory.act():
            for each in shipments:
                self.register.ship(each, numbers)
        for each in shipments:
            way.send(each)


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (
        numbers[first : first + _LINES_A_FILE] for first in range(0, len(numbers), _LINES_A_FILE)
    )


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
