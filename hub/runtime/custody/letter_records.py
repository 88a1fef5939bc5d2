"""What the bus is told of letters: ledger lines, a line for each person, and receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.ledger.page import Scribe, requested_at
from hub.ledger.record import Entry, Kind
from hub.routing.release import rejected_receipt
from hub.routing.values import Receipt
from hub.runtime.outcome import ledger_pages, receipt_pages
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import File
    from hub.intake.values import Rejected
    from hub.rules.model import Rule
    from hub.runtime.hub import Hub
    from hub.vocabulary.reasons import Reason


def provision(
    hub: Hub, file: File, rule: Rule, items: Sequence[str], at: datetime
) -> tuple[list[Record], int]:
    """Give the records of a permitted letter, and how many provisions they are: one a person."""
    given = Entry(
        kind=Kind.PROVISION,
        id=file.id,
        record=hub.mint(),
        feed=file.feed,
        sender=file.sender,
        recipient=file.recipient,
        at=rfc3339(at),
        requested_at=requested_at(file.id),
        method=rule.method,
        reason=rule.purpose,
        task=rule.task,
        basis=rule.basis,
        rule=rule.id,
        catalogue=hub.books.catalogue.digest,
        items=tuple(items),
        content=file.content,
        code="released",
    )
    lines = _of_each_person(given, file)
    return [*ledger_pages(lines), *receipt(file, "released", at, rule.id)], len(lines)


def refusal(hub: Hub, file: File, reason: Reason, at: datetime) -> list[Record]:
    """Give the records of a letter that goes no further: refused, or the repeat of another."""
    kind = Kind.DUPLICATE if reason.code == "duplicate" else Kind.REFUSAL
    given = Entry(
        kind=kind,
        id=file.id,
        feed=file.feed,
        sender=file.sender,
        recipient=file.recipient or None,
        at=rfc3339(at),
        requested_at=requested_at(file.id),
        catalogue=hub.books.catalogue.digest,
        code=reason.code,
    )
    lines = _of_each_person(given, file)
    return [*ledger_pages(lines), *receipt(file, reason.code, at, None, reason)]


def rejection(hub: Hub, feed: str, rejected: Rejected, at: datetime) -> list[Record]:
    """Give the records of a line whose format is wrong: quarantined, sealed, with its reason."""
    scribe = Scribe(hub.books.letters[feed].sheet, hub.books.catalogue.digest)
    lines = scribe.page([], [], [rejected], rfc3339(at))
    return [
        *ledger_pages(lines),
        *receipt_pages([rejected_receipt(rejected)], rfc3339(at)),
        hub.clerk.quarantine_record(feed, rejected, at),
    ]


def receipt(
    file: File, code: str, at: datetime, rule: str | None, reason: Reason | None = None
) -> list[Record]:
    """Give the receipt of one step of a letter on its leg."""
    given = Receipt(file.id, file.sender, file.recipient or None, code, rule, reason)
    return receipt_pages([given], rfc3339(at))


def _of_each_person(entry: Entry, file: File) -> list[bytes]:
    """Give an entry as a line for each person a letter is about."""
    subjects = file.cover.subjects if file.cover else ()
    return [replace(entry, subject=subject).to_line() for subject in subjects]
