"""What an event of a life needs to be told: whose it is, its days, its dice, its fresh serial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.synthetic.dice import Dice
    from connectors.synthetic.life import Life
    from connectors.synthetic.people import People


@dataclass(slots=True, repr=False)
class Stage:
    """The surroundings of one event.

    ``life`` is the resident it happens to and afterwards the one it leaves behind. ``days`` holds
    the day of each of its notices. ``serial`` is for the one new person, code or number that an
    event may bring; no other event has it.
    """

    life: Life
    people: People
    dice: Dice
    serial: int
    days: tuple[date, ...]

    def lately(self, most: int) -> date:
        """Give a day up to so many days before the first notice."""
        return self.days[0] - timedelta(days=self.dice.below(most + 1))

    def soon(self, most: int) -> date:
        """Give a day up to so many days after the first notice."""
        return self.days[0] + timedelta(days=self.dice.below(most + 1))
