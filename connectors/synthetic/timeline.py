"""The days of a town, each a pure function of its number: no resident and no queue is held.

Time is cut into cycles of ``period`` days. In each cycle every resident has one occasion, always
on the same day of it, at which the dice choose an event. A step that is one to one (multiply, add,
modulo the size) spreads the residents over the days, so the residents of a day are *computed*:
nobody else is looked at. An event may be told in several notices; as only the few ``LAGS`` exist,
a day takes the first notices of its own occasions and the later ones of the days 1, 5, ... before.
A resident's state is told anew from the baseline through the cycles since: mostly none, since a
cycle lasts years at usual rates. Hence memory is flat, any day can be asked for first, and two
notices of one event, or two events of one resident, can never change places.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil, gcd
from typing import TYPE_CHECKING

from connectors.synthetic.codes import SERIALS
from connectors.synthetic.events import LAGS, Event, tables
from connectors.synthetic.stage import Stage
from hub.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connectors.synthetic.dice import DiceBox
    from connectors.synthetic.life import Items, Life
    from connectors.synthetic.people import People

_DAYS_A_YEAR = 365.25
_THROW = 1 << 20
_GOLDEN = 0.6180339887


class Timeline:
    """What happens in a town from ``start`` on, day by day (numbered from 0)."""

    def __init__(
        self, people: People, box: DiceBox, size: int, start: date, yearly_rate: float
    ) -> None:
        self._people, self._box, self._size, self._start = people, box, size, start
        self._tables = tables(wards=people.has_wards)
        self._period = _period(self._tables.notices_each, yearly_rate)
        self._step = _coprime_step(size)

    def require_room(self, last_day: int) -> None:
        """Refuse a stream for whose new people the slot has no serials left (``UsageError``)."""
        if (last_day // self._period + 2) * self._size > SERIALS:
            raise UsageError(
                "住民票コードの範囲が足りません。days, yearly_rate, size を小さくしてください"
                " / the slot has too few codes: lower days, yearly_rate or size"
            )

    def of_day(self, number: int) -> Iterator[Items]:
        """Give the notices of one day."""
        for lag in LAGS:
            if lag <= number:
                cycle, phase = divmod(number - lag, self._period)
                for index in self._residents_at(phase):
                    yield from self._told(index, cycle, phase, lag)

    def _residents_at(self, phase: int) -> Iterator[int]:
        """Give the residents whose occasion is on this day of a cycle."""
        first, end = (ceil(n * self._size / self._period) for n in (phase, phase + 1))
        for position in range(first, end):
            yield position * self._step % self._size

    def _told(self, index: int, cycle: int, phase: int, lag: int) -> Iterator[Items]:
        """Give the notices of one event at one lag."""
        dice = self._box.dice(index + self._size * cycle)
        if not self._tables.may_speak(dice.below(_THROW), lag):
            return
        life = self._life_before(index, cycle, phase)
        event, stage = self._scene(life, index, cycle, phase)
        for told, items in zip(event.lags, event.tell(stage), strict=True):
            if told == lag:
                yield items

    def _life_before(self, index: int, cycle: int, phase: int) -> Life:
        """Tell a resident's life anew up to a cycle."""
        life = self._people.resident(index)
        for past in range(cycle):
            event, stage = self._scene(life, index, past, phase)
            for _ in event.tell(stage):
                pass
            life = stage.life
        return life

    def _scene(self, life: Life, index: int, cycle: int, phase: int) -> tuple[Event, Stage]:
        """Give the event of a resident's occasion and its surroundings."""
        occasion = index + self._size * cycle
        dice = self._box.dice(occasion)
        event = self._tables.pick(life, dice.below(_THROW))
        first = self._start + timedelta(days=cycle * self._period + phase)
        days = tuple(first + timedelta(days=lag) for lag in event.lags)
        return event, Stage(life, self._people, dice, occasion + self._size, days)


def _period(notices_each: float, yearly_rate: float) -> int:
    """Give the days of a cycle; an event must have ended before the resident's next."""
    shortest = LAGS[-1] + 1
    highest = _DAYS_A_YEAR * notices_each / shortest
    if not 0 < yearly_rate <= highest:
        raise UsageError(
            f"yearly_rate は 0 より大きく {highest:.1f} 以下にしてください"
            f" / give a yearly_rate above 0 and up to {highest:.1f}"
        )
    return max(shortest, round(_DAYS_A_YEAR * notices_each / yearly_rate))


def _coprime_step(size: int) -> int:
    """Give a step without a factor in common with the size, near its golden section."""
    step = max(1, int(size * _GOLDEN))
    while gcd(step, size) != 1:
        step += 1
    return step
