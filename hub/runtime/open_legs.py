"""Watches the oldest leg that has not come to its end, so that none is silently pending."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hub.runtime.views import Views
from hub.vocabulary.ids import minted_at

if TYPE_CHECKING:
    from hub.runtime.hub import Hub

_LOOK_SECONDS = 60.0


class OpenLegs:
    """The watch of one process. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._views = Views(hub.home.views, hub.bus, hub.home.path)
        self._look_again = 0.0

    def look(self) -> None:
        """Set the metric of the oldest open leg, once a minute at most."""
        if time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + _LOOK_SECONDS
        oldest = self._views.oldest_open()
        age = self._hub.clock.now() - minted_at(oldest) if oldest else None
        self._hub.metrics.leg_open(age.total_seconds() if age else 0.0)

    def close(self) -> None:
        """Let go of the views."""
        self._views.close()
