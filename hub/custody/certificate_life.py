"""How long a transfer-out certificate may be claimed and kept, and how long a notice. Pure.

Days are days in Japan, counted from the planned date D of the move out (施行令24の2①二, 24の4): a
claim is in time through D+30 and through the 14th day after the move in; what nobody claimed is gone
when D+31 has ended. All numbers come from ``rules/custody.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hub.vocabulary.clock import JST

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cover:
    """What is known of a letter unopened. Its digests are keyed (hex); it names nobody.

    ``subjects`` are the people it is about, ``claimed`` those of them who have moved in; ``content``
    tells a repeat; ``rule`` is the row that released it; ``answers`` the ids of the letters that
    called for it. A certificate has ``planned_on`` and ``last_claim_on`` (YYYY-MM-DD).
    """

    subjects: tuple[str, ...] = field(repr=False)
    content: str = field(repr=False)
    planned_on: str = ""
    last_claim_on: str = ""
    claimed: tuple[str, ...] = field(default=(), repr=False)
    rule: str = ""
    answers: tuple[str, ...] = ()

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
        return self.is_certificate and _day(now).isoformat() > self.last_claim_on


@dataclass(frozen=True, slots=True)
class CertificateTerms:
    """The days of a certificate (see ``rules/custody.toml``)."""

    claim_days: int
    claim_days_after_move: int
    kept_days: int
    days_after_claim: int
    most_days_ahead: int

    def last_claim_on(self, planned_on: date) -> date:
        """Give the last day on which a certificate may be claimed."""
        return planned_on + self.claim_days * _DAY

    def gone_at(self, planned_on: date) -> datetime:
        """Give the instant at which an unclaimed certificate is gone: its last day has ended."""
        return datetime.combine(planned_on + (self.kept_days + 1) * _DAY, time(), JST)

    def due_after_claim(self, processed_at: datetime, gone_at: datetime) -> datetime:
        """Give when a claimed certificate goes; never later than had nobody claimed it."""
        return min(processed_at + self.days_after_claim * _DAY, gone_at)

    def wrong_plan(self, planned_on: date, now: datetime) -> str | None:
        """Give why no certificate with this planned date is taken (a code), or nothing."""
        today = _day(now)
        if planned_on > today + self.most_days_ahead * _DAY:
            return "planned-too-far"
        return "planned-too-long-ago" if self.last_claim_on(planned_on) < today else None

    def late_claim(self, cover: Cover, moved_on: date, asked_at: datetime) -> str | None:
        """Give why a claim comes too late (a code), or nothing.

        What counts is the day on which the notice came in, not the one on which it is processed.
        """
        if cover.is_past_claim(asked_at):
            return "claim-too-late"
        last = moved_on + self.claim_days_after_move * _DAY
        return "claim-after-move-days" if _day(asked_at) > last else None


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


def _day(instant: datetime) -> date:
    return instant.astimezone(JST).date()
