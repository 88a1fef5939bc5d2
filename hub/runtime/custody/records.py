"""What the bus is told of files: ledger lines and receipts."""

from __future__ import annotations

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
    entry = Entry(
        kind=Kind.PROVISION,
        id=file.id,
        record=record_id,
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
        catalogue=catalogue,
        items=decision.items,
        content=file.content,
        code="released",
    )
    return [*ledger_pages([entry.to_line()]), *_receipt(file, "released", at, rule.id)]


def refusal(file: File, reason: Reason, catalogue: str, at: datetime) -> list[Record]:
    """Give the records of a file that goes no further: the refusal and the sender's receipt."""
    entry = Entry(
        kind=Kind.REFUSAL,
        id=file.id,
        feed=file.feed,
        sender=file.sender,
        recipient=file.recipient,
        at=rfc3339(at),
        requested_at=requested_at(file.id),
        catalogue=catalogue,
        code=reason.code,
    )
    return [*ledger_pages([entry.to_line()]), *_receipt(file, reason.code, at, None, reason)]


def handed_over(file: File, code: str, rule: str | None, at: datetime) -> list[Record]:
    """Give the receipt of a file that was sent or acknowledged."""
    return _receipt(file, code, at, rule)


def erasure(file: File, code: str, at: datetime) -> bytes:
    """Give the ledger line that certifies an erasure; ``code`` says why the file went."""
    return Entry(
        kind=Kind.ERASURE,
        id=file.id,
        feed=file.feed,
        sender=file.sender,
        # A move-in notice that found no certificate has none.
        recipient=file.recipient or None,
        at=rfc3339(at),
        requested_at=requested_at(file.id),
        content=file.content or None,
        count=file.chunks,
        code=code,
    ).to_line()


def undelivered(file: File, reason: Reason, at: datetime) -> list[Record]:
    """Give the receipt that tells a sender of a file nobody fetched."""
    return _receipt(file, reason.code, at, None, reason)


def hold(file: File, kind: Kind, code: str, operators: Sequence[str], at: datetime) -> list[Record]:
    """Give the ledger line of a hold or its end; both operators stand in it, joined by a plus."""
    entry = Entry(
        kind=kind,
        id=file.id,
        feed=file.feed,
        sender=file.sender,
        recipient=file.recipient,
        at=rfc3339(at),
        code=code,
        operator="+".join(operators),
    )
    return ledger_pages([entry.to_line()])


def _receipt(
    file: File, code: str, at: datetime, rule: str | None, reason: Reason | None = None
) -> list[Record]:
    receipt = Receipt(file.id, file.sender, file.recipient, code, rule, reason)
    return receipt_pages([receipt], rfc3339(at))
