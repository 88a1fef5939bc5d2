"""Ids in time order: UUID version 7 (RFC 9562), dated by the hub's clock, rising within a process.

A message's id is minted once, by whoever takes the message in; its first 48 bits therefore say
when the release was asked for.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hub.vocabulary.clock import Clock

# From e000 on the 48 bits of the time lie beyond the year 9999, which no calendar here holds.
_EPOCH = datetime.fromtimestamp(0, UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FORM = re.compile("[0-9a-d][0-9a-f]{7}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TAIL_BITS = 74
# Half of the tail's room stays free above a new start, so that it cannot overflow.
_START_BITS = _TAIL_BITS - 1


class IdMinter:
    """Mints ids that sort in the order they were minted, also while the clock stands still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._millisecond = -1
        self._tail = 0

    def mint(self) -> str:
        """Give the next id in its usual 36-character form."""
        return self.mint_many(1)[0]

    def mint_many(self, count: int) -> list[str]:
        """Give the next ids, all of one instant."""
        millisecond = (self._clock.now() - _EPOCH) // _MILLISECOND
        if millisecond > self._millisecond:
            self._millisecond = millisecond
            self._tail = secrets.randbits(_START_BITS)
        first = self._tail + 1
        self._tail += count
        return [_compose(self._millisecond, tail) for tail in range(first, first + count)]


def _compose(millisecond: int, tail: int) -> str:
    """Lay a time and 74 further bits out as RFC 9562 asks (version 7, variant 10)."""
    digits = f"{millisecond << 80 | 0x7 << 76 | (tail >> 62) << 64 | 1 << 63 | tail & _LOW:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_LOW = (1 << 62) - 1


def is_id(text: str) -> bool:
    """Say whether a text is an id in the form minted here."""
    return _FORM.fullmatch(text) is not None


def minted_at(identifier: str) -> datetime:
    """Give the instant an id was minted at, to the millisecond."""
    return _EPOCH + _MILLISECOND * int(identifier[:8] + identifier[9:13], 16)
