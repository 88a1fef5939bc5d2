"""Which events there are, how often each comes up, and on which days it is told.

The shares follow the yearly figures of an ordinary city (people per thousand: 40 arrive, 40 leave,
30 move within, 13 die, 6 are born), with rare events raised so that a short demonstration meets
every kind.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from connectors.synthetic import amendments, moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connectors.synthetic.life import Items, Life
    from connectors.synthetic.stage import Stage


class Event(NamedTuple):
    """One kind of event.

    ``share`` is how often it comes up, relative to the others of its table; ``lags`` has for each
    of its notices the days since its first; ``tell`` gives those notices.
    """

    share: int
    lags: tuple[int, ...]
    tell: Callable[[Stage], Iterator[Items]]


_SOON = (0, 5)
_NEXT_DAY = (0, 1)
_WEEKS_LATER = (0, 30)

_COMMON = (
    Event(190, (0,), moves.arrives),
    Event(15, _SOON, moves.arrives_from_abroad),
    Event(5, _SOON, moves.is_found_unregistered),
    Event(40, _SOON, moves.is_born),
    Event(10, (0,), moves.is_born_with_number),
    Event(150, (0,), moves.leaves),
    Event(20, (0,), moves.leaves_the_country),
    Event(20, _WEEKS_LATER, moves.leaves_and_returns),
    Event(6, _WEEKS_LATER, moves.leaves_the_country_and_returns),
    Event(8, (0, 12), moves.is_removed_and_found),
    Event(110, (0,), moves.dies),
    Event(170, (0,), amendments.moves_within),
    Event(50, (0,), amendments.is_spelled_plainly),
    Event(30, (0,), amendments.is_corrected),
    Event(50, (0,), amendments.marries),
    Event(12, (0,), amendments.asks_for_new_number),
    Event(6, (0,), amendments.is_given_new_number),
    Event(12, (0,), amendments.asks_for_new_code),
    Event(4, (0,), amendments.is_given_new_code),
)
_OF_JAPANESE = (Event(6, _NEXT_DAY, amendments.loses_nationality),)
_OF_FOREIGN = (Event(60, _NEXT_DAY, amendments.becomes_japanese),)
_BETWEEN_WARDS = (Event(60, _SOON, moves.moves_to_other_ward),)
_AFTER_LEAVING = (
    Event(3, (0,), moves.arrives),
    Event(1, _SOON, moves.arrives_from_abroad),
    Event(2, (0,), moves.returns),
)

LAGS = tuple(sorted({0, *_SOON, *_NEXT_DAY, *_WEEKS_LATER, 12}))
"""Every lag that an event may have, in days."""


class Tables(NamedTuple):
    """The events that may befall someone, each as often as its share."""

    japanese: tuple[Event, ...]
    foreign: tuple[Event, ...]
    gone: tuple[Event, ...]

    def pick(self, life: Life, thrown: int) -> Event:
        """Give the event that a throw means for a resident."""
        table = self.gone if life.gone else self.foreign if life.foreign else self.japanese
        return table[thrown % len(table)]

    def may_speak(self, thrown: int, lag: int) -> bool:
        """Say whether the event of a throw may have a notice at this lag, whoever it befalls."""
        return any(lag in table[thrown % len(table)].lags for table in self)

    @property
    def notices_each(self) -> float:
        """Give how many notices an event has on average."""
        return sum(len(event.lags) for event in self.japanese) / len(self.japanese)


@cache
def tables(*, wards: bool) -> Tables:
    """Give the events of a town, with or without wards to move between."""
    common = _COMMON + _BETWEEN_WARDS if wards else _COMMON
    return Tables(
        _spread(common + _OF_JAPANESE), _spread(common + _OF_FOREIGN), _spread(_AFTER_LEAVING)
    )


def _spread(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Give each event as many times as its share."""
    return tuple(event for event in events for _ in range(event.share))
