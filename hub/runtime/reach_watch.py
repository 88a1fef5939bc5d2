"""Watches by what a service is known to its Kafka, and when the certificates of that run out."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hub.runtime.buses import EMBEDDED, first_server
from hub.runtime.home import open_home
from hub.runtime.reach import Reach

if TYPE_CHECKING:
    from hub.runtime.metrics import Metrics
    from hub.runtime.settings import Settings

_LOOK_SECONDS = 3600.0


class ReachWatch:
    """The watch of one process, whose services each have a ``Reach``; none on the embedded bus."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._look_again = 0.0

    def begin(self) -> Reach | None:
        """Give what the brokers know us by now; before a bus is opened, so that nothing is missed."""
        if self._settings.bus == EMBEDDED or self._settings.home is None:
            return None
        reach = Reach(open_home(self._settings.home))
        self._look(reach)
        return reach

    def is_current(self, reach: Reach | None) -> bool:
        """Say whether that is still so; certificates are looked at again every hour."""
        if reach is None:
            return True
        if time.monotonic() > self._look_again:
            self._look(reach)
        return reach.is_current()

    def _look(self, reach: Reach) -> None:
        self._look_again = time.monotonic() + _LOOK_SECONDS
        self._metrics.certificates(reach.expiries(first_server(self._settings.bus)))
