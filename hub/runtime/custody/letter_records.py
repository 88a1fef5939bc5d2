"""What the bus is told of letters: ledger lines, a line for each person, and receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.ledger.page import Scribe, requested_at
from hub.ledger.record import Entry, Kind
from hub.routing.release import rejected_receipt
from hub.runtime.custody.records import about, receipt
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
    given = replace(
        _entry(hub, file, Kind.PROVISION, "released", at),
        record=hub.mint(),
        method=rule.method,
        reason=rule.purpose,
        task=rule.task,
        basis=rule.basis,
        rule=rule.id,
        items=tuple(items),
        content=file.content,
    )
    lines = _of_each_person(given, file)
    return [*ledger_pages(lines), *receipt(file, "released", at, rule.id)], len(lines)


def refusal(hub: Hub, file: File, reason: Reason, at: datetime) -> list[Record]:
    """Give the records of a letter that goes no further: refused, or the repeat of another."""
    kind = Kind.DUPLICATE if reason.code == "duplicate" else Kind.REFUSAL
    lines = _of_each_person(_entry(hub, file, kind, reason.code, at), file)
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


def _entry(hub: Hub, file: File, kind: Kind, code: str, at: datetime) -> Entry:
    """Give what every line about a letter says: its parties, its times, by which catalogue."""
    digest = hub.books.catalogue.digest
    line = about(file, kind, code, at)
    return replace(line, requested_at=requested_at(file.id), catalogue=digest)


def _of_each_person(entry: Entry, file: File) -> list[bytes]:
    """Give an entry as a line for each person a letter is about."""
    subjects = file.cover.subjects if file.cover else ()
    return [replace(entry, subject=subject).to_line() for subject in subjects]
