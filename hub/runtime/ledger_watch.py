"""How far the ledger is behind what the bus released, and whether that is too far (promise 7).

A line is durable on the bus in the transaction of its release, but provable to others only under a
signed checkpoint. The lag is the age of the oldest page on the bus that no checkpoint covers. Up to the
grace the exchange goes on; at half of it an alert is due (``ops/prometheus/rules.yml``); past it nothing
is released until the ledger has caught up.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

import orjson

from hub.errors import SurroundingsError
from hub.ledger.log_reader import read_head
from hub.runtime import topics
from hub.vocabulary.clock import parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from hub.bus.port import Bus
    from hub.runtime.metrics import Metrics
    from hub.vocabulary.clock import Clock

_LOOK_SECONDS: Final = 10.0
_LOOKS_A_GRACE: Final = 100


class LedgerBehindError(SurroundingsError):
    """The ledger is behind by more than the grace: nothing is released until it catches up."""


class LedgerWatch:
    """Watches the lag of one home's ledger, in seconds. Use from one thread."""

    def __init__(
        self,
        bus: Bus,
        root: Path,
        clock: Clock,
        metrics: Metrics,
        grace: float,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._bus, self._root, self._clock, self._metrics = bus, root, clock, metrics
        self._grace = grace
        self._timer = timer
        self._topic = topics.ledger().name
        self._pause = min(_LOOK_SECONDS, grace / _LOOKS_A_GRACE)
        self._looked = -self._pause
        self._oldest: tuple[int, datetime] | None = None  # a page's position and instant
        metrics.ledger_grace(grace)

    def require(self) -> None:
        """Raise ``LedgerBehindError`` where the ledger is behind by more than the grace."""
        lag = self.lag()
        stopped = lag > self._grace
        self._metrics.releases_stopped(stopped=stopped)
        if stopped:
            raise LedgerBehindError(
                f"台帳の署名が {lag:.0f} 秒遅れ、猶予 {self._grace:.0f} 秒を超えたため提供を止めました。"
                "`hub run --role ledger` を動かし、ディスクを確認してください"
                f" / releases stopped: the ledger is {lag:.0f} s behind, more than the grace of"
                f" {self._grace:.0f} s; run `hub run --role ledger` and look at its disk"
            )

    def lag(self) -> float:
        """Give the lag in seconds, 0 where all is signed.

        The bus is asked now and then, and each time before the lag is said to be too large.
        """
        now = self._timer()
        if now - self._looked >= self._pause or self._age() > self._grace:
            self._looked = now
            self._look()
            self._metrics.ledger_lag(self._age())
        return self._age()

    def _age(self) -> float:
        """Give the age of the oldest page that was unsigned when it was last looked."""
        if self._oldest is None:
            return 0.0
        return max(0.0, (self._clock.now() - self._oldest[1]).total_seconds())

    def _look(self) -> None:
        position = read_head(self._root).position
        if self._oldest is None or self._oldest[0] != position:
            pages = self._bus.follow(self._topic, 0, position, 1)
            self._oldest = (position, _instant(pages[0].value)) if pages else None


def _instant(page: bytes) -> datetime:
    """Give when the first line of a page was decided."""
    return parse_instant(orjson.loads(page.partition(b"\n")[0])["at"])
