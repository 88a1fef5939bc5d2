"""Hands letters to their recipient, opened, and notes what it confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.events import Event
from hub.custody.machine import is_certificate, may_be_handed_over
from hub.custody.states import Cause, State, Step
from hub.runtime.custody import letter_records as records
from hub.runtime.custody import letters
from hub.runtime.custody.letter_desk import NOT_OPENED
from hub.runtime.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.custody.states import Custody
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class LetterCounter:
    """Where one recipient fetches the letters of one feed; ``unopened`` counts what did not open."""

    def __init__(self, hub: Hub, feed: str, recipient: Organisation) -> None:
        self._hub = hub
        self._feed = letters.feed_of(hub, feed)
        self._recipient = recipient
        self._log = hub.custody_log
        self.unopened = 0

    def fetch(self, most: int | None = None) -> Iterator[Delivery]:
        """Yield what waits, oldest first, each once it was noted as sent."""
        self._log.catch_up()
        now = self._log.date(self._hub.clock.now())
        ready = [each for each in self._log.files.values() if self._is_for_us(each)]
        ready = [custody for custody in ready if may_be_handed_over(custody, now)]
        for custody in ready[:most]:
            try:
                delivery = self._delivery(custody)
            except NOT_OPENED:
                self.unopened += 1
                continue
            if custody.state is State.ACCEPTED:
                self._publish(custody, State.SENT, Cause.HANDED_OVER)
            yield delivery

    def acknowledge(self, delivery: Delivery) -> None:
        """Note that the recipient has this letter; it is not given again."""
        custody = self._log.files[delivery.message_id]
        self._publish(custody, State.ACKNOWLEDGED, Cause.CONFIRMED)

    def _is_for_us(self, custody: Custody) -> bool:
        file = custody.file
        return (file.feed, file.recipient) == (self._feed.name, self._recipient.id)

    def _delivery(self, custody: Custody) -> Delivery:
        file = custody.file
        rule = self._hub.books.catalogue.by_id[cover_of(custody).rule]
        letter = letters.open_letter(self._hub, file)
        return Delivery(
            file.id,
            file.feed,
            file.sender,
            rule.id,
            rule.basis.to_dict(),
            self._feed.named(letter),
        )

    def _publish(self, custody: Custody, state: State, cause: Cause) -> None:
        """Add a step; a notice's day is counted from its acknowledgement."""
        now = self._log.date(self._hub.clock.now())
        ends = state is State.ACKNOWLEDGED and not is_certificate(custody)
        due_at = letters.notice_terms().due_at(now) if ends else None
        event = Event(custody.file.id, Step(state, now, cause, due_at))
        told = records.receipt(custody.file, state.value, now, cover_of(custody).rule)
        self._hub.bus.publish([*self._log.records([event]), *told])
        self._log.catch_up()
