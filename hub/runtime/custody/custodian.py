"""The custodian: erases what is due, proves to itself that it is gone, and certifies it.

Each step is committed before the next begins, so that whoever takes over after a crash goes on from
there: ``due`` says that the erasure has begun, ``shredded`` that key and bytes were removed,
``verified`` that they could not be read any more. What can still be found is not called erased: the
next step removes it again. Doing a removal twice does no harm; its certificate is written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.bus.chunks import ChunksGoneError
from hub.bus.port import FencedError
from hub.custody.events import Event
from hub.custody.machine import cause_of_erasure, is_due
from hub.custody.states import Cause, State, Step
from hub.runtime import topics
from hub.runtime.custody import records
from hub.runtime.outcome import ledger_pages
from hub.runtime.turn import Turn
from hub.sealing.errors import UnknownKeyError
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import Custody
    from hub.runtime.hub import Hub

GROUP = "hub.custodian"
_AT_ONCE = 100


class Custodian:
    """One of those who erase. Use from one thread."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._log = hub.custody_log
        self._turn = Turn(hub.bus, GROUP, topics.custody().name)

    def step(self) -> int:
        """Erase up to a hundred files that are due; gives how many of them were certified.

        0 where none is due, where another custodian was first, or where what was erased can still
        be found: that stays ``shredded``, and is overdue when its time has come.
        """
        certified = 0
        try:
            for act in (self._begin, self._shred, self._certify):
                if not self._turn.ready():
                    return certified
                self._log.catch_up()
                outputs, certified = act(self._log.date(self._hub.clock.now()))
                if outputs:
                    self._turn.commit(outputs)
        except FencedError:
            return 0
        return certified

    @property
    def waits(self) -> bool:
        """Say whether something was removed and, when last looked for, still there."""
        return bool(self._in(State.SHREDDED))

    def close(self) -> None:
        """Leave the group."""
        self._turn.close()

    def _begin(self, now: datetime) -> tuple[list[Record], int]:
        """Take the decision: from here on nobody is handed these files, and none can be held."""
        self._clear_leftovers()
        due = [each for each in self._log.files.values() if is_due(each, now)]
        fresh = [each for each in due if each.state not in (State.DUE, State.SHREDDED)][:_AT_ONCE]
        unclaimed = [each for each in fresh if cause_of_erasure(each) is Cause.UNCLAIMED]
        expired = self._steps(unclaimed, State.EXPIRED, now)
        return [*expired, *self._steps(fresh, State.DUE, now)], 0

    def _shred(self, now: datetime) -> tuple[list[Record], int]:
        """Destroy the keys, then remove the bytes."""
        doomed = self._in(State.DUE, State.SHREDDED)
        if doomed:
            self._remove([custody.file.id for custody in doomed])
        return self._steps(
            [each for each in doomed if each.state is State.DUE], State.SHREDDED, now
        ), 0

    def _certify(self, now: datetime) -> tuple[list[Record], int]:
        """Try to read back; certify what cannot be read any more."""
        shredded = self._in(State.SHREDDED)
        left = self._hub.files.idle() | self._hub.files.busy() if shredded else set()
        gone = [
            each
            for each in shredded
            if each.file.id not in left and self._cannot_be_read(each.file.id)
        ]
        visible = self._leaving_traces(gone)
        gone = [each for each in gone if each.file.id not in visible]
        lines = [records.erasure(each.file, _code(each), now) for each in gone]
        told = [record for each in gone for record in _told(each, now)]
        steps = self._steps(gone, State.VERIFIED, now)
        return [*ledger_pages(lines), *told, *steps], len(gone)

    def _in(self, *states: State) -> list[Custody]:
        return [each for each in self._log.files.values() if each.state in states][:_AT_ONCE]

    def _remove(self, file_ids: list[str]) -> None:
        # The key first: should the rest never come about, the bytes are noise already.
        self._hub.vault.destroy_file_keys(file_ids)
        self._hub.files.remove(file_ids)

    def _leaving_traces(self, files: list[Custody]) -> set[str]:
        """Give those files of which a vault's page or a file on disk still holds anything."""
        traces = {trace: each.file.id for each in files for trace in each.file.traces}
        named = self._hub.vault.keeps([each.file.id.encode() for each in files])
        found = self._hub.files.finds(traces.keys())
        return {name.decode() for name in named} | {traces[trace] for trace in found}

    def _cannot_be_read(self, file_id: str) -> bool:
        """Try to read a file as its recipient would; says whether neither key nor bytes are there."""
        try:
            self._hub.vault.file_key(file_id)
        except UnknownKeyError:
            pass
        else:
            return False
        try:
            next(self._hub.files.read(file_id), None)
        except ChunksGoneError:
            return True
        return False

    def _clear_leftovers(self) -> None:
        """Erase what should not be there: what a backup brought back, and places never filled."""
        found = self._hub.files.idle() | set(self._hub.vault.files_with_keys())
        found -= self._hub.files.busy()
        self._log.catch_up()
        files = self._log.files
        leftovers = [i for i in found if i not in files or files[i].state is State.VERIFIED]
        if not leftovers:
            return
        self._remove(leftovers)
        now = self._log.date(self._hub.clock.now())
        back = [files[file_id].file for file_id in leftovers if file_id in files]
        lines = [records.erasure(file, because("restored").code, now) for file in back]
        self._hub.bus.publish(ledger_pages(lines))

    def _steps(self, files: list[Custody], state: State, now: datetime) -> list[Record]:
        events = [Event(each.file.id, Step(state, now, _cause(each, state))) for each in files]
        return self._log.records(events)


def _cause(custody: Custody, state: State) -> Cause:
    if state in (State.DUE, State.EXPIRED):
        return cause_of_erasure(custody)
    return Cause.ERASED if state is State.SHREDDED else Cause.READ_BACK_TRIED


def _code(custody: Custody) -> str:
    """Give the code of a certificate: ``erased`` after its time, else why the file went."""
    cause = custody.erasure.cause if custody.erasure else Cause.ERASED
    plain = because("erased").code
    return plain if cause is Cause.RETENTION_ENDED else cause.value


def _told(custody: Custody, now: datetime) -> list[Record]:
    """Give what a sender is told: that nobody fetched the file, or claimed the certificate."""
    cause = custody.erasure.cause if custody.erasure else Cause.ERASED
    if cause not in (Cause.UNDELIVERED, Cause.UNCLAIMED):
        return []
    reason = because(cause.value)
    return records.receipt(custody.file, reason.code, now, None, reason)
