"""The board: the overview's figures, looked up once for everybody who watches.

However many watch, the figures are looked up by one call at a time, at most every two seconds, and
never so often that looking would take more than a twentieth of the time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.console.figures import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hub.console.figures import Figures
    from hub.gateway.pool import Pool
    from hub.runtime.settings import Settings

_EVERY_SECONDS: Final = 2.0
_SHARE: Final = 20
_SAMPLES: Final = 60


class Seen(NamedTuple):
    """The figures, messages a second at each look of late (oldest first), and the present rate."""

    now: Figures
    rates: Sequence[float]
    rate: float


class Board:
    """The figures of one console, as fresh as ``every`` seconds."""

    def __init__(
        self,
        pool: Pool,
        settings: Settings,
        every: float = _EVERY_SECONDS,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._pool, self._settings = pool, settings
        self._every, self._timer = every, timer
        self._looking = asyncio.Lock()
        self._seen: Seen | None = None
        self._looked = self._fresh_until = 0.0
        self._rates: deque[float] = deque(maxlen=_SAMPLES)

    async def seen(self) -> Seen:
        """Give the figures, looked up anew where they are too old."""
        async with self._looking:
            if self._seen is None or self._timer() >= self._fresh_until:
                self._seen = await self._look()
            return self._seen

    async def _look(self) -> Seen:
        began = self._timer()
        now = await self._pool.run("", lambda room: figures(room, self._settings))
        if self._seen:
            arrived = now.waiting.arrived - self._seen.now.waiting.arrived
            self._rates.append(max(arrived, 0) / max(began - self._looked, 1e-3))
        self._looked = began
        took = self._timer() - began
        self._fresh_until = began + max(self._every, took * _SHARE)
        return Seen(now, tuple(self._rates), self._rates[-1] if self._rates else 0.0)
