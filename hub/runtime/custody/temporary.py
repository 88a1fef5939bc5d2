"""個人番号 fetched for one answer: kept apart under a key each, used, and erased irrecoverably.

The supplement register (附票) holds no 個人番号. Where a lawful answer needs one it is fetched, kept
for as long as ``rules/retention.toml`` says (``temporary-number``), and then goes as a file in
custody goes: key first, bytes after, read-back, certificate (鹿児島県評価書1615-1617, 1641, 3201行).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.events import Event
from hub.custody.machine import may_be_handed_over
from hub.custody.payloads import Kind, Unit, falls_due
from hub.custody.states import Cause, File, State, Step
from hub.errors import HubError, UsageError
from hub.runtime.custody.rows import rows_of
from hub.runtime.custody.sealed_file import open_whole, seal_into
from hub.runtime.outcome import HUB
from hub.vocabulary.check_digits import individual_number_holds
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from datetime import datetime

    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

FEED = Kind.TEMPORARY_NUMBER.value


class NumberGoneError(HubError):
    """The number is not here: its time is over, it was erased, or it never was."""

    def __init__(self) -> None:
        super().__init__(
            "この個人番号は消去されたか期限が過ぎています。必要なら取得し直してください"
            " / this number is erased or its time is over: fetch it again if it is still needed"
        )


class TemporaryNumbers:
    """The numbers that one hub keeps for answers. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = hub.custody_log
        self._row = rows_of(hub.home.path)[Kind.TEMPORARY_NUMBER]

    def keep(self, number: str, recipient: Organisation) -> str:
        """Keep a number for the answer to one body; gives the id by which it is used.

        ``number`` is 12 digits. Raises ``UsageError``, which does not repeat it, where its check
        digit does not hold.
        """
        if len(number) != len("123456789012") or not individual_number_holds(number):
            raise UsageError(
                "個人番号の桁数か検査用数字が正しくありません / not a 個人番号: its check digit fails"
            )
        self._log.catch_up()
        now = self._now()
        file = File(self._hub.mint(), FEED, HUB, recipient.id, self._due_at(now))
        with self._hub.files.begin(file.id) as writer:
            self._publish(Event(file.id, Step(State.RECEIVED, now, Cause.BEGUN), file))
            whole = seal_into(self._hub, file, [number.encode()], writer)
        self._publish(
            Event(file.id, Step(State.RECEIVED, now, Cause.SUBMITTED), whole),
            Event(file.id, Step(State.ACCEPTED, now, Cause.PERMITTED)),
        )
        return file.id

    def use(self, identifier: str) -> str:
        """Give a number for its answer; from the first use on its days count.

        Raises ``NumberGoneError`` once its time is over, whether or not it is erased yet.
        """
        self._log.catch_up()
        custody, now = self._log.files.get(identifier), self._now()
        if custody is None or custody.file.feed != FEED or not may_be_handed_over(custody, now):
            raise NumberGoneError
        number = open_whole(self._hub, custody.file).decode()
        if custody.state is State.ACCEPTED:
            sent = Step(State.SENT, now, Cause.HANDED_OVER, self._due_at(now))
            self._publish(Event(identifier, sent))
        return number

    def _now(self) -> datetime:
        return self._log.date(self._hub.clock.now())

    def _due_at(self, now: datetime) -> datetime:
        unit = Unit(Kind.TEMPORARY_NUMBER, "", day_in_japan(now))
        return falls_due(self._row, unit, now)

    def _publish(self, *events: Event) -> None:
        self._hub.bus.publish(self._log.records(events))
        self._log.catch_up()
