"""Letters that repeat others, and certificates that take the place of older ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.claims import cover_of
from hub.custody.machine import may_be_claimed
from hub.custody.states import State
from hub.runtime.custody import letter_questions as questions

if TYPE_CHECKING:
    from collections.abc import Collection

    from hub.custody.states import Custody

_NOT_FETCHED = (State.ACCEPTED, State.SENT)


def why_needless(files: Collection[Custody], custody: Custody) -> str | None:
    """Say why a letter is not needed (a code): it repeats one, or what it asks for waits already."""
    file = custody.file
    if questions.open_request(files, file):
        return None
    others = [each for each in files if each.file.id != file.id]
    if file.feed == questions.REQUEST and any(_waits_for(each, custody) for each in others):
        return "certificate-waits"
    answered = questions.answered(files)
    repeated = (each for each in others if each.file.id not in answered)
    return "duplicate" if any(_repeats(custody, each) for each in repeated) else None


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


def _waits_for(certificate: Custody, request: Custody) -> bool:
    """Say whether a certificate that a request asks for lies there, not fetched."""
    return (
        may_be_claimed(certificate)
        and certificate.state in _NOT_FETCHED
        and certificate.file.recipient == request.file.sender
        and set(cover_of(request).subjects) <= cover_of(certificate).unclaimed
    )


def _repeats(custody: Custody, other: Custody) -> bool:
    """Say whether a letter says what another, accepted and not gone, has said."""
    mine, its = custody.file, other.file
    same = (mine.feed, mine.sender, mine.recipient) == (its.feed, its.sender, its.recipient)
    if not same or cover_of(custody).content != cover_of(other).content:
        return False
    if cover_of(other).is_certificate:
        return may_be_claimed(other) or other.state is State.CLAIMED
    return questions.was_accepted(other)
