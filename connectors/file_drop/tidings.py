"""What becomes of each leg later, as files in the receipts folder: told once, in order.

They are written out of sight under the places of their first and last page, then the position is
noted, then they are given over. A file left out of sight by a crash counts if the position is past it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from connectors.file_drop import places
from hub.runtime import topics

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        self._position = 0

    def resume(self) -> None:
        """Find the position, give over what was noted, and throw away what was not."""
        noted = self._folder / _POSITION
        self._position = int(noted.read_text()) if noted.exists() else 0
        left = [path for path in self._folder.iterdir() if path != noted]
        for path in sorted(left):
            if not path.name.startswith(".") and int(path.name.split(".")[2]) <= self._position:
                places.move(path, self._receipts / path.name)
            else:
                path.unlink()

    def step(self) -> bool:
        """Tell what has become of legs since the last time, some of it."""
        records = self._bus.follow(topics.receipts().name, 0, self._position, _AT_ONCE)
        if not records:
            return False
        end = records[-1].offset + 1
        path = self._folder / f"legs.{records[0].offset:020}.{end:020}.jsonl"
        lines = self._lines(records)
        if lines:
            places.write(path, [line + b"\n" for line in lines])
        self._note(end)
        if lines:
            places.move(path, self._receipts / path.name)
        return True

    def _lines(self, records: Sequence[Delivered]) -> list[bytes]:
        lines = (line for record in records for line in record.value.split(b"\n"))
        return [line for line in lines if orjson.loads(line)["from"] == self._sender]

    def _note(self, position: int) -> None:
        places.write(self._folder / _POSITION, [str(position).encode()])
        self._position = position
