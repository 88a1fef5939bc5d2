"""The card management side: fetches delivery-address files, checks and acknowledges them."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hub.runtime.custody.counter import FileCounter

if TYPE_CHECKING:
    from hub.runtime.custody.counter import HandedOver
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

FEED = "delivery-address"


class CardCentre:
    """The one recipient of delivery-address files; it keeps none of them."""

    def __init__(self, hub: Hub, body: Organisation) -> None:
        self._hub = hub
        self.body = body

    def fetch(self) -> list[HandedOver]:
        """Fetch what waits; acknowledges every file whose hash is the one it was told."""
        counter = FileCounter(self._hub, FEED, self.body)
        taken = []
        with tempfile.TemporaryDirectory() as folder:
            for given in counter.fetch(Path(folder)):
                with given.path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                if digest == given.sha256:
                    counter.acknowledge(given)
                    taken.append(given)
        return taken
