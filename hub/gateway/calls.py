"""What a caller may ask of the hub, as functions of a room: no HTTP here.

Each is run in a thread of the pool (``hub.gateway.pool``) for a party that its certificate names.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NamedTuple

from hub.gateway.cursor import Cursor
from hub.runtime.slip_submission import SlipSubmission
from hub.runtime.submission import Submission
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from hub.gateway.caller import Caller
    from hub.gateway.pool import Room
    from hub.intake.decode import Encoding
    from hub.runtime.delivery import Handover

MOST_RECORDS = 500


class Sent(NamedTuple):
    """A body of lines: of which feed, for whom, in which encoding, as an initial load or not."""

    feed: str
    asked: str | None
    encoding: Encoding
    baseline: bool

    def request(self, room: Room) -> Request:
        """Give what is asked for; raises ``UsageError`` for a recipient that is not known."""
        return Request(room.hub.body(self.asked).id if self.asked else None, self.baseline)


class Records(NamedTuple):
    """Some records of one partition, opened, and the cursor to acknowledge all of them by.

    Each bears a cursor of its own, which acknowledges it and those before it.
    """

    records: list[dict[str, Any]]
    cursor: str | None
    unopened: int


NOTHING = Records([], None, 0)


def submit(
    room: Room, caller: Caller, sent: Sent, slip: str, stream: IO[bytes]
) -> list[dict[str, Any]]:
    """Take a body under the caller's own number; gives a receipt a line."""
    sender = caller.party(room)
    submission = SlipSubmission(
        room.hub, sent.feed, sender, sent.request(room), sent.encoding, slip
    )
    room.hub.act()
    receipts = list(submission.take(stream))
    room.hub.act()
    return receipts


def preview(room: Room, caller: Caller, sent: Sent, stream: IO[bytes]) -> list[dict[str, Any]]:
    """Give what would become of every line and who would get which items; takes nothing."""
    sender = caller.party(room)
    submission = Submission(room.hub, sent.feed, sender, sent.request(room), sent.encoding)
    return [receipt.to_preview() for receipt in submission.preview(stream)]


def fetch(room: Room, caller: Caller, feed: str, most: int) -> Records:
    """Give the next records that the caller may read and has not acknowledged."""
    counter = room.counter(feed, caller.party(room).id)
    for handover in counter.fetch(min(most, MOST_RECORDS)):
        return spell(handover)
    return NOTHING


def spell(handover: Handover) -> Records:
    """Give records as the gateway hands them over, each with its cursor."""
    batch = handover.batch
    cursor = Cursor(batch.partition, batch.start, batch.end)
    records = [
        delivery.to_dict() | {"cursor": cursor._replace(end=end).spell()}
        for delivery, end in zip(handover.deliveries, handover.ends, strict=True)
    ]
    return Records(records, cursor.spell(), handover.unopened)


def acknowledge(room: Room, caller: Caller, feed: str, cursor: Cursor) -> None:
    """Note that the caller has the records of a cursor; said again it does nothing.

    Raises ``StaleCursorError`` where it is not of a place where the caller stands.
    """
    counter = room.counter(feed, caller.party(room).id)
    handover = counter.up_to(*cursor)
    if handover:
        room.hub.act()
        counter.acknowledge(handover)


def receipts(room: Room, caller: Caller, message_id: str | None) -> list[dict[str, Any]]:
    """Give what became of what the caller sent, one row a leg."""
    return list(room.views.receipts(caller.party(room).id, message_id))
