"""What the bus is told of files: ledger lines and receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.ledger.page import requested_at
from hub.ledger.record import Entry, Kind
from hub.routing.values import Receipt
from hub.runtime.outcome import ledger_pages, receipt_pages
from hub.vocabulary.clock import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from hub.bus.port import Record
    from hub.custody.states import File
    from hub.rules.model import Decision
    from hub.vocabulary.reasons import Reason


def provision(
    file: File, decision: Decision, catalogue: str, record_id: str, at: datetime
) -> list[Record]:
    """Give the records of a permitted file: the provision and the sender's receipt.

    Raises ``ValueError`` for a decision that permits nothing.
    """
    rule = decision.rule
    if rule is None:
        raise ValueError("a provision has its rule")
    entry = replace(
        about(file, Kind.PROVISION, "released", at),
        record=record_id,
        requested_at=requested_at(file.id),
        method=rule.method,
        reason=rule.purpose,
        task=rule.task,
        basis=rule.basis,
        rule=rule.id,
        catalogue=catalogue,
        items=decision.items,
        content=file.content,
    )
    return [*ledger_pages([entry.to_line()]), *receipt(file, "released", at, rule.id)]


def refusal(file: File, reason: Reason, catalogue: str, at: datetime) -> list[Record]:
    """Give the records of a file that goes no further: the refusal and the sender's receipt."""
    entry = replace(
        about(file, Kind.REFUSAL, reason.code, at),
        requested_at=requested_at(file.id),
        catalogue=catalogue,
    )
    return [*ledger_pages([entry.to_line()]), *receipt(file, reason.code, at, None, reason)]


def erasure(file: File, code: str, at: datetime) -> bytes:
    """Give the ledger line that certifies an erasure; ``code`` says why the file went."""
    entry = replace(
        about(file, Kind.ERASURE, code, at),
        requested_at=requested_at(file.id),
        content=file.content or None,
        count=file.chunks,
    )
    return entry.to_line()


def hold(file: File, kind: Kind, code: str, operators: Sequence[str], at: datetime) -> list[Record]:
    """Give the ledger line of a hold or its end; both operators stand in it, joined by a plus."""
    entry = replace(about(file, kind, code, at), operator="+".join(operators))
    return ledger_pages([entry.to_line()])


def about(file: File, kind: Kind, code: str, at: datetime) -> Entry:
    """Give what every line about a file or letter says: which, whose, when, and what of it."""
    return Entry(
        kind=kind,
        id=file.id,
        feed=file.feed,
        sender=file.sender,
        # A move-in notice that found no certificate has none.
        recipient=file.recipient or None,
        at=rfc3339(at),
        code=code,
    )


def receipt(
    file: File, code: str, at: datetime, rule: str | None = None, reason: Reason | None = None
) -> list[Record]:
    """Give the receipt of one step of a file or letter on its leg."""
    given = Receipt(file.id, file.sender, file.recipient or None, code, rule, reason)
    return receipt_pages([given], rfc3339(at))
