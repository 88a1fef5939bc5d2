"""How long a transfer-out certificate may be claimed and kept, and how long a notice. Pure.

Days are days in Japan, counted from the planned date D of the move out (施行令24の2①二, 24の4): a
claim is in time through D+30 and through the 14th day after the move in; what nobody claimed is gone
when D+31 has ended. The answer to a request (法24の2⑥) comes when D may be long past, so it has at least
some days of its own, counted from the day on which it was sent. All numbers come from ``rules/custody.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hub.vocabulary.clock import JST, day_in_japan

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cover:
    """What is known of a letter unopened. Its digests are keyed (hex); it names nobody.

    ``subjects`` are the people it is about, ``claimed`` those of them who have moved in; ``content``
    tells a repeat; ``rule`` is the row that released it; ``answers`` the ids of the letters that
    called for it. A certificate has ``planned_on`` and ``last_claim_on`` (YYYY-MM-DD), the answer to
    a request ``answered_on`` too.
    """

    subjects: tuple[str, ...] = field(repr=False)
    content: str = field(repr=False)
    planned_on: str = ""
    last_claim_on: str = ""
    claimed: tuple[str, ...] = field(default=(), repr=False)
    rule: str = ""
    answers: tuple[str, ...] = ()
    answered_on: str = ""

    @property
    def is_certificate(self) -> bool:
        """Say whether the letter is a transfer-out certificate."""
        return bool(self.planned_on)

    @property
    def unclaimed(self) -> frozenset[str]:
        """Give the people who have not moved in yet."""
        return frozenset(self.subjects) - frozenset(self.claimed)

    def is_past_claim(self, now: datetime) -> bool:
        """Say whether the last day of a claim has ended."""
        return self.is_certificate and day_in_japan(now).isoformat() > self.last_claim_on


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """The days of a certificate (see ``rules/custody.toml``)."""

    claim_days: int
    claim_days_after_move: int
    kept_days: int
    answer_claim_days: int
    answer_kept_days: int
    days_after_claim: int
    most_days_ahead: int

    def last_claim_on(self, planned_on: date, answered_on: date | None = None) -> date:
        """Give the last day on which a certificate may be claimed, or an answer sent on a day."""
        last = planned_on + self.claim_days * _DAY
        return max(last, answered_on + self.answer_claim_days * _DAY) if answered_on else last

    def gone_at(self, planned_on: date, answered_on: date | None = None) -> datetime:
        """Give the instant at which what is unclaimed is gone: the last day it is kept has ended."""
        last = planned_on + self.kept_days * _DAY
        if answered_on:
            last = max(last, answered_on + self.answer_kept_days * _DAY)
        return datetime.combine(last + _DAY, time(), JST)

    def due_after_claim(self, processed_at: datetime, gone_at: datetime) -> datetime:
        """Give when a claimed certificate goes; never later than had nobody claimed it."""
        return min(processed_at + self.days_after_claim * _DAY, gone_at)

    def wrong_plan(self, planned_on: date, now: datetime, *, is_answer: bool) -> str | None:
        """Give why no certificate with this planned date is taken (a code), or nothing.

        What was asked for may be of any day in the past: the people have moved in already.
        """
        today = day_in_japan(now)
        if planned_on > today + self.most_days_ahead * _DAY:
            return "planned-too-far"
        if is_answer:
            return None
        return "planned-too-long-ago" if self.last_claim_on(planned_on) < today else None

    def late_claim(self, cover: Cover, moved_on: date, asked_at: datetime) -> str | None:
        """Give why a claim comes too late (a code), or nothing.

        What counts is the day on which the notice came in, not the one on which it is processed.
        Before an answer was asked for its people had moved in and said so (24の2⑤): the days from
        the move were theirs, and do not count here.
        """
        if cover.is_past_claim(asked_at):
            return "claim-too-late"
        last = moved_on + self.claim_days_after_move * _DAY
        is_late = not cover.answered_on and day_in_japan(asked_at) > last
        return "claim-after-move-days" if is_late else None


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """The days of any other letter (see ``rules/custody.toml``)."""

    days_after_acknowledgement: int
    undelivered_days: int

    def gives_up_at(self, received_at: datetime) -> datetime:
        """Give when a notice goes that nobody fetched."""
        return received_at + self.undelivered_days * _DAY

    def due_at(self, acknowledged_at: datetime) -> datetime:
        """Give when a notice goes that its recipient has confirmed."""
        return acknowledged_at + self.days_after_acknowledgement * _DAY


def read_certificate_terms(row: Mapping[str, Any]) -> CertificateTerms:
    """Read the ``[certificate]`` table."""
    return CertificateTerms(**{key: value for key, value in row.items() if key != "source"})


def read_notice_terms(row: Mapping[str, Any]) -> NoticeTerms:
    """Read the ``[notice]`` table."""
    return NoticeTerms(**{key: value for key, value in row.items() if key != "source"})
