"""What the counters for files and for letters have in common: who may fetch what, and who confirms it.

A caller over a network asks in separate calls, often of different processes. So everything is asked
for by id, and whatever was said once may be said again.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from hub.custody.machine import may_be_handed_over
from hub.custody.states import Cause, State
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.custody.states import Custody
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


class NotWaitingError(UsageError):
    """What was named does not wait for this recipient: it never did, is held, or is gone."""

    def __init__(self) -> None:
        super().__init__(
            "この ID は受け取れません（宛先が異なるか、保留中か、消去済みです）。一覧を取り直してください"
            " / this id does not wait for you (another's, held or erased): ask for the list again"
        )


class CustodyCounter:
    """Where one recipient fetches what is in custody of one feed. Use from one thread.

    What did not open is not tried again by the same counter: a large file would be written anew at
    every look. It waits for a counter made later.
    """

    def __init__(self, hub: Hub, feed: str, recipient: Organisation) -> None:
        self._hub = hub
        self._name = feed
        self._recipient = recipient
        self._log = hub.custody_log
        self._damaged: set[str] = set()

    @property
    def unopened(self) -> int:
        """Give how many did not open so far, each counted once."""
        return len(self._damaged)

    def confirm(self, message_id: str) -> bool:
        """Note that the recipient has what was handed over under an id (once, said how often).

        Says whether it may keep what it has: acknowledged, or claimed or erased since it was sent.
        What is held it will be given again. Raises ``NotWaitingError`` for what it was never given.
        """
        self._log.catch_up()
        custody = self._find(message_id)
        if custody.sent_at is None:
            raise NotWaitingError
        if custody.state is State.SENT:
            self._publish(custody, State.ACKNOWLEDGED, Cause.CONFIRMED)
            custody = self._find(message_id)
        is_confirmed = any(step.state is State.ACKNOWLEDGED for step in custody.steps)
        return is_confirmed or custody.state is not State.HELD

    def _find(self, message_id: str) -> Custody:
        """Give what an id stands for; raises ``NotWaitingError`` for what is not this recipient's."""
        custody = self._log.files.get(message_id)
        if custody is None or not self._is_for_us(custody):
            raise NotWaitingError
        return custody

    def _ready(self, most: int | None = None) -> list[Custody]:
        """Give what may be handed over now, oldest first."""
        self._log.catch_up()
        ours = self._log.kept_for(self._name, self._recipient.id)
        return list(islice(filter(self._may_be_given, ours), most))

    def _may_be_given(self, custody: Custody) -> bool:
        now = self._log.date(self._hub.clock.now())
        return custody.file.id not in self._damaged and may_be_handed_over(custody, now)

    def _is_for_us(self, custody: Custody) -> bool:
        file = custody.file
        return (file.feed, file.recipient) == (self._name, self._recipient.id)

    def _note_sent(self, custody: Custody) -> None:
        """Note the first hand-over; what was fetched or erased meanwhile stays as it is."""
        self._log.catch_up()
        if self._log.files[custody.file.id].state is State.ACCEPTED:
            self._publish(custody, State.SENT, Cause.HANDED_OVER)

    def _publish(self, custody: Custody, state: State, cause: Cause) -> None:
        """Add a step, and tell the sender of it."""
        raise NotImplementedError
