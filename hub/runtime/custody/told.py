"""Tells senders of payloads that go before somebody had them: not fetched, or never mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.custody.payloads import Kind
from hub.ledger.record import Kind as RecordKind
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.outcome import receipt_pages
from hub.runtime.quarantine import Closing, closing
from hub.runtime.views import Views
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.reasons import because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hub.bus.port import Batch, Delivered, Record
    from hub.custody.payloads import Doom, Unit
    from hub.runtime.hub import Hub


def give_up(hub: Hub, unit: Unit, unread: Iterable[Batch], now: datetime) -> None:
    """Move a recipient's position past records it never fetched, and tell their senders.

    They count as acknowledged on their own day, so that they are due at once. Raises
    ``FencedError`` where the recipient fetches them in this moment: it has them then.
    """
    for batch in unread:
        member = hub.bus.join(batch.group, [batch.topic])
        recipient = batch.group.partition(".")[2]
        told = [_undelivered(record, recipient) for record in batch.records]
        mark = hub.lives.mark(batch.topic, batch.partition, batch.end, unit.ended_at)
        member.commit(batch, [*receipt_pages(told, rfc3339(now)), mark])
        member.close()


def discard_expired(hub: Hub, unit: Unit, doom: Doom) -> list[Record]:
    """Give what takes out of quarantine what nobody took out in time, and tells its senders."""
    if unit.kind is not Kind.QUARANTINE:
        return []
    (end,) = doom.ends[topics.quarantine().name]
    views = Views(hub.home.views, hub.bus, hub.home.path)
    expired = [note for note, position in views.waiting() if position < end]
    views.close()
    reason = because("quarantine-expired")
    closed = Closing(reason.code, RecordKind.DISCARD, reason=reason)
    return [record for note in expired for record in closing(hub, note, closed)]


def _undelivered(record: Delivered, recipient: str) -> Receipt:
    headers = dict(record.headers)
    reason = because("undelivered")
    identifier, source = headers["ce_message"].decode(), headers["ce_source"].decode()
    return Receipt(identifier, source, recipient, reason.code, None, reason)
