"""The files in custody, as the steps on the bus say.

Each step bears a code that only this hub can make (HMAC-SHA256 under a secret of the vault): a step
that somebody else put on the bus counts for nothing. Of steps that contradict each other the first
on the bus counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.events import read_line, to_line
from hub.custody.states import Custody, ForbiddenStepError, State
from hub.runtime import topics
from hub.runtime.logs import warn
from hub.runtime.stamps import Stamp
from hub.runtime.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from hub.bus.port import Bus, Delivered, Record
    from hub.custody.events import Event
    from hub.custody.states import File
    from hub.sealing.vault import Vault


class CustodyLog:
    """Every file in custody by id, as of the last ``catch_up``. Use from one thread.

    Each is found by its people, by its state and, until it is erased, by its ends too, so that what
    is done about one does not look through all that ever were.
    """

    def __init__(self, bus: Bus, vault: Vault) -> None:
        self._stamp = Stamp(vault.secret("custody-steps"))
        self._tail = Tail(bus, topics.custody().name)
        self._has_caught_up = False
        self.files: dict[str, Custody] = {}
        self._latest: datetime | None = None
        self._arrived: list[str] = []
        self._about: dict[str, list[int]] = {}
        self._in_state: dict[State, dict[str, None]] = {state: {} for state in State}
        # By sender, and by feed and recipient; in order of arrival, which a step does not change.
        self._kept: dict[tuple[str, ...], dict[str, None]] = {}

    def catch_up(self) -> None:
        """Read the steps that have been added."""
        for record in self._tail.read_on():
            self._take(record)
        self._has_caught_up = True

    def records(self, events: Sequence[Event]) -> list[Record]:
        """Give the records that add these steps."""
        topic = topics.custody().name
        return [self._stamp.record(topic, None, to_line(event)) for event in events]

    def date(self, now: datetime) -> datetime:
        """Give the present instant, or the latest step's where the clock is behind it."""
        return max(now, self._latest or now)

    def about(self, subjects: Iterable[str]) -> list[Custody]:
        """Give the letters that are about any of these people (digests), in order of arrival."""
        places = {place for subject in subjects for place in self._about.get(subject, ())}
        return [self.files[self._arrived[place]] for place in sorted(places)]

    def in_state(self, state: State) -> Iterator[Custody]:
        """Yield what is in a state, in the order in which it came into it; end before catching up."""
        return (self.files[file_id] for file_id in self._in_state[state])

    def kept_for(self, feed: str, recipient: str) -> list[Custody]:
        """Give what is not erased yet of a feed for a recipient (its id), in order of arrival."""
        return [self.files[file_id] for file_id in self._kept.get((feed, recipient), ())]

    def kept_of(self, sender: str) -> list[Custody]:
        """Give what is not erased yet of a sender (its id), in order of arrival."""
        return [self.files[file_id] for file_id in self._kept.get((sender,), ())]

    def _tell_dropped(self, event: Event) -> None:
        """Log a step that came too late to count; what was there before us was told in its time."""
        if self._has_caught_up:
            step = event.step
            warn("step-dropped", id=event.file_id, state=step.state.value, cause=step.cause.value)

    def _take(self, record: Delivered) -> None:
        if not self._stamp.is_on(record):
            return
        event = read_line(record.value)
        held = self.files.get(event.file_id)
        if held is None and event.file:
            self._enter(Custody.begin(event.file, event.step.at))
            self._index(event.file)
        elif held is not None:
            try:
                taken = held.take(event.step, event.file)
            except ForbiddenStepError:
                # Another was first: a hand-over that came after the erasure had begun.
                self._tell_dropped(event)
                return
            self._enter(taken, held.state)

    def _enter(self, custody: Custody, before: State | None = None) -> None:
        """Keep where a file stands now."""
        file_id = custody.file.id
        self.files[file_id] = custody
        self._latest = max(self._latest or custody.latest, custody.latest)
        if before is not custody.state:
            if before:
                del self._in_state[before][file_id]
            self._in_state[custody.state][file_id] = None
        if custody.state is State.VERIFIED:
            for end in _ends(custody.file):
                del self._kept[end][file_id]

    def _index(self, file: File) -> None:
        """Note whom a file is about that has just begun to come in, and its ends."""
        for subject in file.cover.subjects if file.cover else ():
            self._about.setdefault(subject, []).append(len(self._arrived))
        self._arrived.append(file.id)
        for end in _ends(file):
            self._kept.setdefault(end, {})[file.id] = None


def _ends(file: File) -> tuple[tuple[str, ...], ...]:
    """Give the keys under which a file is found from either end."""
    return (file.sender,), (file.feed, file.recipient)
