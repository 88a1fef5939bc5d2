"""The fast way to a record's line: what repeats is written once, what differs is spliced in.

Within a batch, thousands of provisions differ only in message, bus record, time of request,
subject and content. A template is made once for the rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import orjson

from hub.ledger.record_fields import KEYS, MAX_LINE

if TYPE_CHECKING:
    from hub.ledger.record import Entry

_SPLICED: Final = ("content", "id", "record", "requested_at", "subject")  # in the line's order
_Values = tuple[str, str, str, str, str]
_DIGEST_LENGTH: Final = 64
_INSTANT_LENGTH: Final = len("2026-04-01T09:00:00.000+09:00")
# What UUIDs, digests and instants are made of; nothing here could end or escape a JSON string.
_PLAIN: Final = b"0123456789abcdef-T:.+"


class EntryTemplate:
    """Lines of one kind of entry, byte for byte those of ``Entry.to_line()``.

    Values of the usual shape are spliced in without being checked again: ids as ``IdMinter``
    mints them, digests as ``hexdigest`` gives them, instants as ``clock.rfc3339`` writes them. Any
    other value, null among them, takes the slow way and is checked there.
    """

    __slots__ = ("_entry", "_pieces", "_room")

    def __init__(self, entry: Entry) -> None:
        """Take all but the spliced values from ``entry``; raises ``RecordError`` if it is wrong."""
        self._entry = entry
        self._pieces = _cut(_sample(entry).to_line())
        self._room = MAX_LINE - sum(map(len, self._pieces))

    def line(
        self,
        message_id: str,
        record_id: str | None,
        requested_at: str | None,
        subject: str | None,
        content: str | None,
    ) -> bytes:
        """Give one line; raises ``RecordError`` where ``Entry.to_line()`` would."""
        if message_id and record_id and requested_at and subject and content:
            values = (content, message_id, record_id, requested_at, subject)
            if self._can_splice(values):
                return self._spliced(values)
        return self._slow_line(message_id, record_id, requested_at, subject, content)

    def _can_splice(self, values: _Values) -> bool:
        """Say whether values, in the line's order, are of the usual shape and fit a line."""
        content, _, _, requested_at, subject = values
        spliced = "".join(values)
        return (
            not spliced.encode("ascii", "replace").translate(None, _PLAIN)
            and len(content) == len(subject) == _DIGEST_LENGTH
            and len(requested_at) == _INSTANT_LENGTH
            and len(spliced) <= self._room
        )

    def _spliced(self, values: _Values) -> bytes:
        content, message_id, record_id, requested_at, subject = values
        before_content, before_id, before_record, before_request, before_subject, end = self._pieces
        return b"".join(
            (
                before_content,
                content.encode(),
                before_id,
                message_id.encode(),
                before_record,
                record_id.encode(),
                before_request,
                requested_at.encode(),
                before_subject,
                subject.encode(),
                end,
            )
        )

    def _slow_line(
        self,
        message_id: str,
        record_id: str | None,
        requested_at: str | None,
        subject: str | None,
        content: str | None,
    ) -> bytes:
        return replace(
            self._entry,
            id=message_id,
            record=record_id,
            requested_at=requested_at,
            subject=subject,
            content=content,
        ).to_line()


def _sample(entry: Entry) -> Entry:
    """Give the entry with something in every spliced place."""
    digest = "0" * _DIGEST_LENGTH
    return replace(entry, id="-", record="-", requested_at=entry.at, subject=digest, content=digest)


def _cut(sample: bytes) -> tuple[bytes, ...]:
    """Cut a line at its spliced values: the pieces before each, and the one after the last."""
    fields = orjson.loads(sample)
    pieces, piece = [], b"{"
    for key in KEYS:
        piece += b'"%b":' % key.encode()
        if key in _SPLICED:
            pieces.append(piece + b'"')
            piece = b'",'
        else:
            piece += orjson.dumps(fields[key], option=orjson.OPT_SORT_KEYS) + b","
    return (*pieces, piece.removesuffix(b",") + b"}")
