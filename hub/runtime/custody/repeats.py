"""Letters that repeat others, and certificates that take the place of older ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.machine import may_be_claimed, may_be_handed_over
from hub.custody.states import Cause, State
from hub.runtime.custody import letter_questions as questions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from hub.custody.states import Custody


def why_needless(files: Collection[Custody], custody: Custody, now: datetime) -> str | None:
    """Say why a letter is not needed (a code): it repeats one, or what it asks for waits already."""
    file = custody.file
    if questions.is_asked_for(files, file):
        return None
    others = [each for each in files if each.file.id != file.id]
    if file.feed == questions.REQUEST and any(_waits_for(each, custody, now) for each in others):
        return "certificate-waits"
    repeated = any(_repeats(custody, each) and _still_says_it(files, each) for each in others)
    return "duplicate" if repeated else None


def replaced_by(files: Collection[Custody], custody: Custody) -> list[Custody]:
    """Give the older certificates that a new one makes needless.

    They are the same sender's, wait for a claim, and every one who could still claim them is in the
    new one: a corrected certificate, another planned day, a move to a third municipality.
    """
    if not cover_of(custody).is_certificate:
        return []
    subjects = set(cover_of(custody).subjects)
    return [
        each
        for each in files
        if each.file.id != custody.file.id
        and each.file.sender == custody.file.sender
        and may_be_claimed(each)
        and cover_of(each).unclaimed <= subjects
    ]


def _waits_for(certificate: Custody, request: Custody, now: datetime) -> bool:
    """Say whether a certificate that a request asks for lies there, not fetched."""
    return (
        may_be_claimed(certificate)
        and may_be_handed_over(certificate, now)
        and certificate.file.recipient == request.file.sender
        and set(cover_of(request).subjects) <= cover_of(certificate).unclaimed
    )


def _still_says_it(files: Collection[Custody], other: Custody) -> bool:
    """Say whether what a letter says is still so.

    A request that was answered asks nothing more, and one that nobody fetched never asked.
    """
    if other.file.feed != questions.REQUEST:
        return True
    was_lost = other.erasure is not None and other.erasure.cause is Cause.UNDELIVERED
    return not was_lost and bool(questions.unanswered(files, other))


def _repeats(custody: Custody, other: Custody) -> bool:
    """Say whether a letter says what another, accepted and not gone, has said."""
    mine, its = custody.file, other.file
    same = (mine.feed, mine.sender, mine.recipient) == (its.feed, its.sender, its.recipient)
    if not same or cover_of(custody).content != cover_of(other).content:
        return False
    if cover_of(other).is_certificate:
        return may_be_claimed(other) or other.state is State.CLAIMED
    return questions.was_accepted(other)
