"""What a file needs now, and whether it is late. Decides from the steps, the terms and the clock."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from hub.custody.states import WAITING, Cause, State

if TYPE_CHECKING:
    from datetime import datetime

    from hub.custody.states import Custody
    from hub.custody.terms import Terms


class Lateness(StrEnum):
    """How late an erasure is: half of the time left is over (alarm), or all of it (overdue)."""

    NONE = "none"
    ALARM = "alarm"
    OVERDUE = "overdue"


_AT_ONCE = (Cause.NOT_PERMITTED, Cause.NEVER_COMPLETED)
_UNDER_ERASURE = (State.DUE, State.SHREDDED)
_DONE = (State.CLAIMED, State.EXPIRED)


def falls_due(custody: Custody) -> datetime | None:
    """Give the instant from which a file must go: nothing while it is held, or once it is gone."""
    erasure = custody.erasure
    if custody.state in (State.VERIFIED, State.HELD):
        return None
    if custody.state is State.REFUSED:
        return custody.latest
    if erasure is not None and erasure.cause in _AT_ONCE:
        return erasure.at
    return custody.due_at or custody.file.gives_up_at


def cause_of_erasure(custody: Custody) -> Cause:
    """Say why a file goes that has fallen due."""
    if custody.state in (State.REFUSED, State.EXPIRED):
        return custody.steps[-1].cause
    if is_certificate(custody):
        return Cause.RETENTION_ENDED if custody.state is State.CLAIMED else Cause.UNCLAIMED
    return Cause.UNDELIVERED if custody.sent_at is None else Cause.RETENTION_ENDED


def is_due(custody: Custody, now: datetime) -> bool:
    """Say whether a file must be erased now; an instant before its last step counts as that step.

    One that nobody has decided about yet is not: it is refused first, when it is decided.
    """
    moment = falls_due(custody)
    if moment is None or custody.state is State.RECEIVED:
        return False
    return custody.state in _UNDER_ERASURE or max(now, custody.latest) >= moment


def may_be_handed_over(custody: Custody, now: datetime) -> bool:
    """Say whether the recipient may fetch the file: permitted, not acknowledged, not due.

    A certificate whose last day of a claim has ended is of no use to its recipient any more.
    """
    waits = custody.state in (State.ACCEPTED, State.SENT)
    return waits and not is_due(custody, now) and not has_expired(custody, now)


def is_certificate(custody: Custody) -> bool:
    """Say whether this is a transfer-out certificate."""
    return custody.file.cover is not None and custody.file.cover.is_certificate


def may_be_claimed(custody: Custody) -> bool:
    """Say whether a move-in notice can claim this: a certificate that is not gone, held or done."""
    return is_certificate(custody) and custody.state in WAITING


def is_kept(custody: Custody) -> bool:
    """Say whether a letter was accepted and waits, or is held."""
    return custody.state in (*WAITING, State.HELD)


def has_expired(custody: Custody, now: datetime) -> bool:
    """Say whether the last day of a claim has ended of a certificate that waits for one."""
    cover = custody.file.cover
    if cover is None or custody.state not in WAITING:
        return False
    return cover.is_past_claim(max(now, custody.latest))


def lateness(custody: Custody, terms: Terms, now: datetime) -> Lateness:
    """Say how late the erasure of a file is."""
    moment = falls_due(custody)
    if moment is None:
        return Lateness.NONE
    at = max(now, custody.latest)
    if at >= terms.overdue_at(moment):
        return Lateness.OVERDUE
    return Lateness.ALARM if at >= terms.alarm_at(moment) else Lateness.NONE


def shown_state(custody: Custody, now: datetime) -> State:
    """Give the state as lists show it: ``due`` or ``expired`` as soon as the clock says so."""
    if custody.state in (*WAITING, *_DONE) and is_due(custody, now):
        return State.DUE
    return State.EXPIRED if has_expired(custody, now) else custody.state
