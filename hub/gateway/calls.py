"""What a caller may ask of the hub, as functions of a room: no HTTP here.

Each is run in a thread of the pool (``hub.gateway.pool``) for a party that its certificate names.
"""

from __future__ import annotations

import itertools
import zlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import orjson

from hub.errors import UsageError
from hub.gateway import custody_calls
from hub.gateway.cursor import read_cursor
from hub.gateway.records import NOTHING, Records, spell
from hub.runtime.previews import previews
from hub.runtime.slip_submission import SlipSubmission
from hub.vocabulary.clock import today
from hub.vocabulary.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.gateway.caller import Caller
    from hub.gateway.pool import Room
    from hub.gateway.spool import Spool
    from hub.intake.decode import Encoding
    from hub.runtime.delivery import Counter

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


class Expected(NamedTuple):
    """How many bytes a body may have, and the folder in which it is kept while it comes."""

    most: int
    folder: Path


def expect(room: Room, caller: Caller, sent: Sent, bounds: Bounds) -> Expected:
    """Say what body may come, before any of it does; raises what speaks against it already."""
    caller.party(room)
    room.require(sent.feed)
    sent.request(room)
    most = bounds.file if room.hub.carries_files(sent.feed) else bounds.lines
    return Expected(most, room.hub.home.path)


def submit(
    room: Room, caller: Caller, sent: Sent, body: IO[bytes], answer: Spool, slip: str
) -> None:
    """Take a body under the caller's own number; answers a receipt a line, or one for a file."""
    sender = caller.party(room)
    room.require(sent.feed)
    submission = SlipSubmission(
        room.hub, sent.feed, sender, sent.request(room), sent.encoding, slip
    )
    room.hub.act()
    _spell(submission.take(body), answer)
    room.hub.act()


def preview(room: Room, caller: Caller, sent: Sent, body: IO[bytes], answer: Spool) -> None:
    """Answer what would become of every line and who would get which items; takes nothing."""
    sender = caller.party(room)
    room.require(sent.feed)
    request = sent.request(room)
    _spell(previews(room.hub, sent.feed, sender, request, sent.encoding, body), answer)


def _spell(rows: Iterator[dict[str, Any]], answer: Spool) -> None:
    """Write rows as a list of JSON, one after the other: there may be a million."""
    answer.write(b"[")
    for number, row in enumerate(rows):
        answer.write(b"," * bool(number) + orjson.dumps(row))
    answer.write(b"]")


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
    for partition in in_turn(counter):
        if found := counter.ahead(partition, 0, min(most, MOST_RECORDS)):
            return spell(found)
    return NOTHING


def in_turn(counter: Counter) -> Iterator[int]:
    """Yield the partitions, from another one on after each acknowledgement.

    Else one in which records never end would keep those of all behind it. Which one follows from where
    the recipient stands alone: until it acknowledges, every gateway gives it the same.
    """
    count, standing = counter.partitions, counter.positions()
    first = zlib.crc32(repr(standing).encode()) % count
    yield from (*range(first, count), *range(first))


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
        room.passed_over(handover.unopened)


class Legs(NamedTuple):
    """Some of what became of what a caller sent, one row a leg; ``are_all`` where none come after."""

    rows: list[dict[str, Any]]
    are_all: bool


def receipts(room: Room, caller: Caller, message_id: str | None, after: str, most: int) -> Legs:
    """Give what became of messages behind one, of about so many legs: a message's are together."""
    found = room.views.receipts(caller.party(room).id, message_id, after)
    rows: list[dict[str, Any]] = []
    for _, legs in itertools.groupby(found, key=lambda leg: leg["id"]):
        if len(rows) >= most:
            return Legs(rows, are_all=False)
        rows += legs
    return Legs(rows, are_all=True)
