"""The files in custody, as the steps on the bus say.

Each step bears a code that only this hub can make (HMAC-SHA256 under a secret of the vault): a step
that somebody else put on the bus counts for nothing. Of steps that contradict each other the first
on the bus counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.events import read_line, to_line
from hub.custody.states import Custody, ForbiddenStepError
from hub.runtime import topics
from hub.runtime.stamps import Stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hub.bus.port import Bus, Delivered, Record
    from hub.custody.events import Event
    from hub.sealing.vault import Vault

_AT_ONCE = 500


class CustodyLog:
    """Every file in custody by id, as of the last ``catch_up``. Use from one thread."""

    def __init__(self, bus: Bus, vault: Vault) -> None:
        self._bus = bus
        self._stamp = Stamp(vault.secret("custody-steps"))
        self._position = 0
        self.files: dict[str, Custody] = {}

    def catch_up(self) -> None:
        """Read the steps that have been added."""
        topic = topics.custody().name
        while records := self._bus.follow(topic, 0, self._position, _AT_ONCE):
            for record in records:
                self._position = record.offset + 1
                self._take(record)

    def records(self, events: Sequence[Event]) -> list[Record]:
        """Give the records that add these steps."""
        topic = topics.custody().name
        return [self._stamp.record(topic, None, to_line(event)) for event in events]

    def date(self, now: datetime) -> datetime:
        """Give the present instant, or the latest step's where the clock is behind it."""
        return max([now, *(custody.latest for custody in self.files.values())])

    def _take(self, record: Delivered) -> None:
        if not self._stamp.is_on(record):
            return
        event = read_line(record.value)
        held = self.files.get(event.file_id)
        if held is None and event.file:
            self.files[event.file_id] = Custody.begin(event.file, event.step.at)
        elif held is not None:
            try:
                self.files[event.file_id] = held.take(event.step, event.file)
            except ForbiddenStepError:
                # Another was first: a hold or a hand-over that came after the erasure had begun.
                return
