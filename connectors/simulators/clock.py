"""The hub's clock while a scenario is played."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hub.vocabulary.clock import StillClock

if TYPE_CHECKING:
    from datetime import datetime


class DayClock:
    """A clock that stands still: ``day`` days after its start, or at its start if it does not move."""

    def __init__(self, start: datetime, *, moves: bool) -> None:
        self._start = start
        self._moves = moves
        self.day = 0

    def now(self) -> datetime:
        """Give the start's hour of the day that it is now."""
        passed = timedelta(days=self.day if self._moves else 0)
        return StillClock(self._start + passed).now()
