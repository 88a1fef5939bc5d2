"""Two people leave a town for another: one moves in, the other never does.

The old town sends their certificates (転出証明書情報), the new one fetches both and sends a move-in
notice (転入通知) about the first. That certificate goes a day later; the other when nobody claimed it.
"""

from __future__ import annotations

import itertools
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.simulators.manners import Manners
from connectors.simulators.movers import CERTIFICATE, MOVE_IN, REPORT, Movers
from connectors.simulators.ways import DeskWay
from hub.runtime.custody import overview
from hub.runtime.until_idle import run_until_idle
from hub.runtime.worker import Tally
from hub.vocabulary.clock import parse_instant, today

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.simulators import Municipality
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class Transfers:
    """What happens between the first two towns; with fewer towns nothing does.

    ``folder`` is where both sides keep their books. ``acknowledged`` counts letters that their
    recipients confirmed.
    """

    def __init__(self, hub: Hub, towns: Sequence[Municipality], folder: Path) -> None:
        self._hub = hub
        self._towns = towns[:2]
        self._folder = folder
        self._day = today(hub.clock)
        self.acknowledged = 0

    def leave(self) -> None:
        """Send the certificates of two residents of the first town."""
        if len(self._towns) < 2:  # noqa: PLR2004 -- an old and a new one
            return
        old, new = self._towns
        adults = (each for each in old.population.residents() if each.get("個人番号"))
        # They were to leave days ago: so what nobody claims is gone before what waits in quarantine.
        planned = self._day - timedelta(days=10)
        with self._movers(old.body) as movers:
            movers.leave(itertools.islice(adults, 2), new.body.id, planned)
            movers.send(DeskWay(self._hub, old.body))

    def arrive(self) -> Tally:
        """Fetch the certificates, send the notice about the first, and carry it on."""
        if len(self._towns) < 2:  # noqa: PLR2004 -- the same
            return Tally()
        old, new = self._towns
        with self._movers(new.body) as movers:
            way = DeskWay(self._hub, new.body)
            self.acknowledged += movers.fetch(way, CERTIFICATE)
            movers.arrive(1, self._day)
            movers.send(way)
        tally, _ = run_until_idle(self._hub)
        self._hear(old.body, MOVE_IN)
        prefecture = self._hub.books.directory.prefecture_of(old.body)
        if prefecture:
            self._hear(prefecture, REPORT)
        return tally

    def last_day(self) -> Hub:
        """Give the hub at the instant at which the last certificate must be gone."""
        ends = [each["due_at"] for each in overview.lines(self._hub) if each["feed"] == CERTIFICATE]
        now = self._hub.clock.now()
        return self._hub.moved_to(max([now, *map(parse_instant, ends)]))

    def _hear(self, body: Organisation, feed: str) -> None:
        with self._movers(body) as movers:
            self.acknowledged += movers.fetch(DeskWay(self._hub, body), feed)

    def _movers(self, body: Organisation) -> closing[Movers]:
        return closing(Movers(self._folder / body.id, Manners([], 0, body.id)))
