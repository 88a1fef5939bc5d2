"""Which days count for a letter: a certificate's own, or those of the answer to a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from hub.runtime.custody import letters
from hub.vocabulary.clock import day_in_japan

if TYPE_CHECKING:
    from datetime import datetime

    from hub.custody.certificate_life import Cover
    from hub.custody.states import File


def dated(file: File, now: datetime, *, is_answer: bool) -> File:
    """Give a letter with its days, as of now: to when it may be claimed, when it is given up.

    ``is_answer`` says that it is a certificate which was asked for (住民基本台帳法24の2⑥).
    """
    cover = file.cover
    if cover is None or not cover.is_certificate:
        return replace(file, gives_up_at=letters.notice_terms().gives_up_at(now))
    terms, planned_on = letters.certificate_terms(), date.fromisoformat(cover.planned_on)
    answered_on = day_in_japan(now) if is_answer else None
    cover = replace(
        cover,
        last_claim_on=terms.last_claim_on(planned_on, answered_on).isoformat(),
        answered_on=answered_on.isoformat() if answered_on else "",
    )
    return replace(file, cover=cover, gives_up_at=terms.gone_at(planned_on, answered_on))


def wrong_plan(cover: Cover, at: datetime, *, is_answer: bool) -> str | None:
    """Give why a certificate with its planned date is not taken (a code), or nothing."""
    if not cover.is_certificate:
        return None
    planned_on = date.fromisoformat(cover.planned_on)
    return letters.certificate_terms().wrong_plan(planned_on, at, is_answer=is_answer)
