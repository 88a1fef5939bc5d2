"""Decides about files that came in: permitted and recorded, or refused and recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.port import FencedError
from hub.custody.events import Event
from hub.custody.states import Cause, State, Step
from hub.rules.model import Question
from hub.runtime import topics
from hub.runtime.custody import records
from hub.runtime.turn import Turn
from hub.runtime.worker import Tally
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import Custody
    from hub.rules.model import Decision
    from hub.runtime.hub import Hub

GROUP = "hub.files"
_AT_ONCE = 100


class FileDesk:
    """The worker's place for files. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = hub.custody_log
        self._watch = hub.ledger_watch()
        self._turn = Turn(hub.bus, GROUP, topics.custody().name)

    def step(self) -> Tally | None:
        """Decide about the files that wait; nothing where none does.

        Raises ``LedgerBehindError``, with nothing done, where the ledger is too far behind.
        """
        self._watch.require()
        if not self._turn.ready():
            return None
        # Before the log is read: what nobody writes any more has said by now that it is whole.
        busy = self._hub.files.busy()
        self._log.catch_up()
        waiting = [each for each in self._log.files.values() if _awaits(each, busy)][:_AT_ONCE]
        if not waiting:
            return None
        now = self._log.date(self._hub.clock.now())
        decided = [self._decide(custody, now) for custody in waiting]
        try:
            self._turn.commit([record for outputs, _ in decided for record in outputs])
        except FencedError:
            return Tally()
        provisions = sum(permitted for _, permitted in decided)
        return Tally(accepted=provisions, provisions=provisions, refusals=len(decided) - provisions)

    def close(self) -> None:
        """Leave the group."""
        self._turn.close()

    def _decide(self, custody: Custody, now: datetime) -> tuple[list[Record], bool]:
        file = custody.file
        if not custody.is_whole:
            return self._refuse(custody, Cause.NEVER_COMPLETED, "never-completed", now), False
        if now >= file.gives_up_at:
            return self._refuse(custody, Cause.UNDELIVERED, "undelivered", now), False
        decision = self._ask(custody, now)
        if not decision.permits:
            return self._refuse(custody, Cause.NOT_PERMITTED, decision.reason.code, now), False
        event = Event(file.id, Step(State.ACCEPTED, now, Cause.PERMITTED))
        catalogue = self._hub.books.catalogue.digest
        page = records.provision(file, decision, catalogue, self._hub.mint(), now)
        return [*page, *self._log.records([event])], True

    def _ask(self, custody: Custody, now: datetime) -> Decision:
        directory, file = self._hub.books.directory, custody.file
        sender, recipient = directory.get(file.sender), directory.get(file.recipient)
        if sender is None or recipient is None:
            raise LookupError("a file in custody names its parties by id")
        question = Question(file.feed, sender, recipient, now.date())
        return self._hub.books.catalogue.decide(question)

    def _refuse(self, custody: Custody, cause: Cause, code: str, now: datetime) -> list[Record]:
        file, catalogue = custody.file, self._hub.books.catalogue.digest
        event = Event(file.id, Step(State.REFUSED, now, cause))
        page = records.refusal(file, because(code), catalogue, now)
        return [*page, *self._log.records([event])]


def _awaits(custody: Custody, busy: set[str]) -> bool:
    """Say whether a file is to be decided about: one under way only when nobody writes it."""
    is_undecided = custody.state is State.RECEIVED and custody.file.cover is None
    return is_undecided and (custody.is_whole or custody.file.id not in busy)
