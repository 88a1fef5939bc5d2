"""What a caller may ask of letters and files, which are handed over and confirmed one by one.

As in ``hub.gateway.calls`` no HTTP here, and each is run in a thread of the pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.errors import HubError, UsageError
from hub.gateway.records import Records
from hub.runtime.custody.counter import NOT_WHOLE, FileCounter
from hub.runtime.custody.counters import NotWaitingError
from hub.runtime.custody.letter_counter import LetterCounter

if TYPE_CHECKING:
    from collections.abc import Container

    from hub.gateway.belt import Belt
    from hub.gateway.caller import Caller
    from hub.gateway.pool import Room
    from hub.runtime.custody.counters import CustodyCounter
    from hub.vocabulary.organisations import Organisation


class NotWholeError(HubError):
    """A file is erased, or is not as its sender sealed it."""


def letters(
    room: Room, caller: Caller, feed: str, most: int, besides: Container[str] = ()
) -> Records:
    """Give letters that wait, opened, but for those named; each is acknowledged by its id."""
    counter = LetterCounter(room.hub, feed, caller.party(room))
    found = [
        delivery.to_dict() | {"cursor": delivery.message_id}
        for delivery in counter.fetch(most, besides)
    ]
    # Not where nothing was given: streams look several times a second.
    if found:
        room.hub.act()
    return Records(found, None, counter.unopened)


def confirm(room: Room, caller: Caller, feed: str, message_id: str) -> None:
    """Note that the caller has a letter or a file; said again it does nothing.

    Raises ``NotWaitingError`` for what it was never given, and for what is held now: it comes again.
    """
    counter = _counter(room, feed, caller.party(room))
    room.hub.act()
    if not counter.confirm(message_id):
        raise NotWaitingError


def files(room: Room, caller: Caller, feed: str, most: int) -> list[dict[str, Any]]:
    """Give the files that wait for the caller, oldest first; nothing is noted by that."""
    recipient = caller.party(room)
    counter = FileCounter(room.hub, _files(room, feed), recipient)
    return [waiting.to_dict() for waiting in counter.waiting(most)]


def give(room: Room, caller: Caller, feed: str, file_id: str, belt: Belt) -> None:
    """Give a file that waits for the caller to the belt, piece by piece, and note it as sent.

    Raises ``NotWaitingError``, ``NotWholeError`` before the first piece, and ``TooSlowError``.
    """
    recipient = caller.party(room)
    counter = FileCounter(room.hub, _files(room, feed), recipient)
    room.hub.act()
    try:
        belt.carry(counter.hand_over(file_id))
    except NOT_WHOLE:
        raise NotWholeError(
            "このファイルは消去済みか、壊れています。送信元に知らせてください"
            " / this file is erased or damaged: tell its sender"
        ) from None


def _files(room: Room, feed: str) -> str:
    """Give a feed's name back; raises ``UsageError`` where it does not carry files."""
    room.require(feed)
    if not room.hub.carries_files(feed):
        raise UsageError(
            "この種類はファイルではありません。records で受け取ってください"
            " / this feed carries no files: ask for records"
        )
    return feed


def _counter(room: Room, feed: str, party: Organisation) -> CustodyCounter:
    kind = FileCounter if room.hub.carries_files(feed) else LetterCounter
    return kind(room.hub, feed, party)
