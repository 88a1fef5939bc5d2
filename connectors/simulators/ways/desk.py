"""As ``hub submit``, ``hub receive`` and ``hub receipts`` do it, within this process."""

from __future__ import annotations

import hashlib
import tempfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.simulators.ways.contract import Answer, Handed
from hub.runtime.custody.counter import FileCounter
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.delivery import Counter
from hub.runtime.slip_submission import SlipSubmission
from hub.runtime.views import Views
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connectors.simulators.ways.contract import Shipment
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class DeskWay:
    """One party at the hub's own desk."""

    def __init__(self, hub: Hub, body: Organisation) -> None:
        self._hub = hub
        self._body = body
        self._answers: list[Answer] = []

    def send(self, shipment: Shipment) -> None:
        """Send lines, letters or a file under the shipment's number."""
        self._take(shipment, Request())

    def load(self, shipment: Shipment) -> None:
        """Send an initial load, as ``hub submit --baseline`` does."""
        self._take(shipment, Request(baseline=True))

    def answers(self) -> Iterator[Answer]:
        """Yield the answers to what was sent by this object."""
        while self._answers:
            yield self._answers[0]
            del self._answers[0]

    def legs(self) -> Iterator[Sequence[dict[str, Any]]]:
        """Yield every leg of this party's, as it stands now."""
        hub = self._hub
        views = Views(hub.home.views, hub.bus, hub.home.path)
        yield list(views.receipts(self._body.id))
        views.close()

    def fetch(self, feed: str) -> Iterator[Handed]:
        """Yield what waits: records of a partition at once, a letter or a file by itself."""
        if self._hub.carries_files(feed):
            yield from self._fetch_files(feed)
            return
        if self._hub.carries_letters(feed):
            letters = LetterCounter(self._hub, feed, self._body)
            for letter in letters.fetch():
                yield Handed([letter.to_dict()], partial(letters.acknowledge, letter))
            return
        counter = Counter(self._hub, feed, self._body)
        for handover in counter.fetch():
            records = [each.to_dict() for each in handover.deliveries]
            yield Handed(records, partial(counter.acknowledge, handover))

    def _fetch_files(self, feed: str) -> Iterator[Handed]:
        counter = FileCounter(self._hub, feed, self._body)
        with tempfile.TemporaryDirectory() as folder:
            for given in counter.fetch(Path(folder)):
                with given.path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                record = {"id": given.file_id, "bytes": given.size, "sha256": digest}
                yield Handed([record], partial(counter.acknowledge, given))
                given.path.unlink()

    def _take(self, shipment: Shipment, request: Request) -> None:
        hub, feed, slip = self._hub, shipment.feed, shipment.slip
        hub.act()
        submission = SlipSubmission(hub, feed, self._body, request, "utf-8", slip)
        receipts = list(submission.take(BytesIO(shipment.content)))
        self._answers.append(Answer(slip, receipts))
