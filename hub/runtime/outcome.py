"""The records by which an outcome reaches the bus: releases, ledger page, receipts, quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import orjson

from hub.bus.port import Record
from hub.routing.release import (
    baseline_receipt,
    refused_receipt,
    rejected_receipt,
    released_receipt,
)
from hub.runtime import topics
from hub.sealing.envelope import Attributes
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from hub.intake.values import Notice, Rejected
    from hub.routing.values import Receipt, Refusal, Release
    from hub.runtime.desk import Desk
    from hub.sealing.sealer import Sealer

HUB = "hub"
# Well under the megabyte that a Kafka broker takes by default.
_PAGE_BYTES = 500_000


class Outcome(NamedTuple):
    """What became of a batch, to be committed whole."""

    releases: list[Release]
    refusals: list[Refusal]
    rejected: list[Rejected]
    baseline: list[Notice]

    def __repr__(self) -> str:
        return f"Outcome({len(self.releases)} releases, {len(self.rejected)} rejected)"


class Clerk:
    """Writes outcomes as records of the bus."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def records(self, desk: Desk, outcome: Outcome, now: datetime) -> list[Record]:
        """Give the records of an outcome at an instant."""
        at = rfc3339(now)
        lines = desk.scribe.page(outcome.releases, outcome.refusals, outcome.rejected, at)
        return [
            *(_release_record(desk.feed.name, release) for release in outcome.releases),
            *ledger_pages(lines),
            *_pages(topics.receipts().name, _receipt_lines(outcome, at)),
            *(
                self.quarantine_record(desk.feed.name, rejected, now)
                for rejected in outcome.rejected
                if rejected.is_quarantined
            ),
        ]

    def quarantine_record(self, feed: str, rejected: Rejected, now: datetime) -> Record:
        """Give the record that holds a rejected message for an operator, sealed for the hub."""
        attributes = Attributes(type="quarantine", request=rejected.form)
        template = self._sealer.template(HUB, HUB, attributes, now)
        note = orjson.dumps(
            {
                "event": "opened",
                "id": rejected.message_id,
                "feed": feed,
                "from": rejected.sender,
                "at": rfc3339(now),
                "reason": rejected.reason.to_dict(),
                "request": rejected.request.spell() if rejected.request else "",
            }
        )
        # Sealed with the message too: the header is not bound, so it is for looking only.
        plaintext = note + b"\n" + rejected.stored
        headers, value = template.seal(rejected.message_id, rejected.message_id, plaintext)
        return Record(topics.quarantine().name, None, value, (*headers, ("quarantine", note)))


def _release_record(feed: str, release: Release) -> Record:
    topic = topics.release(feed, release.leg.recipient.id).name
    return Record(topic, release.notice.subject, release.value, release.headers)


def _receipt_lines(outcome: Outcome, at: str) -> list[bytes]:
    others = [
        *map(refused_receipt, outcome.refusals),
        *map(rejected_receipt, outcome.rejected),
        *map(baseline_receipt, outcome.baseline),
    ]
    return _released_lines(outcome.releases, at) + [_line(receipt, at) for receipt in others]


def _released_lines(releases: Iterable[Release], at: str) -> list[bytes]:
    """Give the receipts of releases, which on one leg differ in nothing but the message's id."""
    endings: dict[int, bytes] = {}
    lines = []
    for release in releases:
        message_id = release.notice.message_id.encode()
        leg = id(release.leg)
        if leg not in endings:
            whole = _line(released_receipt(release), at)
            endings[leg] = whole.removeprefix(b'{"id":"%b"' % message_id)
        lines.append(b'{"id":"%b"%b' % (message_id, endings[leg]))
    return lines


def _line(receipt: Receipt, at: str) -> bytes:
    return orjson.dumps(receipt.to_dict(at))


def ledger_pages(lines: Sequence[bytes]) -> list[Record]:
    """Give ledger lines as pages: lines joined by newlines, in records a broker takes."""
    return _pages(topics.ledger().name, lines)


def receipt_pages(receipts: Iterable[Receipt], at: str) -> list[Record]:
    """Give receipts as pages of JSON lines."""
    return _pages(topics.receipts().name, [_line(receipt, at) for receipt in receipts])


def _pages(topic: str, lines: Iterable[bytes]) -> list[Record]:
    """Give lines, joined by newlines, in records that a broker takes."""
    pages: list[list[bytes]] = []
    room = 0
    for line in lines:
        if room < len(line):
            pages.append([])
            room = _PAGE_BYTES
        pages[-1].append(line)
        room -= len(line) + 1
    return [Record(topic, None, b"\n".join(page)) for page in pages]
