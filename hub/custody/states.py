"""A file's way through custody: its states, the steps between them, and each step's time and cause.

``received → accepted → sent → acknowledged → due → shredded → verified``; ``refused`` and ``held``
stand beside it. A letter (``File.cover``) may be ``claimed`` or ``expired`` before it is due: a
transfer-out certificate is, by a move-in notice or for want of one. A file is called erased only
when it is ``verified``: key destroyed, bytes removed, read-back tried and failed.
Whether it is overdue follows from the clock (``hub.custody.machine``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from hub.errors import HubError

if TYPE_CHECKING:
    from datetime import datetime

    from hub.custody.certificate_life import Cover


class State(StrEnum):
    """Where a file stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    DUE = "due"
    SHREDDED = "shredded"
    VERIFIED = "verified"
    REFUSED = "refused"
    HELD = "held"
    CLAIMED = "claimed"
    EXPIRED = "expired"


class Cause(StrEnum):
    """Why a step was taken."""

    BEGUN = "begun"
    SUBMITTED = "submitted"
    PERMITTED = "permitted"
    NOT_PERMITTED = "not-permitted"
    NEVER_COMPLETED = "never-completed"
    HANDED_OVER = "handed-over"
    CONFIRMED = "confirmed"
    RETENTION_ENDED = "retention-ended"
    UNDELIVERED = "undelivered"
    ERASED = "erased"
    READ_BACK_TRIED = "read-back-tried"
    LEGAL_HOLD = "legal-hold"
    INCIDENT = "incident"
    HOLD_ENDED = "hold-ended"
    MOVED_IN = "moved-in"
    UNCLAIMED = "unclaimed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


_NEXT: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.RECEIVED, State.ACCEPTED, State.REFUSED}),
    State.ACCEPTED: frozenset({State.SENT, State.DUE, State.HELD}),
    State.SENT: frozenset({State.ACKNOWLEDGED, State.DUE, State.HELD}),
    State.ACKNOWLEDGED: frozenset({State.DUE, State.HELD}),
    State.REFUSED: frozenset({State.DUE}),
    State.DUE: frozenset({State.SHREDDED}),
    State.SHREDDED: frozenset({State.VERIFIED}),
    State.VERIFIED: frozenset(),
    State.HELD: frozenset(),  # it goes back to where it was
}
# Where a letter may still be claimed and a file fetched.
WAITING = (State.ACCEPTED, State.SENT, State.ACKNOWLEDGED)
_NEXT_OF_LETTER: dict[State, frozenset[State]] = _NEXT | {
    state: _NEXT[state] | {State.CLAIMED, State.EXPIRED} for state in WAITING
}
_NEXT_OF_LETTER |= {
    State.CLAIMED: frozenset({State.DUE, State.HELD}),
    State.EXPIRED: frozenset({State.DUE}),
}


class ForbiddenStepError(HubError):
    """A step that does not follow from where the file stands; nothing changed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One transition: the state reached, when (aware of its zone) and why.

    ``due_at`` comes with the step that sets it: ``sent`` of a file, ``acknowledged``, ``claimed`` or
    ``expired`` of a letter. ``operators`` belong to ``held`` and its end.
    """

    state: State
    at: datetime
    cause: Cause
    due_at: datetime | None = None
    operators: tuple[str, ...] = ()

    @property
    def is_partial_claim(self) -> bool:
        """Say whether some of a household have moved in, and others have not."""
        return self.cause is Cause.MOVED_IN and self.state is not State.CLAIMED


@dataclass(frozen=True, slots=True)
class File:
    """What is known of a file without its content.

    ``gives_up_at`` is when it is erased even though nobody fetched it. The rest is known when all of
    it has come: ``size`` in bytes as sent, ``content`` the SHA-256 of the sealed file (hex), and
    ``traces``, the first bytes of some sealed chunks, to look for after the erasure. A letter has a
    ``cover``.
    """

    id: str
    feed: str
    sender: str
    recipient: str
    gives_up_at: datetime
    size: int = 0
    chunks: int = 0
    content: str = ""
    traces: tuple[bytes, ...] = ()
    cover: Cover | None = None


@dataclass(frozen=True, slots=True)
class Custody:
    """A file and every step it has taken, the first of which is ``received``.

    It is ``received`` a second time when all of it has come.
    """

    file: File
    steps: tuple[Step, ...]

    @classmethod
    def begin(cls, file: File, at: datetime) -> Custody:
        """Take a file into custody that begins to come in."""
        return cls(file, (Step(State.RECEIVED, at, Cause.BEGUN),))

    @property
    def state(self) -> State:
        """Give the state reached last."""
        return self.steps[-1].state

    @property
    def is_whole(self) -> bool:
        """Say whether all of the file has come."""
        return any(step.cause is Cause.SUBMITTED for step in self.steps)

    @property
    def submitted_at(self) -> datetime:
        """Give when all of it had come; when it began to come where it has not."""
        whole = (step.at for step in self.steps if step.cause is Cause.SUBMITTED)
        return next(whole, self.steps[0].at)

    @property
    def latest(self) -> datetime:
        """Give when the last step was taken."""
        return self.steps[-1].at

    @property
    def sent_at(self) -> datetime | None:
        """Give when the file was handed over whole, or nothing."""
        found = self._first(State.SENT)
        return found.at if found else None

    @property
    def due_at(self) -> datetime | None:
        """Give when a file must go, as the last step that says so has it, or nothing."""
        return next((step.due_at for step in reversed(self.steps) if step.due_at), None)

    @property
    def erasure(self) -> Step | None:
        """Give the step that began the erasure, or nothing."""
        return self._first(State.DUE)

    @property
    def before_hold(self) -> State:
        """Give the state that a held file goes back to."""
        return next(step.state for step in reversed(self.steps) if step.state is not State.HELD)

    def take(self, step: Step, file: File | None = None) -> Custody:
        """Give the custody after a step; raises ``ForbiddenStepError`` where it may not follow.

        ``file`` is what is known of the file from then on, where that is more than before.
        A step dated before the last one counts as taken at the last one's time: a clock that was
        set back dates nothing earlier. A claim for some of a household leaves the letter where it
        is now, also where it was handed over since the claim was decided; one that was decided
        before a hold counts beneath it.
        """
        if self.state is State.HELD and step.cause is Cause.MOVED_IN:
            return self._take_beneath_hold(step, file)
        if step.is_partial_claim and self.state in WAITING:
            step = replace(step, state=self.state)
        elif step.state not in self._allowed():
            raise ForbiddenStepError(
                f"{self.state.value} のファイルは {step.state.value} にできません"
                f" / a file that is {self.state.value} cannot become {step.state.value}"
            )
        dated = replace(step, at=max(step.at, self.latest))
        return replace(self, file=file or self.file, steps=(*self.steps, dated))

    def _take_beneath_hold(self, step: Step, file: File | None) -> Custody:
        """Take a claim of what is held: it goes back to where the claim has brought it."""
        free = replace(self, steps=self.steps[:-1]).take(step, file)
        at = max(step.at, self.latest)
        again = (replace(free.steps[-1], at=at), replace(self.steps[-1], at=at))
        return replace(free, steps=(*self.steps, *again))

    def _allowed(self) -> frozenset[State]:
        if self.state is State.HELD:
            return frozenset({self.before_hold})
        return (_NEXT_OF_LETTER if self.file.cover else _NEXT)[self.state]

    def _first(self, state: State) -> Step | None:
        return next((step for step in self.steps if step.state is state), None)
