"""Checkpoints (C2SP tlog-checkpoint): origin, size and root of a tree, as a signed note's text."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from hub.ledger.merkle import HASH_SIZE
from hub.ledger.note import NoteError

if TYPE_CHECKING:
    from typing import Self

_is_size = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII).fullmatch
_SIZE_LIMIT: Final = 1 << 63
_LINES: Final = 3


class Checkpoint(NamedTuple):
    """The head of one tree: ``origin`` names log and month, ``size`` counts leaves."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Give the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text; extension lines are passed over. Raises ``NoteError``."""
        lines = text.split("\n")
        if len(lines) <= _LINES or lines[-1] or not all(lines[:-1]) or not _is_size(lines[1]):
            raise NoteError("the note's text is not a checkpoint")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError):
            root = b""
        checkpoint = cls(lines[0], int(lines[1]), root)
        # The same text again: one value, one spelling.
        spelled = text.startswith(checkpoint.to_text())
        if len(root) != HASH_SIZE or checkpoint.size >= _SIZE_LIMIT or not spelled:
            raise NoteError("the checkpoint's size or root is malformed")
        return checkpoint
