"""A move that was cancelled (転出取消): its sender takes the certificate back, and it is erased at once.

The law names no message for it, so nothing is sent to anybody: who has fetched the certificate has
its own copy, and a move-in notice finds none any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.bus.port import FencedError
from hub.custody.events import Event
from hub.custody.machine import may_be_claimed
from hub.custody.states import Cause, State, Step
from hub.errors import UsageError
from hub.ledger.record import Kind
from hub.runtime import topics
from hub.runtime.custody import records
from hub.runtime.custody.custodian import GROUP
from hub.runtime.custody.holds import find
from hub.runtime.outcome import ledger_pages
from hub.runtime.turn import Turn
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import Custody, File
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation


def withdraw(hub: Hub, file_id: str, sender: Organisation, operator: str | None) -> Custody:
    """Take a certificate back that waits for a claim.

    Raises ``UsageError`` for any other id, and where a claim, an erasure or a hold was first.
    """
    turn = Turn(hub.bus, GROUP, topics.custody().name)
    turn.ready()
    custody = find(hub, file_id)
    if custody.file.sender != sender.id or not may_be_claimed(custody):
        raise _not_there()
    now = hub.custody_log.date(hub.clock.now())
    step = Step(State.EXPIRED, now, Cause.WITHDRAWN, now)
    try:
        turn.commit([*_told(custody.file, operator, now), *_steps(hub, custody, step)])
    except FencedError:
        raise _not_there() from None
    finally:
        turn.close()
    hub.custody_log.catch_up()
    return hub.custody_log.files[file_id]


def _steps(hub: Hub, custody: Custody, step: Step) -> list[Record]:
    return hub.custody_log.records([Event(custody.file.id, step)])


def _told(file: File, operator: str | None, now: datetime) -> list[Record]:
    """Give the ledger line of a withdrawal and its sender's receipt."""
    entry = replace(records.about(file, Kind.WITHDRAWAL, "withdrawn", now), operator=operator)
    receipt = records.receipt(file, "withdrawn", now, None, because("withdrawn"))
    return [*ledger_pages([entry.to_line()]), *receipt]


def _not_there() -> UsageError:
    return UsageError(
        "取り消せる転出証明書情報がありません。hub custody list で状態を確認してください"
        " / no certificate of this sender waits for a claim under this id: see `hub custody list`"
    )
