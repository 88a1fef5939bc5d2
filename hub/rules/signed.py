"""What a catalogue's signed note says, and whether a worker may decide by the catalogue. Pure.

The note (C2SP signed-note, Ed25519) is text of three lines: what it is, the digest of the catalogue
in hex, and the day of signing. Signing and checking a signature are for
``hub.ledger.note``; here stands what the text must say of the catalogue that was loaded.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

_HEAD = "juki-hub/rules"
_is_statement = re.compile(rf"{_HEAD}\n([0-9a-f]{{64}})\nsigned (\d{{4}}-\d\d-\d\d)\n").fullmatch


class Standing(Enum):
    """What a worker does with a catalogue."""

    GOOD = "good"
    OLD = "old"  # more than half of the grace is over: raise an alert, go on
    STALE = "stale"  # the grace is over: stop, in sight
    WRONG = "wrong"  # not what was signed: refuse


class Statement(NamedTuple):
    """What the signer vouches for: this catalogue, on this day (JST)."""

    digest: str
    signed: date

    def text(self) -> str:
        """Give the note's text, ready to be signed."""
        return f"{_HEAD}\n{self.digest}\nsigned {self.signed.isoformat()}\n"


def read_statement(text: str) -> Statement | None:
    """Read a note's text; nothing where it is not exactly what ``Statement.text`` writes."""
    found = _is_statement(text)
    try:
        return found and Statement(found[1], date.fromisoformat(found[2]))
    except ValueError:
        return None


def standing(
    statement: Statement | None, digest: str, today: date, grace: timedelta | None
) -> Standing:
    """Say what to do with a loaded catalogue of this digest.

    ``statement`` must come from a note whose signature was checked. A statement of a day to come
    is wrong: it would never grow stale. Without a ``grace`` nothing ages: a sandbox plays on days
    of its own.
    """
    if statement is None or statement.digest != digest:
        return Standing.WRONG
    if grace is None:
        return Standing.GOOD
    age = today - statement.signed
    if age < timedelta(0):
        return Standing.WRONG
    if age > grace:
        return Standing.STALE
    return Standing.OLD if age > grace / 2 else Standing.GOOD
