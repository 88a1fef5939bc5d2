"""Holds: two people keep a file beyond its day, for a stated cause, in sight and on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.events import Event
from hub.custody.states import Cause, ForbiddenStepError, State, Step
from hub.errors import UsageError
from hub.ledger.record import Kind
from hub.runtime.custody import records
from hub.runtime.operators import require_two

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.custody.states import Custody
    from hub.runtime.hub import Hub

CAUSES = (Cause.LEGAL_HOLD, Cause.INCIDENT)
"""Why a file may be held. Free words are not taken: they might name a person."""


def hold(hub: Hub, file_id: str, cause: Cause, operators: Sequence[str]) -> Custody:
    """Hold a file that is accepted, sent or acknowledged.

    Raises ``UsageError`` without two operators or such a file, ``ForbiddenStepError`` where the
    file is not one that can be held: its erasure has begun.
    """
    custody = find(hub, file_id)
    step = Step(State.HELD, hub.custody_log.date(hub.clock.now()), cause, None, tuple(operators))
    return _take(hub, custody, step, Kind.HOLD, cause.value)


def end(hub: Hub, file_id: str, operators: Sequence[str]) -> Custody:
    """End a hold: the file goes back to where it was, and its old due moment counts."""
    custody = find(hub, file_id)
    now = hub.custody_log.date(hub.clock.now())
    step = Step(custody.before_hold, now, Cause.HOLD_ENDED, None, tuple(operators))
    return _take(hub, custody, step, Kind.HOLD_END, "hold-ended")


def _take(hub: Hub, custody: Custody, step: Step, kind: Kind, code: str) -> Custody:
    require_two(step.operators)
    # Refused here where it cannot follow; the log's order has the last word.
    custody.take(step)
    line = records.hold(custody.file, kind, code, step.operators, step.at)
    event = Event(custody.file.id, step)
    hub.bus.publish([*line, *hub.custody_log.records([event])])
    hub.custody_log.catch_up()
    taken = hub.custody_log.files[custody.file.id]
    if taken.state is not step.state:
        raise ForbiddenStepError(
            "先に消去が始まったため保留できませんでした / its erasure had begun before: not held"
        )
    return taken


def find(hub: Hub, file_id: str) -> Custody:
    """Give a file in custody; raises ``UsageError`` where there is none of this id."""
    hub.custody_log.catch_up()
    found = hub.custody_log.files.get(file_id)
    if found is None:
        raise UsageError(
            "この ID のファイルはありません。hub custody list で確認してください"
            " / no such file is in custody; see `hub custody list`"
        )
    return found
