"""Hands a recipient what it may read, opened, in order, and notes what it acknowledges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hub.bus.port import Batch
from hub.errors import SurroundingsError, UsageError
from hub.routing.values import Receipt
from hub.runtime import topics
from hub.runtime.outcome import receipt_pages
from hub.sealing.envelope import open_record
from hub.sealing.errors import EnvelopeError, ForgedAnnouncementError
from hub.vocabulary.clock import rfc3339
from hub.vocabulary.feeds import UnreadableRecordError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.bus.port import Delivered
    from hub.runtime.hub import Hub
    from hub.sealing.envelope import Opened
    from hub.vocabulary.organisations import Organisation

_AT_ONCE = 500


class Delivery(NamedTuple):
    """One record as its recipient gets it."""

    message_id: str
    feed: str
    sender: str
    rule: str
    basis: dict[str, str | None] | None
    items: dict[str, Any]

    def __repr__(self) -> str:
        return f"Delivery({self.message_id})"

    def to_dict(self) -> dict[str, Any]:
        """Give the record as ``hub receive`` prints it."""
        return {
            "id": self.message_id,
            "feed": self.feed,
            "from": self.sender,
            "basis": self.basis,
            "rule": self.rule,
            "items": self.items,
        }


class Handover(NamedTuple):
    """Some deliveries of one partition.

    ``ends`` holds the offset after each delivery's record.
    """

    batch: Batch
    deliveries: list[Delivery]
    ends: list[int]

    @property
    def unopened(self) -> int:
        """Count the records that did not open."""
        return len(self.batch.records) - len(self.deliveries)


class StaleCursorError(UsageError):
    """What is to be acknowledged does not begin where its recipient stands."""


class Counter:
    """Where one recipient fetches one feed."""

    def __init__(self, hub: Hub, feed: str, recipient: Organisation) -> None:
        self._hub = hub
        self._feed = hub.desk(feed).feed
        self._recipient = recipient
        self._topic = topics.release(feed, recipient.id).name
        self._group = f"receive.{recipient.id}"
        self._member = hub.bus.join(self._group, [self._topic])
        self._keyring = hub.keyring(recipient.id)
        self._rules = {rule.id: rule for rule in hub.books.catalogue.rules}

    @property
    def partitions(self) -> int:
        """Give the number of partitions of the feed."""
        return self._hub.bus.partitions(self._topic)

    def fetch(self, most: int | None = None) -> Iterator[Handover]:
        """Yield what waits, partition by partition, in order, up to so many records."""
        room = most
        for partition in range(self.partitions):
            position = self.position(partition)
            while room is None or room > 0:
                count = _AT_ONCE if room is None else min(_AT_ONCE, room)
                records = self._hub.bus.follow(self._topic, partition, position, count)
                if not records:
                    break
                batch = Batch(self._group, self._topic, partition, position, records)
                position = batch.end
                room = None if room is None else room - len(records)
                yield self._open(batch)

    def ahead(self, partition: int, given: int, most: int) -> Handover | None:
        """Give up to so many records from offset ``given`` on, to one who has not acknowledged all.

        Its batch begins where the recipient stands, so it is for cursors alone: what is acknowledged
        by one is what ``up_to`` gives. Nothing where none wait.
        """
        position = self.position(partition)
        begin = max(given, position)
        records = self._hub.bus.follow(self._topic, partition, begin, most)
        batch = Batch(self._group, self._topic, partition, position, records)
        return self._open(batch) if records else None

    def up_to(self, partition: int, start: int, end: int) -> Handover | None:
        """Give what is not acknowledged yet of the records from ``start`` up to but not with ``end``.

        Nothing where all of them are; raises ``StaleCursorError`` where the recipient stands before
        ``start``, or no record ends at ``end``.
        """
        position = self.position(partition)
        if position >= end:
            return None
        records: list[Delivered] = []
        if start <= position:
            records += self._hub.bus.follow(self._topic, partition, position, _AT_ONCE)
        records = [record for record in records if record.offset < end]
        if not records or records[-1].offset + 1 != end:
            raise StaleCursorError(
                "この cursor は古いか、途中のものです。records からやり直してください"
                " / this cursor is old or torn: begin again with records"
            )
        return self._open(Batch(self._group, self._topic, partition, position, records))

    def position(self, partition: int) -> int:
        """Give the offset after the last record of a partition that was acknowledged."""
        return self._hub.bus.position(self._group, self._topic, partition)

    def positions(self) -> list[int]:
        """Give the same of every partition, asked at once."""
        found = self._hub.bus.positions(self._group, self._topic)
        return [found.get(partition, 0) for partition in range(self.partitions)]

    def acknowledge(self, handover: Handover) -> None:
        """Note that the recipient has these records; the next fetch begins after them."""
        receipts = [
            Receipt(
                delivery.message_id,
                delivery.sender,
                self._recipient.id,
                "acknowledged",
                delivery.rule,
                None,
            )
            for delivery in handover.deliveries
        ]
        now, batch = self._hub.clock.now(), handover.batch
        mark = self._hub.lives.mark(batch.topic, batch.partition, batch.end, now)
        self._member.commit(batch, [*receipt_pages(receipts, rfc3339(now)), mark])

    def _open(self, batch: Batch) -> Handover:
        # Whoever reads for long must not keep what was destroyed meanwhile.
        self._keyring.refresh()
        found = [(self._delivery(record), record.offset + 1) for record in batch.records]
        opened = [(delivery, end) for delivery, end in found if delivery]
        return Handover(batch, [each for each, _ in opened], [end for _, end in opened])

    def _delivery(self, record: Delivered) -> Delivery | None:
        """Open one record; nothing where it is not one the hub sealed for this recipient."""
        try:
            opened = open_record(record.headers, record.value, self._keyring)
        except (EnvelopeError, ForgedAnnouncementError, KeyError):
            return None
        try:
            return self._read(opened)
        except UnreadableRecordError:
            return None

    def _read(self, opened: Opened) -> Delivery:
        try:
            payload = self._feed.upgrade(opened.payload, opened.schema)
        except KeyError:
            # The hub sealed it: whoever acknowledged it unread would lose it.
            raise SurroundingsError(
                "このプログラムより新しい形式の記録があります。juki-hub を新しくしてください"
                " / a record is of a newer form than this program knows: install the newer juki-hub"
            ) from None
        values = self._feed.open(payload).values
        rule = self._rules.get(opened.purpose)
        return Delivery(
            opened.message_id,
            self._feed.name,
            opened.source,
            opened.purpose,
            rule.basis.to_dict() if rule else None,
            self._feed.named(values),
        )
