"""Which certificates a move-in notice claims, and why it claims none. Pure.

People are matched by a keyed digest of their 住民票コード, never by a name: of several certificates that
are about somebody the newest counts. A notice claims for all the people it names, or for nobody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from hub.custody.certificate_life import Cover
from hub.custody.events import Event
from hub.custody.machine import is_certificate, may_be_claimed
from hub.custody.states import Cause, State, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from hub.custody.certificate_life import CertificateTerms
    from hub.custody.states import Custody


class Claim(NamedTuple):
    """A certificate and those of its people (digests) who have moved in."""

    certificate: Custody
    subjects: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Claim({self.certificate.file.id}, {len(self.subjects)} people)"


def addressed_to(
    files: Iterable[Custody], recipient: str, subjects: Iterable[str]
) -> list[Custody]:
    """Give the certificates for a municipality that are about any of these people, oldest first."""
    wanted = set(subjects)
    return [
        each
        for each in files
        if is_certificate(each)
        and each.file.recipient == recipient
        and not wanted.isdisjoint(cover_of(each).subjects)
    ]


def claims(certificates: Sequence[Custody], subjects: Iterable[str]) -> list[Claim] | str:
    """Give what a notice about these people claims of the certificates, or why nothing (a code)."""
    found: dict[str, Claim] = {}
    for subject in subjects:
        about = [each for each in certificates if subject in cover_of(each).subjects]
        open_ = [
            each for each in about if may_be_claimed(each) and subject in cover_of(each).unclaimed
        ]
        if not open_:
            return _why_none(about, subject)
        newest = open_[-1]
        before = found.get(newest.file.id, Claim(newest, ()))
        found[newest.file.id] = Claim(newest, (*before.subjects, subject))
    return list(found.values())


def too_late(
    claimed: Iterable[Claim], terms: CertificateTerms, moved_on: date, asked_at: datetime
) -> str | None:
    """Give why any of these claims comes too late (a code), or nothing."""
    codes = (terms.late_claim(cover_of(each.certificate), moved_on, asked_at) for each in claimed)
    return next((code for code in codes if code), None)


def claim_event(claim: Claim, terms: CertificateTerms, now: datetime) -> Event:
    """Give the step of a claim: the last of its people makes the certificate ``claimed``."""
    file = claim.certificate.file
    cover = cover_of(claim.certificate)
    cover = replace(cover, claimed=(*cover.claimed, *claim.subjects))
    if cover.unclaimed:
        step = Step(claim.certificate.state, now, Cause.MOVED_IN)
    else:
        due_at = terms.due_after_claim(now, file.gives_up_at)
        step = Step(State.CLAIMED, now, Cause.MOVED_IN, due_at)
    return Event(file.id, step, replace(file, cover=cover))


def cover_of(custody: Custody) -> Cover:
    """Give the cover of a letter; a file that is no letter has an empty one."""
    return custody.file.cover or Cover((), "")


def _why_none(about: Sequence[Custody], subject: str) -> str:
    if not about:
        return "no-certificate"
    newest = about[-1]
    if subject in cover_of(newest).claimed:
        return "already-claimed"
    if newest.state is State.HELD:
        return "certificate-held"
    ended = {step.cause for step in newest.steps}
    if Cause.UNCLAIMED in ended:
        return "certificate-expired"
    return "no-certificate"
