"""A prefecture's or the national server: fetches what it may read, keeps count, acknowledges.

It can be told to misbehave: ``deaf`` fetches and acknowledges nothing, so that the hub must keep
everything for it.
"""

from __future__ import annotations

from collections import Counter as Tally
from typing import TYPE_CHECKING

from hub.runtime.delivery import Counter

if TYPE_CHECKING:
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

FEED = "change-notice"


class RegistryServer:
    """One server; it remembers how many notices came from whom, and no person."""

    def __init__(self, hub: Hub, body: Organisation, *, deaf: bool = False) -> None:
        self._hub = hub
        self.body = body
        self._deaf = deaf
        self.received: Tally[str] = Tally()
        self.by_reason: Tally[str] = Tally()
        self.acknowledged = 0

    def fetch(self) -> int:
        """Fetch everything that waits; gives how many records there were."""
        fetched = 0
        counter = Counter(self._hub, FEED, self.body)
        for handover in counter.fetch():
            for delivery in handover.deliveries:
                self.received[delivery.sender] += 1
                self.by_reason[str(delivery.items["異動事由"])] += 1
            fetched += len(handover.deliveries)
            if not self._deaf:
                counter.acknowledge(handover)
                self.acknowledged += len(handover.deliveries)
        return fetched
