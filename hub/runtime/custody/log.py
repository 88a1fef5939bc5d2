"""The files in custody, as the steps on the bus say; and whose turn it is to take the next ones.

Each step bears a code that only this hub can make (HMAC-SHA256 under a secret of the vault): a step
that somebody else put on the bus counts for nothing. Of steps that contradict each other the first
on the bus counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import Batch
from hub.custody.events import read_line, to_line
from hub.custody.states import Custody, ForbiddenStepError
from hub.runtime import topics
from hub.runtime.custody.stamped import Stamp

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
        self._stamp = Stamp(vault, "custody-steps", topics.custody().name)
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
        return [self._stamp.record(to_line(event)) for event in events]

    def date(self, now: datetime) -> datetime:
        """Give the present instant, or the latest step's where the clock is behind it."""
        return max([now, *(custody.latest for custody in self.files.values())])

    def _take(self, record: Delivered) -> None:
        if not self._stamp.is_ours(record):
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


class Turn:
    """Lets one of several processes act on what it has read: who commits second is fenced.

    The group's position moves with every commit, and what is committed always adds a step to the
    topic, so that there is always a record left to move it over. Read after ``ready``: what is
    decided is then no older than the position that the commit starts from (docs/adr/0027).
    """

    def __init__(self, bus: Bus, group: str, topic: str) -> None:
        self._bus = bus
        self._group = group
        self._topic = topic
        # It never polls: nobody waits for partitions, and whoever is there may take the turn.
        self._member = bus.join(group, [self._topic])
        self._batch: Batch | None = None
        # Where the group stands after our own last commit, which a network may show late.
        self._position = 0

    def ready(self) -> bool:
        """Say whether this process may act: whether there is a step to move over."""
        if self._batch is None:
            start = max(self._bus.position(self._group, self._topic, 0), self._position)
            records = self._bus.follow(self._topic, 0, start, _AT_ONCE)
            if records:
                self._batch = Batch(self._group, self._topic, 0, start, records)
        return self._batch is not None

    def commit(self, outputs: Sequence[Record]) -> None:
        """Commit outputs, a custody step among them; ``FencedError`` where another was first."""
        batch, self._batch = self._batch, None
        if batch is None:
            raise ValueError("commit only when ready")
        self._member.commit(batch, outputs)
        self._position = batch.end

    def close(self) -> None:
        """Leave the group."""
        self._member.close()
