"""Does what there is to do, once, and ends: what ``hub run --until-idle`` and tests of a whole hub do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from hub.runtime.custody.custodian import Custodian
from hub.runtime.custody.desk import FileDesk
from hub.runtime.custody.keeper import Keeper
from hub.runtime.custody.letter_desk import LetterDesk
from hub.runtime.custody.noter import Noter
from hub.runtime.custody.sweep import Sweep
from hub.runtime.ledger_watch import LedgerBehindError
from hub.runtime.worker import Tally

if TYPE_CHECKING:
    from hub.ledger.head import Head
    from hub.runtime.hub import Hub
    from hub.runtime.recorder import Recorder
    from hub.runtime.worker import Worker

Role = Literal["all", "worker", "custodian", "ledger"]

_GONE_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.2


def run_until_idle(hub: Hub, role: Role = "all") -> tuple[Tally, Head | None]:
    """Erase what is due, carry everything that waits, record it and sign a checkpoint over it.

    What is due goes first, so that a hub which was off over a deadline serves nothing before.
    """
    tally, head = Tally(), None
    if role == "custodian":
        return Tally(erased=purge(hub)), None
    if role == "worker":
        return _drain(hub, None), None
    with hub.open_ledger() as log:
        # Made first: it refuses a ledger that is ahead of its bus before anything is added.
        recorder = hub.recorder(log)
        if role == "all":
            tally = Tally(erased=purge(hub)) + _drain(hub, recorder)
            # Files that were refused meanwhile; no other payload has come to its day since.
            tally += Tally(erased=_erase_all(Custodian(hub)))
        recorder.catch_up()
        head = log.checkpoint()
    return tally, head


def _drain(hub: Hub, recorder: Recorder | None) -> Tally:
    """Carry everything that waits; a recorder catches up whenever the ledger is too far behind."""
    total = Tally()
    worker = hub.worker()
    if recorder:
        recorder.catch_up()
    while (tally := _step(worker, recorder)) is not None:
        total += tally
    forgotten = Sweep(hub, worker.member).step()
    worker.close()
    return total + Tally(erased=forgotten) + _decide_files(hub, recorder)


def _decide_files(hub: Hub, recorder: Recorder | None) -> Tally:
    total = Tally()
    for desk in (FileDesk(hub), LetterDesk(hub)):
        while (tally := _step(desk, recorder)) is not None:
            total += tally
        desk.close()
    return total


def purge(hub: Hub) -> int:
    """Erase all that is due, files and other payloads; gives how many were certified as erased."""
    note(hub)
    return sum(_erase_all(each) for each in (Custodian(hub), Keeper(hub)))


def note(hub: Hub) -> int:
    """Note all that recipients acknowledged by their position alone; gives how many records."""
    noter, total = Noter(hub), 0
    while noted := noter.step():
        total += noted
    noter.close()
    return total


def _erase_all(eraser: Custodian | Keeper) -> int:
    total = 0
    # A broker lists what it deletes for a moment longer; what is gone only then is certified then.
    give_up = time.monotonic() + _GONE_SECONDS
    while (erased := eraser.step()) or (eraser.waits and time.monotonic() < give_up):
        total += erased
        if not erased:
            time.sleep(_LOOK_AGAIN_SECONDS)
    eraser.close()
    return total


def _step(decider: Worker | FileDesk | LetterDesk, recorder: Recorder | None) -> Tally | None:
    try:
        return decider.step()
    except LedgerBehindError:
        if recorder is None:
            raise
        recorder.catch_up()
        return Tally()
