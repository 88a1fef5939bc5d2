"""What becomes of each leg later, as files in the receipts folder: told once, in order.

They are written out of sight under the places of their first and last page, then the position is
noted, then they are given over. A file left out of sight by a crash counts if the position is past it.

What became of a leg is told with its place in the ledger, as ``hub receipts`` tells it, and so waits
until a checkpoint covers it; but no longer than the ledger may be behind before releases stop.

The position is noted with a digest of the page before it. Where the bus has another page there, it was
set back to an earlier copy: then everything is told again, rather than something never.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from connectors.file_drop import places
from hub.durable import move
from hub.runtime import topics
from hub.runtime.views import Views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.file_drop.places import Places
    from hub.bus.port import Delivered
    from hub.runtime.hub import Hub
    from hub.vocabulary.organisations import Organisation

    _Page = tuple[Delivered, list[dict[str, Any]]]

# Pages; each may hold thousands of legs, which are in memory at once.
_AT_ONCE = 10
_POSITION = "position"
_BASELINE = "baseline"


class Tidings:
    """The receipts of one sender's legs."""

    def __init__(self, hub: Hub, party: Organisation, folders: Places) -> None:
        self._hub = hub
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
        topic = topics.receipts().name
        pages = self._tellable(self._hub.bus.follow(topic, 0, self._position, _AT_ONCE))
        if not pages:
            return False
        begin, last = pages[0][0].offset, pages[-1][0]
        end = last.offset + 1
        dice = secrets.token_hex(4)
        path = self._folder / f"legs.{begin:020}.{end:020}.{dice}.jsonl"
        legs = [leg for _, own in pages for leg in own]
        if legs:
            places.write(
                path, [orjson.dumps(leg, option=orjson.OPT_APPEND_NEWLINE) for leg in legs]
            )
        places.write(self._noted, [f"{end} {_digest(last)}\n".encode()])
        self._position = end
        if legs:
            move(path, self._receipts / path.name)
        return True

    def _tellable(self, records: Sequence[Delivered]) -> list[_Page]:
        """Give the pages that may be told, each with the sender's own legs, up to one that waits."""
        pages = [(record, self._own(record)) for record in records]
        if not any(own for _, own in pages):
            return pages
        with closing(Views(self._hub.home.views, self._hub.bus, self._hub.home.path)) as views:
            placed = ((record, views.placed(own)) for record, own in pages)
            return list(takewhile(lambda page: not any(map(self._waits, page[1])), placed))

    def _own(self, record: Delivered) -> list[dict[str, Any]]:
        legs = map(orjson.loads, record.value.split(b"\n"))
        return [leg for leg in legs if leg["from"] == self._sender]

    def _waits(self, leg: dict[str, Any]) -> bool:
        """Say whether a leg will soon have its place; the lines of an initial load have none."""
        if leg["ledger"] or leg["code"] == _BASELINE:
            return False
        age = self._hub.clock.now() - datetime.fromisoformat(leg["at"])
        return age.total_seconds() < self._hub.ledger_grace

    def _digest_before(self, position: int) -> str:
        """Give the digest of the page that ends at a position, or nothing where there is none."""
        records = self._hub.bus.follow(topics.receipts().name, 0, position - 1, 1)
        return _digest(records[0]) if records and records[0].offset + 1 == position else ""


def _digest(record: Delivered) -> str:
    """Give the digest of a page, which holds no personal data."""
    return hashlib.sha256(record.value).hexdigest()


def _read_position(file: Path) -> tuple[int, str]:
    if not file.exists():
        return 0, ""
    position, _, last = file.read_text(encoding="ascii").strip().partition(" ")
    return int(position), last
