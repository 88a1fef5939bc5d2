"""The ledger's own reader: pages that the bus committed become leaves under a signed checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import SurroundingsError
from hub.runtime import topics

if TYPE_CHECKING:
    from hub.bus.port import Bus
    from hub.ledger.log_files import LedgerLog
    from hub.runtime.metrics import Metrics
    from hub.vocabulary.clock import Clock

_PAGES_AT_ONCE = 50


class Recorder:
    """Appends pages in the bus's order; the log's position makes each count once."""

    def __init__(self, bus: Bus, log: LedgerLog, clock: Clock, metrics: Metrics) -> None:
        self._bus = bus
        self._log = log
        self._clock = clock
        self._metrics = metrics
        self._topic = topics.ledger().name
        refuse_ledger_ahead(bus, log.position)

    def step(self) -> bool:
        """Append the pages that wait and sign over them; says whether there were any."""
        pages = self._bus.follow(self._topic, 0, self._log.position, _PAGES_AT_ONCE)
        self._metrics.ledger_waits(len(pages))
        if not pages:
            return False
        now = self._clock.now()
        for page in pages:
            self._log.append(page.value.split(b"\n"), page.offset + 1, now)
        self._log.checkpoint()
        self._metrics.ledger_waits(0)
        return True

    def catch_up(self) -> None:
        """Append and sign everything that waits."""
        while self.step():
            pass


def refuse_ledger_ahead(bus: Bus, position: int) -> None:
    """Raise ``SurroundingsError`` where the ledger has read on to a position the bus never had.

    What such a bus commits next would stand where the ledger has passed, and never be recorded.
    """
    if position and not bus.follow(topics.ledger().name, 0, position - 1, 1):
        raise SurroundingsError(
            "台帳がバスより先に進んでいます。ホーム全体を同じ時点の控えから戻してください"
            " / the ledger is ahead of the bus: restore the whole home from one backup"
        )
