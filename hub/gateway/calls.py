"""What a caller may ask of the hub, as functions of a room: no HTTP here.

Each is run in a thread of the pool (``hub.gateway.pool``) for a party that its certificate names.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NamedTuple

from hub.errors import UsageError
from hub.gateway import custody_calls
from hub.gateway.cursor import read_cursor
from hub.gateway.records import NOTHING, Records, spell
from hub.runtime.previews import previews
from hub.runtime.slip_submission import SlipSubmission
from hub.vocabulary.clock import today
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from hub.gateway.body import Body
    from hub.gateway.caller import Caller
    from hub.gateway.pool import Room
    from hub.intake.decode import Encoding

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


class Bounds(NamedTuple):
    """The largest body, in bytes: of lines, and of a file."""

    lines: int
    file: int


def submit(
    room: Room, caller: Caller, sent: Sent, slip: str, body: Body, bounds: Bounds
) -> list[dict[str, Any]]:
    """Take a body under the caller's own number; gives a receipt a line, or one for a file."""
    sender = caller.party(room)
    room.require(sent.feed)
    submission = SlipSubmission(
        room.hub, sent.feed, sender, sent.request(room), sent.encoding, slip
    )
    room.hub.act()
    receipts = list(submission.take(_opened(room, sent.feed, body, bounds)))
    room.hub.act()
    return receipts


def preview(
    room: Room, caller: Caller, sent: Sent, body: Body, bounds: Bounds
) -> list[dict[str, Any]]:
    """Give what would become of every line and who would get which items; takes nothing."""
    sender = caller.party(room)
    room.require(sent.feed)
    request = sent.request(room)
    stream = _opened(room, sent.feed, body, bounds)
    return list(previews(room.hub, sent.feed, sender, request, sent.encoding, stream))


def _opened(room: Room, feed: str, body: Body, bounds: Bounds) -> IO[bytes]:
    return body.opened(bounds.file if room.hub.carries_files(feed) else bounds.lines)


def fetch(room: Room, caller: Caller, feed: str, most: int) -> Records:
    """Give the next records, or letters, that the caller may read and has not acknowledged.

    Whoever's subscription has ended is told so beside them.
    """
    recipient = caller.party(room)
    room.require(feed)
    ended = room.hub.books.subscriptions.ended(recipient.id, feed, today(room.hub.clock))
    told = {"until": ended.until.isoformat(), "reason": ended.reason} if ended else None
    return _next(room, caller, feed, most)._replace(ended=told)


def _next(room: Room, caller: Caller, feed: str, most: int) -> Records:
    if room.hub.carries_letters(feed):
        return custody_calls.letters(room, caller, feed, most)
    require_records(room, feed)
    counter = room.counter(feed, caller.party(room).id)
    for handover in counter.fetch(min(most, MOST_RECORDS)):
        return spell(handover)
    return NOTHING


def require_records(room: Room, feed: str) -> None:
    """Raise ``UsageError`` for a feed of files, which are fetched another way."""
    if room.hub.carries_files(feed):
        raise UsageError(
            "この種類はファイルです。files で受け取ってください"
            " / this feed carries files: ask for files"
        )


def acknowledge(room: Room, caller: Caller, feed: str, said: str) -> None:
    """Note that the caller has the records of a cursor, or a letter or file by its id.

    Said again it does nothing. Raises ``StaleCursorError`` for a cursor of a place where the caller
    does not stand, and ``NotWaitingError`` for an id of what it was never given.
    """
    recipient = caller.party(room)
    room.require(feed)
    if room.hub.carries_letters(feed) or room.hub.carries_files(feed):
        custody_calls.confirm(room, caller, feed, said)
        return
    cursor = read_cursor(said)
    counter = room.counter(feed, recipient.id)
    handover = counter.up_to(*cursor)
    if handover:
        room.hub.act()
        counter.acknowledge(handover)


def receipts(room: Room, caller: Caller, message_id: str | None) -> list[dict[str, Any]]:
    """Give what became of what the caller sent, one row a leg."""
    return list(room.views.receipts(caller.party(room).id, message_id))
