"""The commit point: up to where the ledger has read the bus, and the checkpoint it stands at. Pure.

The file is replaced whole, so a ledger is always at one head or the next. It is the writer's own;
``checkpoint`` beside the tiles is a copy for others. Two lines: canonical JSON, and its SHA-256.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

import orjson

from hub.errors import SurroundingsError
from hub.ledger.checkpoint import Checkpoint
from hub.ledger.note import NoteError, parse_note

_VERSION: Final = 1
_KEYS: Final = {"checkpoint", "month", "position", "v"}

is_month = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII).fullmatch
"""Say whether a name is that of a month's folder."""


class HeadError(SurroundingsError):
    """The ledger's commit point is damaged; restore `ledger/head` from a backup."""


class Head(NamedTuple):
    """Where the ledger stands.

    ``position`` is the bus position after the last line; ``month`` (JST) and ``note``, the signed
    checkpoint's bytes, are empty before the first checkpoint.
    """

    position: int
    month: str = ""
    note: bytes = b""

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Give the checkpoint of the present month, or nothing before the first."""
        return Checkpoint.parse(parse_note(self.note).text) if self.note else None

    @property
    def size(self) -> int:
        """Give the leaves of the present month's tree, 0 before the first checkpoint."""
        checkpoint = self.checkpoint
        return checkpoint.size if checkpoint else 0

    def to_bytes(self) -> bytes:
        """Write the head as its file holds it."""
        fields = {
            "checkpoint": self.note.decode(),
            "month": self.month,
            "position": self.position,
            "v": _VERSION,
        }
        line = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        return b"%b\n%b\n" % (line, hashlib.sha256(line).hexdigest().encode())

    @classmethod
    def parse(cls, data: bytes) -> Head:
        """Read a head strictly; raises ``HeadError``."""
        line, _, rest = data.partition(b"\n")
        if rest != hashlib.sha256(line).hexdigest().encode() + b"\n":
            raise _damaged()
        try:
            fields = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise _damaged() from None
        if type(fields) is not dict or set(fields) != _KEYS or fields["v"] != _VERSION:
            raise _damaged()
        position, month, note = fields["position"], fields["month"], fields["checkpoint"]
        if type(position) is not int or type(month) is not str or type(note) is not str:
            raise _damaged()
        head = cls(position, month, note.encode())
        _check(head)
        return head


def _check(head: Head) -> None:
    """Refuse a head without month or checkpoint where it has the other."""
    try:
        checkpoint = head.checkpoint
    except NoteError:
        raise _damaged() from None
    named = is_month(head.month) is not None if checkpoint else head.month == ""
    if head.position < 0 or not named:
        raise _damaged()


def _damaged() -> HeadError:
    return HeadError(
        "台帳の ledger/head が壊れています。控えから戻してください"
        " / the ledger's commit point ledger/head is damaged; restore it from a backup"
    )
