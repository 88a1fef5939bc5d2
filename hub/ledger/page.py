"""Turns what became of a batch into ledger lines: one for each release, refusal and rejection.

The lines of a batch are one page, committed in the same transaction as its releases. In a page,
a line stands in the order of releases, aliases, refusals, rejections; within each, of arrival.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.ledger.record import Entry, Kind
from hub.ledger.template import EntryTemplate
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.ids import minted_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.intake.values import Rejected
    from hub.routing.values import Refusal, Release
    from hub.rules.model import Leg
    from hub.vocabulary.feeds import Feed

_KIND_OF_CODE = {"duplicate": Kind.DUPLICATE, "superseded": Kind.REFUSAL}


class Scribe:
    """Writes the ledger lines of one feed under one catalogue."""

    def __init__(self, feed: Feed, catalogue_digest: str) -> None:
        self._feed = feed
        self._catalogue = catalogue_digest

    def page(
        self,
        releases: Iterable[Release],
        refusals: Iterable[Refusal],
        rejected: Iterable[Rejected],
        at: str,
    ) -> list[bytes]:
        """Give the lines of a batch at an instant (RFC 3339)."""
        releases = list(releases)
        lines = self._provisions(releases, at)
        lines += self._aliases(releases, at)
        lines += [self._refusal(refusal, at) for refusal in refusals]
        lines += [self._rejection(each, at) for each in rejected]
        return lines

    def _provisions(self, releases: Iterable[Release], at: str) -> list[bytes]:
        templates: dict[tuple[int, int], EntryTemplate] = {}
        lines = []
        for release in releases:
            # Legs live as long as the batch, so their identity tells them apart.
            kind = (id(release.leg), release.mask)
            template = templates.get(kind)
            if template is None:
                entry = self._provision(release.leg, release.mask, at)
                template = templates[kind] = EntryTemplate(entry)
            message_id = release.notice.message_id
            lines.append(
                template.line(
                    message_id,
                    release.record_id,
                    requested_at(message_id),
                    release.notice.subject.hex(),
                    hashlib.sha256(release.value).hexdigest(),
                )
            )
        return lines

    def _aliases(self, releases: Iterable[Release], at: str) -> list[bytes]:
        """Give two lines for each notice that bears another code than its resident's first.

        One under each code's digest, with the notice's id: whoever asks by either finds what is
        recorded under the other. They stand beside the provisions, so they are kept as long.
        """
        notices = {
            release.notice.message_id: release.notice
            for release in releases
            if release.notice.alias
        }
        return [
            Entry(
                kind=Kind.ALIAS,
                id=notice.message_id,
                feed=self._feed.name,
                sender=notice.sender,
                at=at,
                requested_at=requested_at(notice.message_id),
                subject=subject.hex(),
                code="alias",
                item="住民票コード",
            ).to_line()
            for notice in notices.values()
            for subject in (notice.subject, notice.alias)
            if subject
        ]

    def _provision(self, leg: Leg, mask: int, at: str) -> Entry:
        """Give what the provisions of one leg and one set of items share."""
        rule = leg.decision.rule
        if rule is None:
            raise ValueError("a provision needs its rule")
        return Entry(
            kind=Kind.PROVISION,
            id="",
            feed=self._feed.name,
            sender=leg.provider.id,
            recipient=leg.recipient.id,
            at=at,
            method=rule.method,
            reason=rule.purpose,
            task=rule.task,
            basis=rule.basis,
            rule=rule.id,
            catalogue=self._catalogue,
            items=self._feed.present_names(mask),
            code="released",
        )

    def _refusal(self, refusal: Refusal, at: str) -> bytes:
        notice, leg = refusal.notice, refusal.leg
        return Entry(
            kind=Kind.REFUSAL,
            id=notice.message_id,
            feed=self._feed.name,
            sender=leg.provider.id if leg else notice.sender,
            # A body that is not known is not named: what was asked for may be any text.
            recipient=leg.recipient.id if leg else None,
            at=at,
            requested_at=requested_at(notice.message_id),
            catalogue=self._catalogue,
            subject=notice.subject.hex(),
            code=refusal.reason.code,
        ).to_line()

    def _rejection(self, rejected: Rejected, at: str) -> bytes:
        reason = rejected.reason
        return Entry(
            kind=_KIND_OF_CODE.get(reason.code, Kind.QUARANTINE),
            id=rejected.message_id,
            feed=self._feed.name,
            sender=rejected.sender,
            at=at,
            requested_at=requested_at(rejected.message_id),
            subject=rejected.subject.hex() if rejected.subject else None,
            code=reason.code,
            item=reason.item,
        ).to_line()


def requested_at(message_id: str) -> str:
    """Give when a message was asked for (RFC 3339), from its id."""
    return _instant_of(message_id[:13])


@lru_cache(maxsize=4096)
def _instant_of(first13: str) -> str:
    # Ids of one millisecond share these characters, and a batch shares few milliseconds.
    return rfc3339(minted_at(first13))
