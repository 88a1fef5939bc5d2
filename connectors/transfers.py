"""Two people leave a town for another: one moves in, the other never does.

The old town sends their certificates (転出証明書情報), the new one fetches both and sends a move-in
notice (転入通知) about the first. That certificate goes a day later; the other when nobody claimed it.
"""

from __future__ import annotations

import itertools
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import orjson

from hub.runtime.custody import overview
from hub.runtime.custody.letter_counter import LetterCounter
from hub.runtime.custody.letter_submission import LetterSubmission
from hub.runtime.until_idle import run_until_idle
from hub.runtime.worker import Tally
from hub.vocabulary.clock import parse_instant, today

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connectors.simulators import Municipality
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

CERTIFICATE, MOVE_IN, REPORT = "transfer-out-certificate", "move-in", "move-in-report"
_PERSONAL = ("住民票コード", "氏名", "氏名の振り仮名", "生年月日", "性別", "個人番号", "通称")


class Transfers:
    """What happens between the first two towns; with fewer towns nothing does.

    ``acknowledged`` counts letters that their recipients confirmed.
    """

    def __init__(self, hub: Hub, towns: Sequence[Municipality]) -> None:
        self._hub = hub
        self._towns = towns[:2]
        self._day = today(hub.clock)
        # They were to leave days ago: so what nobody claims is gone before what waits in quarantine.
        self._planned = self._day - timedelta(days=10)
        self._people: list[Mapping[str, Any]] = []
        self.acknowledged = 0

    def leave(self) -> None:
        """Send the certificates of two residents of the first town."""
        if len(self._towns) < 2:  # noqa: PLR2004 -- an old and a new one
            return
        old, new = self._towns
        adults = (each for each in old.population.residents() if each.get("個人番号"))
        self._people = list(itertools.islice(adults, 2))
        letters = [self._certificate(each, new.body) for each in self._people]
        self._send(CERTIFICATE, old.body, letters)

    def arrive(self) -> Tally:
        """Fetch the certificates, send the notice about the first, and carry it on."""
        if not self._people:
            return Tally()
        old, new = self._towns
        self._fetch(CERTIFICATE, new.body)
        first = self._people[0]
        notice = {"住民票の記載をした旨": "該当", "転入をした年月日": self._day.isoformat()}
        person = {key: first[key] for key in ("住民票コード", "氏名")}
        self._send(MOVE_IN, new.body, [notice | person])
        tally, _ = run_until_idle(self._hub)
        self._fetch(MOVE_IN, old.body)
        prefecture = self._hub.books.directory.prefecture_of(old.body)
        if prefecture:
            self._fetch(REPORT, prefecture)
        return tally

    def last_day(self) -> Hub:
        """Give the hub at the instant at which the last certificate must be gone."""
        ends = [each["due_at"] for each in overview.lines(self._hub) if each["feed"] == CERTIFICATE]
        now = self._hub.clock.now()
        return self._hub.moved_to(max([now, *map(parse_instant, ends)]))

    def _certificate(self, resident: Mapping[str, Any], new: Organisation) -> dict[str, Any]:
        sheet = {
            "転出前の住所": resident["住所"],
            "転出先": new.id,
            "転出の予定年月日": self._planned.isoformat(),
        }
        return sheet | {key: resident[key] for key in _PERSONAL if resident.get(key)}

    def _send(self, feed: str, sender: Organisation, letters: list[dict[str, Any]]) -> None:
        lines = b"".join(orjson.dumps(letter) + b"\n" for letter in letters)
        submission = LetterSubmission(self._hub, feed, sender, None, "utf-8")
        for _ in submission.take(BytesIO(lines)):
            pass

    def _fetch(self, feed: str, reader: Organisation) -> None:
        counter = LetterCounter(self._hub, feed, reader)
        for delivery in counter.fetch():
            counter.acknowledge(delivery)
            self.acknowledged += 1
