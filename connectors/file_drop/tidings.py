"""What becomes of each leg later, as files in the receipts folder: told once, in order.

They are written out of sight under the places of their first and last page, then the position is
noted, then they are given over. A file left out of sight by a crash counts if the position is past it.

The position is noted with a digest of the page before it. Where the bus has another page there, it was
set back to an earlier copy: then everything is told again, rather than something never.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import orjson
import structlog

from connectors.file_drop import places
from hub.durable import move
from hub.runtime import topics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.file_drop.places import Places
    from hub.bus.port import Bus, Delivered
    from hub.vocabulary.organisations import Organisation

_AT_ONCE = 200
_POSITION = "position"


class Tidings:
    """The receipts of one sender's legs."""

    def __init__(self, bus: Bus, party: Organisation, folders: Places) -> None:
        self._bus = bus
        self._sender = party.id
        self._folder = folders.told
        self._receipts = folders.receipts
        self._noted = folders.told / _POSITION
        self._position = 0

    def resume(self) -> None:
        """Find the position, give over what was noted, and throw away what was not."""
        position, last = _read_position(self._noted)
        left = [path for path in self._folder.iterdir() if path != self._noted]
        for path in sorted(left):
            if not path.name.startswith(".") and int(path.name.split(".")[2]) <= position:
                move(path, self._receipts / path.name)
            else:
                path.unlink()
        if position and self._digest_before(position) != last:
            structlog.get_logger().warning("receipts-told-again")
            position = 0
        self._position = position

    def step(self) -> bool:
        """Tell what has become of legs since the last time, some of it."""
        records = self._bus.follow(topics.receipts().name, 0, self._position, _AT_ONCE)
        if not records:
            return False
        end = records[-1].offset + 1
        dice = secrets.token_hex(4)
        path = self._folder / f"legs.{records[0].offset:020}.{end:020}.{dice}.jsonl"
        lines = self._lines(records)
        if lines:
            places.write(path, [line + b"\n" for line in lines])
        places.write(self._noted, [f"{end} {_digest(records[-1])}\n".encode()])
        self._position = end
        if lines:
            move(path, self._receipts / path.name)
        return True

    def _lines(self, records: Sequence[Delivered]) -> list[bytes]:
        lines = (line for record in records for line in record.value.split(b"\n"))
        return [line for line in lines if orjson.loads(line)["from"] == self._sender]

    def _digest_before(self, position: int) -> str:
        """Give the digest of the page that ends at a position, or nothing where there is none."""
        records = self._bus.follow(topics.receipts().name, 0, position - 1, 1)
        return _digest(records[0]) if records and records[0].offset + 1 == position else ""


def _digest(record: Delivered) -> str:
    """Give the digest of a page, which holds no personal data."""
    return hashlib.sha256(record.value).hexdigest()


def _read_position(file: Path) -> tuple[int, str]:
    if not file.exists():
        return 0, ""
    position, _, last = file.read_text(encoding="ascii").strip().partition(" ")
    return int(position), last
