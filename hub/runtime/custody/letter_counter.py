"""Hands letters to their recipient, opened, and notes what it confirmed."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.events import Event
from hub.custody.machine import is_certificate
from hub.custody.states import Cause, State, Step
from hub.runtime.custody import letters
from hub.runtime.custody.counters import CustodyCounter
from hub.runtime.custody.letter_desk import NOT_OPENED
from hub.runtime.custody.records import receipt
from hub.runtime.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from hub.custody.states import Custody
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class LetterCounter(CustodyCounter):
    """Where one recipient fetches the letters of one feed."""

    def __init__(self, hub: Hub, feed: str, recipient: Organisation) -> None:
        super().__init__(hub, feed, recipient)
        self._feed = letters.feed_of(hub, feed)

    def fetch(self, most: int | None = None, besides: Container[str] = ()) -> Iterator[Delivery]:
        """Yield what waits, oldest first, each once it was noted as sent; but for the ids besides."""
        return islice(self._given(besides), most)

    def _given(self, besides: Container[str]) -> Iterator[Delivery]:
        wanted = [each for each in self._ready() if each.file.id not in besides]
        for custody in wanted:
            try:
                delivery = self._delivery(custody)
            except NOT_OPENED:
                # It counts for nothing: others wait behind it.
                self._damaged.add(custody.file.id)
                continue
            self._note_sent(custody)
            yield delivery

    def acknowledge(self, delivery: Delivery) -> None:
        """Note that the recipient has this letter; it is not given again."""
        custody = self._log.files[delivery.message_id]
        self._publish(custody, State.ACKNOWLEDGED, Cause.CONFIRMED)

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
        told = receipt(custody.file, state.value, now, cover_of(custody).rule)
        self._hub.bus.publish([*self._log.records([event]), *told])
        self._log.catch_up()
